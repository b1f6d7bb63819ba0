"""Replays: what would have been flagged in a past period, ordered, looked at, compared; and every signal's record."""

from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from auctor.api.door import ApiRequest, Door, Strict
from auctor.api.paging import Paging, parse_number_cursor, to_cursor
from auctor.api.routes.signals import AskedOut, ScanQuery
from auctor.api.values import Day, Id
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.risk import policies, queries, replay_runs, track_records
from auctor.risk.replay_records import ReplayKind, ReplayPlan, ReplayResult, ReplayRun
from auctor.risk.replay_shape import to_json
from auctor.signals.catalog import KEYS
from auctor.signals.policy import LATE_LIMITS, Policy
from auctor.signals.score import Band
from auctor.tenancy.permissions import Permission

door = Door(tags=["replays"])
LOOK, TRY = Permission.SIGNAL_READ, Permission.SIGNAL_TRY
BANDS = {"low": Band.LOW, "medium": Band.MEDIUM, "high": Band.HIGH}
FIGURES = ("lost", "won", "not_judged", "caught", "caught_to_the_end", "false_alarms", "precision", "recall")


class ReplayIn(Strict):
    """A period, both days included, and settings to try in place of the workspace's; what is left out is as now."""

    first_on: Day
    last_on: Day
    band: Literal["low", "medium", "high"] = "medium"
    thresholds: dict[str, float | None] = Field(
        default_factory=dict, max_length=100, description="By signal.parameter; null goes back to what is learnt."
    )
    late_from: float | None = Field(None, ge=LATE_LIMITS[0], le=LATE_LIMITS[1])
    muted: list[str] | None = Field(None, max_length=len(KEYS), description="Signals that do not count in it.")


class EarlyOut(Schema):
    """Days from the first flag to the loss: quartiles over the lost deals that were flagged."""

    low: float
    median: float
    high: float


class WeekOut(Schema):
    """One Monday: open deals, how many of them flagged, how many of these anew."""

    on: date
    open: int
    flagged: int
    new: int


class CurveOut(Schema):
    """What a threshold of the score would have flagged of all deals that ended."""

    threshold: float
    flagged: int
    precision: float | None
    recall: float | None


class AlarmOut(Schema):
    """What so many alarms, a share of all looks, would have found."""

    share: float
    precision: float
    recall: float


class ScorerOut(Schema):
    """One way to order deals: the score, or what every CRM has already."""

    name: str
    known: float
    auc: float | None
    at_equal_alarms: AlarmOut | None
    curve: list[AlarmOut]


class ResultOut(Schema):
    """What would have been seen; amounts are minor units of `currency`."""

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
    early: EarlyOut | None
    caught_amount: int
    lost_amount: int
    false_alarm_amount: int
    unpriced: int
    currency: str
    weekly: list[WeekOut]
    curve: list[CurveOut]
    scorers: list[ScorerOut]


class ReplayOut(Schema):
    """A replay that was ordered; `policy_number` is null for settings that are none of the workspace's versions."""

    id: UUID
    asked_at: datetime
    member_id: UUID | None
    first_on: date
    last_on: date
    band: str
    thresholds: dict[str, float]
    late_from: float
    muted: list[str]
    policy_number: int | None
    state: str = Field(description="waiting, running, done or failed.")
    done: int = Field(description="Looks that are behind, of `total`.")
    total: int | None
    seconds: float | None
    error: str
    result: ResultOut | None


class ReplayedOut(Schema):
    """A deal of a replay; `early_days` from the first flag to its end, null where it was not flagged."""

    deal_id: UUID
    kind: str
    ended_on: date
    looks: int
    early_days: float | None
    peak: float | None
    last_score: float | None
    amount: int | None


class ReplayedPage(Schema):
    """Deals of one kind, the most valuable first."""

    items: list[ReplayedOut]
    total: int
    next_cursor: str


class ReplayedQuery(Paging):
    """Which deals."""

    kind: Literal["caught", "missed", "false-alarm", "left-alone"] = "caught"


class CompareQuery(Schema):
    """The other replay."""

    model_config = ConfigDict(extra="forbid")

    other: Id


class ComparedOut(Schema):
    """Two replays side by side; `changes` is the second less the first, null where one of them has no value."""

    first: ReplayOut
    second: ReplayOut
    changes: dict[str, float | None]


class TrackOut(Schema):
    """How a signal did on the deals of this workspace that ended in the two years before `made_at`."""

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
    propose_mute: bool = Field(description="It fired often, and its lift may as well be one.")


@door.read("/replays", permission=LOOK, response=list[ReplayOut])
def list_replays(request: ApiRequest, query: Query[ScanQuery]) -> list[ReplayOut]:
    """The newest replays."""
    return [_to_out(one) for one in replay_runs.list_replays(request.actor, limit=query.limit)]


