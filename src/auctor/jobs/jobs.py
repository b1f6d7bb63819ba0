"""Background entry points of the queue itself."""

from datetime import datetime

from auctor.jobs.declare import job
from auctor.jobs.prune import prune_jobs
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor


@job("jobs.prune", retry=Retry.NONE)
def prune(actor: Actor, *, now: datetime) -> None:
    """Forget jobs that ended long ago, and their failures."""
    prune_jobs(actor, now=now)
