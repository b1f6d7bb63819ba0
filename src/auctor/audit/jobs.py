"""Background entry points of the log."""

from datetime import datetime

from auctor.audit import mail, retention
from auctor.jobs.declare import job
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor


@job("audit.mail_checkpoint", retry=Retry.NETWORK)
def mail_checkpoint(actor: Actor, *, now: datetime) -> None:
    """Send the day's signed checkpoint to the owners of the workspace."""
    mail.mail_checkpoint(actor, now=now)


@job("audit.prune", retry=Retry.NONE)
def prune(_actor: Actor, *, now: datetime) -> None:  # noqa: ARG001 - the database's own clock decides
    """Let the days leave that are ninety days old."""
    retention.prune_days()