@door.write("/replays", permission=TRY, response={202: ReplayOut})
def start_replay(request: ApiRequest, body: ReplayIn) -> Status[ReplayOut]:
    """Have a past period replayed in the background, with settings to try; none of the workspace's is changed."""
    held = policies.get_policy(request.actor).policy
    thresholds = {**held.thresholds, **body.thresholds}
    policy = Policy(
        {code: value for code, value in thresholds.items() if value is not None},
        held.muted if body.muted is None else frozenset(body.muted),
        held.late_from if body.late_from is None else body.late_from,
    )
    plan = ReplayPlan(body.first_on, body.last_on, BANDS[body.band], policy)
    return Status(202, _to_out(replay_runs.start_replay(request.actor, plan=plan, now=datetime.now(UTC))))


@door.read("/replays/{replay_id}", permission=LOOK, response=ReplayOut)
def read_replay(request: ApiRequest, replay_id: UUID) -> ReplayOut:
    """How far a replay is, and what came of it."""
    return _to_out(replay_runs.access_replay(request.actor, replay_id))


@door.read("/replays/{replay_id}/deals", permission=LOOK, response=ReplayedPage)
def list_replayed_deals(request: ApiRequest, replay_id: UUID, query: Query[ReplayedQuery]) -> ReplayedPage:
    """What became of each deal in a replay; none before it is done."""
    offset = parse_number_cursor(query.cursor)
    found = replay_runs.list_replayed_deals(
        request.actor, replay_id, kind=ReplayKind(query.kind), offset=offset, limit=query.limit
    )
    log.record(
        request.actor,
        AuditTag.DEAL_READ,
        subject_kind="deal",
        details={"deals": len(found.rows)},
        now=datetime.now(UTC),
    )
    following = offset + len(found.rows)
    return ReplayedPage(
        items=[ReplayedOut.model_validate(one, from_attributes=True) for one in found.rows],
        total=found.total,
        next_cursor=to_cursor(str(following)) if found.rows and following < found.total else "",
    )


@door.read("/replays/{replay_id}/comparison", permission=LOOK, response=ComparedOut)
def compare_replays(request: ApiRequest, replay_id: UUID, query: Query[CompareQuery]) -> ComparedOut:
    """Two replays side by side, such as one with the settings of now and one with those to try."""
    first, second = replay_runs.access_replays(request.actor, [replay_id, query.other])
    changes = {name: _change(first.result, second.result, name) for name in FIGURES}
    return ComparedOut(first=_to_out(first), second=_to_out(second), changes=changes)


@door.write("/replays/{replay_id}", method="DELETE", permission=TRY, response={204: None})
def forget_replay(request: ApiRequest, replay_id: UUID) -> Status[None]:
    """Delete a replay and its result; those of others need `signal:write`."""
    replay_runs.forget_replay(request.actor, run_id=replay_id, now=datetime.now(UTC))
    return Status(204, None)


@door.read("/track-records", permission=LOOK, response=list[TrackOut])
def list_track_records(request: ApiRequest) -> list[TrackOut]:
    """How every signal did on this workspace's own past; empty before the first measuring."""
    return [TrackOut.model_validate(one, from_attributes=True) for one in queries.list_track_records(request.actor)]


@door.write("/track-records", permission=TRY, response={202: AskedOut})
def measure_signals(request: ApiRequest) -> Status[AskedOut]:
    """Have every signal measured anew, in the background."""
    number = track_records.ask_track_record(request.actor)
    log.record(request.actor, AuditTag.SIGNAL_MEASURED, subject_kind="signal", outcome="asked", now=datetime.now(UTC))
    return Status(202, AskedOut(job_id=number))


def _change(first: ReplayResult | None, second: ReplayResult | None, name: str) -> float | None:
    before, after = getattr(first, name, None), getattr(second, name, None)
    return None if before is None or after is None else float(after - before)


def _to_out(run: ReplayRun) -> ReplayOut:
    plan = run.plan
    told: dict[str, Any] | None = to_json(run.result) if run.result else None
    return ReplayOut(
        id=run.id,
        asked_at=run.asked_at,
        member_id=run.member_id,
        first_on=plan.first_on,
        last_on=plan.last_on,
        band=plan.band.name.lower(),
        thresholds=dict(plan.policy.thresholds),
        late_from=plan.policy.late_from,
        muted=sorted(plan.policy.muted),
        policy_number=run.policy_number,
        state=run.state.value,
        done=run.done,
        total=run.total,
        seconds=run.seconds,
        error=run.error,
        result=ResultOut.model_validate(told) if told else None,
    )
