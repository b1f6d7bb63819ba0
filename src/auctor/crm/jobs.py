"""Background entry points of the copy."""

from datetime import datetime
from uuid import UUID

from auctor.crm import operations, uploads
from auctor.jobs.declare import job
from auctor.jobs.retry import Retry
from auctor.tenancy.records import Actor


@job("crm.snapshot", retry=Retry.SHORT)
def snapshot(actor: Actor, *, now: datetime) -> None:
    """Keep how every open deal stood at the end of yesterday, once."""
    operations.snapshot_yesterday(actor, now=now)


@job("crm.check_upload", retry=Retry.SHORT)
def check_upload(actor: Actor, *, now: datetime, upload_id: str) -> None:
    """Rehearse the import of uploaded files, for its preview."""
    uploads.check_upload(actor, upload_id=UUID(upload_id), now=now)


@job("crm.import_upload", retry=Retry.SHORT)
def import_upload(actor: Actor, *, now: datetime, upload_id: str) -> None:
    """Import uploaded files, all of them or nothing."""
    uploads.import_upload(actor, upload_id=UUID(upload_id), now=now)


@job("crm.sweep_uploads", retry=Retry.SHORT)
def sweep_uploads(actor: Actor, *, now: datetime) -> None:
    """Remove uploaded files that nobody confirmed within a day."""
    uploads.sweep_uploads(actor, now=now)
