"""Replays that were asked for: run by a job with true progress, kept, listed, compared, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import ClassVar, Final
from uuid import UUID

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.terms import get_counting
from auctor.jobs.queue import defer
from auctor.kit.errors import AuctorError
from auctor.kit.ids import uuid7
from auctor.risk import models, replay_shape
from auctor.risk.policies import get_policy
from auctor.risk.replay import check_plan, replay
from auctor.risk.replay_facts import Replayed
from auctor.risk.replay_looks import Progress
from auctor.risk.replay_progress import telling
from auctor.risk.replay_records import ReplayedPage, ReplayKind, ReplayPlan, ReplayRun, RunState
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.tenancy.guard import can, require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

JOB: Final = "risk.replay"
MOST_ROWS: Final = 200


class NoReplay(AuctorError):
    """There is no such replay, or not for you."""

    code: ClassVar[str] = "risk.no_replay"
    status: ClassVar[int] = 404


def start_replay(actor: Actor, *, plan: ReplayPlan, now: datetime) -> ReplayRun:
    """Have a period replayed by a job; the answer says how far it is. Raises `ReplayRefused`, `PolicyRefused`.

    A plan with the settings of the workspace (`get_policy(actor).policy`) remembers their number.
    """
    require(actor, Permission.SIGNAL_TRY)
    check_plan(plan, today=get_counting(actor).today(now))
    row = _keep_plan(actor, plan, RunState.WAITING, now=now)
    defer(actor, JOB, run_id=row.id)
    return _record(row)


def run_replay(actor: Actor, *, run_id: UUID, now: datetime) -> ReplayRun:
    """Do what was asked for; a run that is done already stays as it is. Raises what the replay raises."""
    require(actor, Permission.SIGNAL_TRY)
    row = _access(run_id)
    if row.state == RunState.DONE:
        return _record(row)
    began = perf_counter()
    with telling(actor, run_id) as tell:
        found = replay(actor, _plan(row), now=now, tell=tell)
    return _finish(actor, row, found, seconds=perf_counter() - began, now=now)


def replay_here(actor: Actor, *, plan: ReplayPlan, now: datetime, tell: Progress) -> ReplayRun:
    """Replay at once, in the caller's own time, and keep the run."""
    require(actor, Permission.SIGNAL_TRY)
    began = perf_counter()
    found = replay(actor, plan, now=now, tell=tell)
    row = _keep_plan(actor, plan, RunState.RUNNING, now=now)
    return _finish(actor, row, found, seconds=perf_counter() - began, now=now)


def forget_replay(actor: Actor, *, run_id: UUID, now: datetime) -> None:
    """Delete a run and its result; those of others need `signal:write`. Raises `NoReplay`."""
    require(actor, Permission.SIGNAL_TRY)
    row = _access(run_id)
    if not may_forget(actor, _record(row)):
        require(actor, Permission.SIGNAL_WRITE)
    row.delete()
    _audit(actor, run_id, "forgotten", now=now)


def may_forget(actor: Actor, run: ReplayRun) -> bool:
    """Whether this person may delete the run: one's own with `signal:try`, those of others with `signal:write`."""
    own = run.member_id == actor.member_id
    return can(actor, Permission.SIGNAL_TRY if own else Permission.SIGNAL_WRITE)


def list_replays(actor: Actor, *, limit: int = 25) -> list[ReplayRun]:
    """The newest runs."""
    require(actor, Permission.SIGNAL_READ)
    rows = models.ReplayRun.objects.defer("deals").order_by("-asked_at")
    return [_record(row) for row in rows[: min(limit, MOST_ROWS)]]


def access_replay(actor: Actor, run_id: UUID) -> ReplayRun:
    """One run. Raises `NoReplay`."""
    require(actor, Permission.SIGNAL_READ)
    return _record(_access(run_id))


def access_replays(actor: Actor, run_ids: Sequence[UUID]) -> list[ReplayRun]:
    """Several runs side by side, in the order asked. Raises `NoReplay`."""
    require(actor, Permission.SIGNAL_READ)
    return [_record(_access(run_id)) for run_id in run_ids]


def list_replayed_deals(
    actor: Actor, run_id: UUID, *, kind: ReplayKind, offset: int = 0, limit: int = 50
) -> ReplayedPage:
    """The deals of one kind, the most valuable first; none before the run is done. Raises `NoReplay`."""
    require(actor, Permission.SIGNAL_READ)
    row = models.ReplayRun.objects.filter(id=run_id).only("deals").first()
    if row is None:
        raise NoReplay("There is no such replay.")
    if row.deals is None:
        return ReplayedPage((), 0)
    return replay_shape.page(bytes(row.deals), kind, offset=max(offset, 0), limit=min(max(limit, 1), MOST_ROWS))


def _access(run_id: UUID) -> models.ReplayRun:
    row: models.ReplayRun | None = models.ReplayRun.objects.defer("deals").filter(id=run_id).first()
    if row is None:
        raise NoReplay("There is no such replay.")
    return row


def _keep_plan(actor: Actor, plan: ReplayPlan, state: RunState, *, now: datetime) -> models.ReplayRun:
    assert actor.workspace_id is not None
    held = get_policy(actor)
    row = models.ReplayRun(
        id=uuid7(),
        workspace_id=actor.workspace_id,
        asked_at=now,
        member_id=actor.member_id,
        first_on=plan.first_on,
        last_on=plan.last_on,
        band=plan.band,
        policy=held.number if held.policy == plan.policy else None,
        thresholds=dict(plan.policy.thresholds),
        late_from=plan.policy.late_from,
        muted=sorted(plan.policy.muted),
        state=state.value,
    )
    row.save(force_insert=True)
    _audit(actor, row.id, "asked", now=now)
    return row


def _finish(actor: Actor, row: models.ReplayRun, found: Replayed, *, seconds: float, now: datetime) -> ReplayRun:
    result = found.result
    row.state, row.seconds, row.error = RunState.DONE.value, round(seconds, 3), None
    row.done, row.total = result.pairs, result.pairs
    row.result, row.deals = replay_shape.to_json(result), replay_shape.pack(found.deals)
    row.save(update_fields=["state", "seconds", "error", "done", "total", "result", "deals"])
    _audit(actor, row.id, "done", now=now)
    return _record(row)


def _plan(row: models.ReplayRun) -> ReplayPlan:
    policy = Policy(row.thresholds, frozenset(row.muted), row.late_from)
    return ReplayPlan(row.first_on, row.last_on, Band(row.band), policy)


def _audit(actor: Actor, run_id: UUID, what: str, *, now: datetime) -> None:
    log.record(actor, AuditTag.RISK_REPLAYED, subject=run_id, subject_kind="replay", details={"what": what}, now=now)


def _record(row: models.ReplayRun) -> ReplayRun:
    return ReplayRun(
        id=row.id,
        asked_at=row.asked_at,
        member_id=row.member_id,
        plan=_plan(row),
        policy_number=row.policy,
        state=RunState(row.state),
        done=row.done,
        total=row.total,
        seconds=row.seconds,
        error=row.error or "",
        result=replay_shape.from_json(row.result) if row.result else None,
    )
