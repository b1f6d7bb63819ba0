"""The track record of every signal in a workspace: measured by a job, and kept."""

from datetime import datetime, timedelta
from typing import Final

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.terms import get_counting
from auctor.jobs.queue import BACKGROUND, defer
from auctor.kit.ids import uuid7
from auctor.risk import compiled, models
from auctor.risk.policies import get_policy
from auctor.risk.queries import list_track_records
from auctor.risk.records import TrackRecord
from auctor.risk.replay import replay
from auctor.risk.replay_records import ReplayPlan
from auctor.risk.track import Track, tracks_of
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

LOOK_BACK: Final = timedelta(days=730)
JOB: Final = "risk.track_record"
# How soon to look again whether the signals are compiled.
AGAIN: Final = timedelta(seconds=30)


def ask_track_record(actor: Actor) -> int:
    """Have the signals measured anew by a job; returns its number. Needs `signal:try`."""
    require(actor, Permission.SIGNAL_TRY)
    return defer(actor, JOB)


def measure_when_compiled(actor: Actor, *, now: datetime) -> list[TrackRecord] | None:
    """Measure the signals; None, and the same later, while they are still being compiled.

    Two years at once are too much for plain Python, and would keep the first scan waiting. Needs `signal:try`.
    """
    require(actor, Permission.SIGNAL_TRY)
    if not compiled.is_awaited():
        return measure_signals(actor, now=now)
    defer(actor, JOB, run_at=now + AGAIN, priority=BACKGROUND)
    return None


def measure_signals(actor: Actor, *, now: datetime) -> list[TrackRecord]:
    """Measure every signal on the deals that ended in the last two years, with the workspace's thresholds; muted
    signals are measured like all others, so that they can earn their place back. Needs `signal:try`."""
    require(actor, Permission.SIGNAL_TRY)
    held = get_policy(actor).policy
    today = get_counting(actor).today(now)
    plan = ReplayPlan(
        first_on=today - LOOK_BACK,
        last_on=today - timedelta(days=1),
        band=Band.MEDIUM,
        policy=Policy(held.thresholds, frozenset(), held.late_from),
    )
    found = replay(actor, plan, now=now, tell=lambda _done, _total: None)
    models.TrackRecord.objects.all().delete()
    rows = [_row(actor, track, plan, now=now) for track in tracks_of(found.looks, found.deals)]
    models.TrackRecord.objects.bulk_create(rows)
    deals = {"deals": found.deals.height}
    log.record(actor, AuditTag.SIGNAL_MEASURED, subject_kind="signal", details=deals, now=now)
    return list_track_records(actor)


def _row(actor: Actor, track: Track, plan: ReplayPlan, *, now: datetime) -> models.TrackRecord:
    assert actor.workspace_id is not None
    return models.TrackRecord(
        id=uuid7(),
        workspace_id=actor.workspace_id,
        signal=track.signal,
        made_at=now,
        since=plan.first_on,
        judged=track.judged,
        lost=track.lost,
        fired=track.fired,
        fired_lost=track.fired_lost,
        lift_low=track.low,
        lift_high=track.high,
        early_days=track.early_days,
    )
