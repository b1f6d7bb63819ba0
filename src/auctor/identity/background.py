"""What admins do to background work, with its entry in the log: the queue itself stands below the log."""

from datetime import datetime

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.jobs import operations
from auctor.jobs.records import JobRecord
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


def retry_job(actor: Actor, *, job_id: int, now: datetime) -> JobRecord:
    """Run a failed job again. Raises `JobMissing`, or `JobConflict` when it has not failed."""
    require(actor, Permission.JOB_WRITE)
    job = operations.retry_job(actor, job_id=job_id, now=now)
    _record(actor, AuditTag.JOB_RETRIED, job, now)
    return job


def cancel_job(actor: Actor, *, job_id: int, now: datetime) -> JobRecord:
    """Take a waiting job out of the queue. Raises `JobMissing`, or `JobConflict` when it has begun or ended."""
    require(actor, Permission.JOB_WRITE)
    job = operations.cancel_job(actor, job_id=job_id)
    _record(actor, AuditTag.JOB_CANCELLED, job, now)
    return job


def _record(actor: Actor, tag: AuditTag, job: JobRecord, now: datetime) -> None:
    log.record(actor, tag, subject=str(job.id), subject_kind="job", details={"name": job.name}, now=now)
