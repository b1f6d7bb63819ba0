"""Background entry points of the copy."""

from datetime import datetime

from auctor.crm import operations
from auctor.jobs.declare import job
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor


@job("crm.snapshot", retry=Retry.SHORT)
def snapshot(actor: Actor, *, now: datetime) -> None:
    """Keep how every open deal stood at the end of yesterday, once."""
    operations.snapshot_yesterday(actor, now=now)
