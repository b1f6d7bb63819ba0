"""What leaves the package."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from auctor.risk.learning.records import InputPoints
from auctor.signals.score import Band
from auctor.signals.vocabulary import Level, State, Table


@dataclass(frozen=True, slots=True)
class Revenue:
    """Money of a deal in the workspace's currency (minor units), with the rate that was used and its day.

    `minor` is None where the amount or its rate is unknown.
    """

    minor: int | None
    at_risk: int | None
    currency: str
    rate: float | None = None
    rate_on: date | None = None
    rate_source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one signal says of one deal: the answer, its measure, what it rests on, in words.

    `points` is what it adds to the score against the average open deal; None where it is unknown.
    """

    key: str
    question: str
    state: State
    severity: float
    level: Level
    value: float | None
    threshold: float | None
    norm: str
    norm_n: int
    reason: str
    sentence: str
    clears: str
    details: Mapping[str, float | None]
    evidence: tuple[tuple[Table, UUID], ...]
    points: float | None = None


@dataclass(frozen=True, slots=True)
class ClearingStep:
    """Clear this signal, after those before it, and the score goes from `before` to `after`."""

    key: str
    what: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a deal stands: its score and everything that it is made of. `score` is None where nothing is known."""

    deal_id: UUID
    judged_at: datetime
    version: int
    score: float | None
    coverage: float
    band: Band
    band_since: datetime
    groups: Mapping[str, float | None]
    average_score: float | None
    findings: tuple[Finding, ...]
    steps: tuple[ClearingStep, ...]
    revenue: Revenue
    lead: str
    # Learnt probabilities; None where no honest model gives one. The inputs that move `p_win` most come first.
    p_win: float | None = None
    p_win_period: float | None = None
    p_close_holds: float | None = None
    p_win_points: tuple[InputPoints, ...] = ()

    def finding(self, key: str) -> Finding:
        """One signal's."""
        return next(one for one in self.findings if one.key == key)

    @property
    def judged_signals(self) -> int:
        """How many signals gave an answer."""
        return sum(one.state is not State.UNKNOWN for one in self.findings)


class View(StrEnum):
    """Views of the inbox."""

    ALL = "all"
    MINE = "mine"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the queue in its order; `next_cursor` is empty on the last one."""

    rows: tuple[Judgement, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many deals each view holds, and the sums in the workspace's currency.

    `unpriced` deals are in neither sum: their amount or its rate is unknown.
    """

    all: int
    mine: int
    not_judged: int
    at_risk: int
    open: int
    unpriced: int
    currency: str


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """A deal's score as it stood at the end of a day."""

    on_day: date
    score: float | None
    band: Band


@dataclass(frozen=True, slots=True)
class ScoreMark:
    """A deal's score in a list of deals."""

    score: float | None
    band: Band
    at_risk: int | None


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """One scan: how many deals it looked at, how many of them could be judged, and how long it took."""

    id: UUID
    started_at: datetime
    is_full: bool
    deals: int
    judged: int
    seconds: float
    version: int
