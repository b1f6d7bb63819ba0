"""Background entry points."""

from datetime import datetime

from auctor.identity import erasing, sweep, workspaces
from auctor.jobs.declare import job
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor


@job("identity.end_pilot", retry=Retry.NONE)
def end_pilot(actor: Actor, *, now: datetime) -> None:
    """Mark a pilot whose time is over as read-only."""
    workspaces.end_pilot(actor, now=now)


@job("identity.sweep", retry=Retry.NONE)
def sweep_all(actor: Actor, *, now: datetime) -> None:
    """Drop sessions, limits, links, sign-ups, invitations and tokens whose time is over."""
    if actor.workspace_id is None:
        sweep.sweep_installation(now=now)
    else:
        sweep.sweep_workspace(actor, now=now)


@job("identity.erase", retry=Retry.PATIENT)
def erase(actor: Actor, *, now: datetime) -> None:
    """Erase closed workspaces when their thirty days are over: rows and keys."""
    if actor.workspace_id is None:
        erasing.order_erasures(actor, now=now)
    else:
        erasing.erase_workspace(actor, now=now)
