"""What an admin may do to a job. The face's use case writes the audit entry: the log stands above this floor."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import connections

from auctor.jobs.queries import access_job
from auctor.jobs.records import JobRecord, JobState
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# A failed job goes back to the queue. Its attempts start anew, so that its policy holds again.
QUEUE_AGAIN = """
UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = %(now)s, attempts = 0, worker_id = NULL
 WHERE id = %(id)s AND status = 'failed' RETURNING id
"""

# A job that nobody has begun is taken out of the queue.
TAKE_OUT = "UPDATE procrastinate_jobs SET status = 'cancelled' WHERE id = %(id)s AND status = 'todo' RETURNING id"


class JobConflict(AuctorError):
    """The job is not in the state that this needs; it may have changed a moment ago."""

    code: ClassVar[str] = "jobs.job_conflict"
    status: ClassVar[int] = 409


def retry_job(actor: Actor, *, job_id: int, now: datetime) -> JobRecord:
    """Run a failed job again. Raises `JobMissing`, or `JobConflict` when it has not failed."""
    require(actor, Permission.JOB_WRITE)
    job = access_job(actor, job_id=job_id)
    if job.state is not JobState.FAILED or not _change(QUEUE_AGAIN, id=job.id, now=now):
        raise JobConflict("Only a failed job can be run again.", mend="Reload the page to see how it stands.")
    return access_job(actor, job_id=job_id)


def cancel_job(actor: Actor, *, job_id: int) -> JobRecord:
    """Take a job out of the queue. Raises `JobMissing`, or `JobConflict` when it has begun or ended."""
    require(actor, Permission.JOB_WRITE)
    job = access_job(actor, job_id=job_id)
    if job.state not in (JobState.WAITING, JobState.RETRYING) or not _change(TAKE_OUT, id=job.id):
        raise JobConflict("Only a job that waits can be cancelled.", mend="Reload the page to see how it stands.")
    return access_job(actor, job_id=job_id)


def _change(statement: str, **words: Any) -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, words)
        return cursor.fetchone() is not None
