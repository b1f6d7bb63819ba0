"""From severities and reasons to a verdict, the same way for every signal."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auctor.signals.frame import DealFrame
from auctor.signals.records import Evidence, Norm, Reason, Verdict
from auctor.signals.vocabulary import F64, I8, I32, I64, NEVER, Flags, NormLevel, State, Table

# Severities that differ by less are equal.
TOLERANCE: Final = 1e-9
# Reasons that every signal has, after its own.
SHARED: Final[Mapping[str, Reason]] = {
    "paused": Reason(State.OK, "The deal rests, as a person decided; nothing fires until then."),
    "not_open": Reason(State.UNKNOWN, "The deal was not open at that moment."),
    "muted": Reason(State.UNKNOWN, "Muted in this workspace: the signal does not count."),
}
NO_MAIL: Final = Reason(
    State.UNKNOWN,
    "Not judged: the mailbox that would have seen the buyer's mail is not connected or not read completely.",
    "Connect the owner's mailbox, or mend its connection.",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a signal found: a severity where nothing else is said, and the reasons in order of precedence.

    The first reason whose flags hold is taken, `clear` where none does.
    """

    severity: F64
    reasons: tuple[tuple[str, Flags], ...]
    value: NDArray[Any]
    threshold: NDArray[Any] | float
    norm: Norm | None = None
    evidence: tuple[Evidence, ...] = ()
    details: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def with_shared(reasons: Mapping[str, Reason]) -> dict[str, Reason]:
    """A signal's own reasons and those that all signals have."""
    return {**reasons, **SHARED}


def decide(frame: DealFrame, reasons: Mapping[str, Reason], draft: Draft) -> Verdict:
    """The verdict: closed deals are unknown, paused ones never fire, and only what fires has a severity."""
    names, rows = list(reasons), len(frame)
    reason = np.full(rows, names.index("clear"), np.int8)
    for name, holds in reversed(draft.reasons):
        reason[holds] = names.index(name)
    states = np.array([int(told.state) for told in reasons.values()], dtype=np.int8)
    reason[(frame.state.paused == 1) & (states[reason] == State.FIRED)] = names.index("paused")
    reason[frame.state.live == 0] = names.index("not_open")
    state = states[reason]
    severity = np.where(state == State.FIRED, np.clip(draft.severity, 0.0, 1.0), 0.0)
    return Verdict(
        state=state,
        severity=severity,
        reason=reason,
        value=draft.value.astype(np.float64),
        threshold=np.broadcast_to(np.asarray(draft.threshold, dtype=np.float64), rows),
        norm=draft.norm or fixed_norm(rows),
        evidence=draft.evidence,
        details=draft.details,
    )


def muted(verdict: Verdict, reasons: Mapping[str, Reason]) -> Verdict:
    """The verdict of a signal that does not count: unknown, whatever it found."""
    told = np.full_like(verdict.reason, list(reasons).index("muted"))
    return replace(
        verdict,
        state=np.full_like(verdict.state, State.UNKNOWN),
        severity=np.zeros_like(verdict.severity),
        reason=told,
        evidence=(),
    )


def fixed_norm(rows: int) -> Norm:
    """The threshold is the signal's own and was not learnt."""
    return Norm(np.full(rows, NormLevel.FIXED, np.int8), np.zeros(rows, np.int32))


def ramp(x: NDArray[Any], low: F64 | float, high: F64 | float) -> F64:
    """0 up to `low`, 1 from `high` on, straight between."""
    rise: F64 = np.clip((x - low) / (np.asarray(high) - low), 0.0, 1.0)
    return rise


def level_of(severity: F64) -> I8:
    """Low below 1/3, medium from 1/3, high from 2/3; 0 where nothing is wrong."""
    steps = (severity > TOLERANCE).astype(np.int8)
    steps += severity >= 1 / 3 - TOLERANCE
    steps += severity >= 2 / 3 - TOLERANCE
    return steps


def is_mail_read(frame: DealFrame, days: int) -> Flags:
    """True where mail is complete for so many days up to the moment, or for the deal's whole life."""
    since: I64 = np.maximum(frame.pairs.at - days * 86_400_000_000, frame.state.created_at)
    read: Flags = frame.cover.mail_since <= since
    return read


def is_connected(since: I64) -> Flags:
    """True where a source is complete up to the moment, however short it has been read."""
    connected: Flags = since != NEVER
    return connected


def touch_table(in_meeting: I8) -> I8:
    """The table of evidence that is a meeting or else a message."""
    return np.where(in_meeting == 1, Table.MEETINGS, Table.MESSAGES).astype(np.int8)


def days_left(frame: DealFrame) -> I64:
    """Calendar days to the close date; far away where there is none."""
    left: I64 = np.where(frame.state.close_on >= 0, frame.state.close_on - frame.state.today, NEVER)
    return left


def last_touch(frame: DealFrame) -> Evidence:
    """The buyers' latest touch."""
    rows: I32 = frame.touches.touch_row
    return Evidence(touch_table(frame.touches.touch_in_meeting), rows)
