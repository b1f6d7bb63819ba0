"""Background entry points of judging."""

from datetime import datetime
from uuid import UUID

from auctor.jobs.declare import job
from auctor.jobs.retry import Retry
from auctor.risk import demo, replay_runs, returning, scan, track_records
from auctor.risk import learn as learning
from auctor.tenancy.records import Actor


@job("risk.scan_touched", retry=Retry.SHORT)
def scan_touched(actor: Actor, *, now: datetime) -> None:
    """Judge the deals that something was learned about."""
    scan.scan_touched(actor, now=now)


@job("risk.scan_nightly", retry=Retry.SHORT)
def scan_nightly(actor: Actor, *, now: datetime) -> None:
    """Judge all open deals once on each of the workspace's days, because time passes."""
    scan.scan_nightly(actor, now=now)


@job("risk.rescan", retry=Retry.SHORT)
def rescan(actor: Actor, *, now: datetime) -> None:
    """Judge all open deals anew, because somebody asked, or the signals were set otherwise."""
    scan.scan_open(actor, now=now)


@job("risk.track_record", retry=Retry.SHORT)
def track_record(actor: Actor, *, now: datetime) -> None:
    """Measure every signal on the deals that ended in the last two years."""
    track_records.measure_when_compiled(actor, now=now)


@job("risk.replay", retry=Retry.NONE)
def replay(actor: Actor, *, now: datetime, run_id: str) -> None:
    """Replay the past as it was asked for."""
    replay_runs.run_replay(actor, run_id=UUID(run_id), now=now)


@job("risk.learn", retry=Retry.NONE)
def learn(actor: Actor, *, now: datetime) -> None:
    """Learn probabilities from the workspace's closed deals; use those that beat the base rate."""
    learning.learn(actor, now=now)


@job("risk.return_due", retry=Retry.SHORT)
def return_due(actor: Actor, *, now: datetime, decision_id: str) -> None:  # noqa: ARG001 - one order for each decision
    """Bring back the deals whose day or meeting has come."""
    returning.settle_due(actor, now=now)


@job("risk.bring_demo", retry=Retry.NONE)
def bring_demo(actor: Actor, *, now: datetime) -> None:
    """Import the demo company into a workspace that holds no deals."""
    demo.bring_demo(actor, now=now)
