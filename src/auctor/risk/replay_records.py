"""What a replay is asked, and what comes of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from auctor.signals.policy import Policy
from auctor.signals.score import Band


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """A period (both days included), the band from which a deal counts as flagged, and the signals' settings."""

    first_on: date
    last_on: date
    band: Band
    policy: Policy


@dataclass(frozen=True, slots=True)
class Early:
    """Days from the first flag to the loss, over the lost deals that were flagged: quartiles."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class WeekFlags:
    """One Monday: how many deals were open, how many of them flagged, and how many of these anew."""

    on: date
    open: int
    flagged: int
    new: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Of all deals that ended: flagged if the score ever reached the threshold. None where nothing is flagged."""

    threshold: float
    flagged: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class AlarmPoint:
    """What raising so many alarms (a share of all looks) would find: the share of alarms that were right, and the share
    of looks at lost deals that were raised."""

    share: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class ScorerResult:
    """One way to order deals by risk, on the same weekly looks at deals that ended; every deal weighs as one.

    `known` is the share of looks for which it has a value; only they count. `auc` is the chance that a look at a lost
    deal stands above one at a won deal. `at_equal_alarms` raises as many alarms as the score does at the chosen band.
    """

    name: str
    known: float
    auc: float | None
    at_equal_alarms: AlarmPoint | None
    curve: tuple[AlarmPoint, ...]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What would have been seen. The unit is a deal that ended in the period and was open on a Monday before.

    `caught` lost deals were flagged on one Monday at least; `caught_to_the_end` still on the last one before they
    were lost; `false_alarms` are won deals that were flagged. Amounts are minor units of `currency`, as they stood at
    the last look; `unpriced` deals have none. `not_judged` deals never had enough known signals for a band.
    """

    first_on: date
    last_on: date
    band: Band
    weeks: int
    pairs: int
    lost: int
    won: int
    not_judged: int
    caught: int
    caught_to_the_end: int
    false_alarms: int
    precision: float | None
    recall: float | None
    base_rate: float | None
    early: Early | None
    caught_amount: int
    lost_amount: int
    false_alarm_amount: int
    unpriced: int
    currency: str
    weekly: tuple[WeekFlags, ...]
    curve: tuple[CurvePoint, ...]
    scorers: tuple[ScorerResult, ...]

    @property
    def missed(self) -> int:
        """Lost deals that were never flagged."""
        return self.lost - self.caught


class ReplayKind(StrEnum):
    """What became of a deal in a replay."""

    CAUGHT = "caught"
    MISSED = "missed"
    FALSE_ALARM = "false-alarm"
    LEFT_ALONE = "left-alone"


@dataclass(frozen=True, slots=True)
class ReplayedDeal:
    """One deal of a replay. `early_days` from the first flag to its end; None where it was not flagged."""

    deal_id: UUID
    kind: ReplayKind
    ended_on: date
    looks: int
    early_days: float | None
    peak: float | None
    last_score: float | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class ReplayedPage:
    """Some deals of one kind, the most valuable first, and how many there are."""

    rows: tuple[ReplayedDeal, ...]
    total: int


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReplayRun:
    """A replay that was asked for. `done` of `total` looks are behind; `policy_number` is None for settings that were
    tried and are none of the workspace's versions."""

    id: UUID
    asked_at: datetime
    member_id: UUID | None
    plan: ReplayPlan
    policy_number: int | None
    state: RunState
    done: int
    total: int | None
    seconds: float | None
    error: str
    result: ReplayResult | None
