"""What leaves the package."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from auctor.risk.learning.records import InputPoints
from auctor.signals.policy import Policy
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
    """How a deal stands: its score and everything that it is made of. `score` is None where nothing is known.

    `policy` is the number of the signal policy that it was judged under (0: the defaults). `decision` is what a person
    decided of the deal: one that holds, or one that ended by itself lately, which is why the deal is back.
    """

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
    policy: int = 0
    decision: "Decision | None" = None

    def finding(self, key: str) -> Finding:
        """One signal's."""
        return next(one for one in self.findings if one.key == key)

    @property
    def judged_signals(self) -> int:
        """How many signals gave an answer."""
        return sum(one.state is not State.UNKNOWN for one in self.findings)


class View(StrEnum):
    """Views of the inbox. What a person put aside stands in `snoozed` or `known`, and in no other."""

    OPEN = "open"
    MINE = "mine"
    SNOOZED = "snoozed"
    KNOWN = "known"
    NOT_JUDGED = "not-judged"


class Aside(StrEnum):
    """How a person put a deal aside."""

    SNOOZED = "snoozed"
    KNOWN = "known"
    NOT_RISK = "not-a-risk"


class Until(StrEnum):
    """What brings a snoozed deal back."""

    DATE = "date"
    MEETING = "meeting"
    STAGE = "stage"
    WORSE = "worse"


class DenialReason(StrEnum):
    """Why something is not a risk."""

    WRONG_FACTS = "wrong-facts"
    OTHER_CHANNEL = "other-channel"
    USUAL_HERE = "usual-here"
    AGREED = "agreed"
    OTHER = "other"


class Ending(StrEnum):
    """How a decision ended. The first five happen by themselves and bring the deal back."""

    DATE = "date"
    MEETING = "meeting"
    MEETING_OFF = "meeting-off"
    STAGE = "stage"
    WORSE = "worse"
    CLOSED = "closed"
    REPLACED = "replaced"
    UNDONE = "undone"


RETURNS = frozenset({Ending.DATE, Ending.MEETING, Ending.MEETING_OFF, Ending.STAGE, Ending.WORSE})
# What a person reads of a deal that is back.
BACK_BECAUSE: Mapping[Ending, str] = {
    Ending.DATE: "Back: the day has come that it was snoozed to.",
    Ending.MEETING: "Back: the meeting has come that it was snoozed to.",
    Ending.MEETING_OFF: "Back: the meeting that it was snoozed to was cancelled.",
    Ending.STAGE: "Back: its stage has changed.",
    Ending.WORSE: "Back: it got worse.",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a deal. `band` and `score` are those of that moment; `note` is empty or a person's."""

    id: UUID
    deal_id: UUID
    aside: Aside
    until: Until | None
    until_at: datetime | None
    reason: DenialReason | None
    note: str
    member_id: UUID | None
    made_at: datetime
    band: Band
    score: float | None
    ended_at: datetime | None
    ending: Ending | None

    @property
    def is_active(self) -> bool:
        """Whether it holds."""
        return self.ended_at is None

    @property
    def back_because(self) -> str:
        """Why the deal is back, in a sentence; empty where it did not come back by itself."""
        return BACK_BECAUSE.get(self.ending, "") if self.ending else ""


class Answer(StrEnum):
    """What a person said of a signal: right, wrong, or right and yet not a risk."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_RISK = "not-a-risk"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's answer to what a signal said of a deal, with what it said at that moment."""

    id: UUID
    deal_id: UUID
    signal: str
    answer: Answer
    reason: DenialReason | None
    note: str
    member_id: UUID | None
    given_at: datetime
    state: State
    severity: float
    value: float | None
    threshold: float | None
    version: int
    policy: int


class MuteReason(StrEnum):
    """Why a signal does not count."""

    TRACK_RECORD = "track-record"
    DOES_NOT_FIT = "does-not-fit"
    DATA_MISSING = "data-missing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mute:
    """A signal that does not count in this workspace: why, since when, by whom."""

    signal: str
    reason: MuteReason
    note: str
    member_id: UUID | None
    since: datetime


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """How the signals are set in this workspace. Number 0 are the defaults; every change makes the next number.

    `thresholds` has what was changed, by `signal.parameter`; `late_from` is the default probability from which a
    stage is late.
    """

    number: int
    thresholds: Mapping[str, float]
    late_from: float
    mutes: tuple[Mute, ...]
    member_id: UUID | None
    made_at: datetime | None

    @property
    def policy(self) -> Policy:
        """As the signals read it."""
        return Policy(self.thresholds, frozenset(mute.signal for mute in self.mutes), self.late_from)


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How a signal did on the deals of this workspace that ended in the two years before `made_at`. The unit is a
    deal: it counts once, however often the signal fired, and only while it was open.

    `judged` deals got an answer at one weekly look at least; of them `lost` were lost and the signal fired on `fired`,
    `fired_lost` of which were lost. `lift` is precision over the base rate with a 95 % interval. `early_days` is the
    median of days from the first firing to the loss. `confirmed` and `denied` count people's answers, `dismissed`
    the deals that people called no risk while the signal fired.
    """

    signal: str
    made_at: datetime
    since: date
    judged: int
    lost: int
    fired: int
    fired_lost: int
    precision: float | None
    base_rate: float | None
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    early_days: float | None
    confirmed: int
    denied: int
    dismissed: int
    propose_mute: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of the queue in its order; `next_cursor` is empty on the last one."""

    rows: tuple[Judgement, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many deals each view holds, and the sums in the workspace's currency: at risk among the open view,
    `pipeline` over all open deals. `judged` are all that a scan has looked at, in whichever view.

    `unpriced` deals are in neither sum: their amount or its rate is unknown.
    """

    open: int
    mine: int
    snoozed: int
    known: int
    not_judged: int
    judged: int
    at_risk: int
    pipeline: int
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
