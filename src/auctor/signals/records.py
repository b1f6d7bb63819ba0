"""What a signal is, and what it answers: a verdict for each pair, told in reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.vocabulary import F64, I8, I32, Level, NormLevel, State, Table


class Reason(NamedTuple):
    """Why a signal answers as it does: the answer, a sentence with places for data, and what clears it.

    Sentences may name `value`, `threshold`, `norm` (a phrase with n) and the signal's own details.
    """

    state: State
    sentence: str
    clears: str = ""


class Evidence(NamedTuple):
    """For each pair a row (NO_ROW: none) of a fact table; the table is one for all or one for each pair."""

    table: Table | I8
    rows: I32


class Norm(NamedTuple):
    """Where the threshold of each pair came from, and on how many won deals it rests."""

    level: I8
    n: I32


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answers of one signal, a row for each pair. `reason` counts through the signal's `reasons`."""

    state: I8
    severity: F64
    reason: I8
    value: F64
    threshold: F64
    norm: Norm
    evidence: tuple[Evidence, ...]
    details: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Signal:
    """A question in words, the columns it reads, and a pure function over whole columns.

    `definition` and `defaults` are for the reference; `reads` names columns of the frame as `group.column`;
    `parameters` are the thresholds that a workspace may choose.
    """

    key: str
    question: str
    definition: str
    defaults: str
    reads: tuple[str, ...]
    reasons: Mapping[str, Reason]
    compute: Callable[[DealFrame], Verdict]
    parameters: tuple[Parameter, ...] = ()

    @property
    def clears(self) -> tuple[str, ...]:
        """Everything that clears the signal, in the order of its reasons."""
        return tuple(dict.fromkeys(reason.clears for reason in self.reasons.values() if reason.clears))


class Proof(NamedTuple):
    """One piece of evidence: a table and a row number of the columns that were given for it."""

    table: Table
    row: int


@dataclass(frozen=True, slots=True)
class SignalRecord:
    """One answer of one signal for one deal at one moment, ready to be shown and stored."""

    key: str
    state: State
    severity: float
    level: Level
    value: float | None
    threshold: float | None
    norm_level: NormLevel
    norm_n: int
    reason: str
    data: Mapping[str, float | None]
    evidence: tuple[Proof, ...]
    sentence: str
    clears: str
