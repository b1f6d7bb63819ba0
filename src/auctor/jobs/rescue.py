"""Jobs whose worker is gone: given back to the queue, or ended when they seem to take their worker with them.

Each statement decides and changes in one step. Two workers may rescue at once: the second finds nothing left, and
cannot take a job from the worker that has begun it again in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections

from auctor.tenancy.records import INSTANCE_ID

# A job that lost its worker so often is taken for the cause.
MOST_LOSSES = 5
ERROR_WORKER_LOST = "jobs.worker_lost"

_GIVE_BACK = """
UPDATE procrastinate_jobs AS job
   SET status = (CASE WHEN job.abort_requested THEN 'aborted' WHEN job.attempts >= %(most)s THEN 'failed'
                      ELSE 'todo' END)::procrastinate_job_status,
       abort_requested = false, attempts = job.attempts + 1, scheduled_at = NULL, worker_id = NULL
 WHERE job.status = 'doing' AND {condition}
RETURNING job.id, job.task_name, job.status::text, job.attempts, job.args ->> 'workspace_id'
"""

# Jobs of workers that have not been heard of for some seconds, or that were struck off the list.
STALLED = _GIVE_BACK.format(
    condition="""(job.worker_id IS NULL OR job.worker_id IN (
       SELECT id FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %(seconds)s)))"""
)

# Jobs that a living worker holds without running them: their end could not be stored.
FORGOTTEN = _GIVE_BACK.format(condition="job.id = ANY(%(ids)s) AND job.worker_id = %(worker)s")

# What a worker holds.
HELD = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %(worker)s"

# Workers that were not heard of. Their jobs, if any are left, lose their worker and count as stalled.
STRIKE_OFF = """
DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %(seconds)s)
"""

# The job is still this worker's. The lock keeps it so until the transaction ends.
STILL_HELD = """
SELECT id FROM procrastinate_jobs
 WHERE id = %(job)s AND status = 'doing' AND worker_id = %(worker)s FOR SHARE
"""


@dataclass(frozen=True, slots=True)
class RescuedJob:
    """A job that was given back, or ended (`is_given_up`)."""

    id: int
    name: str
    is_given_up: bool
    attempts: int
    workspace_id: UUID


def rescue_stalled(*, seconds: float) -> list[RescuedJob]:
    """Give back what workers hold that have not been heard of for so long, and strike those off."""
    rescued = _give_back(STALLED, {"seconds": seconds, "most": MOST_LOSSES})
    with connections["default"].cursor() as cursor:
        cursor.execute(STRIKE_OFF, {"seconds": seconds})
    return rescued


def rescue_forgotten(ids: Sequence[int], *, worker_id: int) -> list[RescuedJob]:
    """Give back jobs that this living worker holds without running them."""
    return _give_back(FORGOTTEN, {"ids": list(ids), "worker": worker_id, "most": MOST_LOSSES})


def list_held(worker_id: int) -> list[int]:
    """Numbers of the jobs that the queue believes this worker to run."""
    with connections["default"].cursor() as cursor:
        cursor.execute(HELD, {"worker": worker_id})
        return [row[0] for row in cursor.fetchall()]


def is_still_held(job_id: int, worker_id: int) -> bool:
    """Whether the job was not given to somebody else meanwhile; true until the open transaction ends."""
    with connections["default"].cursor() as cursor:
        cursor.execute(STILL_HELD, {"job": job_id, "worker": worker_id})
        return cursor.fetchone() is not None


def _give_back(statement: str, words: dict[str, Any]) -> list[RescuedJob]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, words)
        rows = cursor.fetchall()
    return [
        RescuedJob(number, name, status != "todo", attempts, UUID(workspace) if workspace else INSTANCE_ID)
        for number, name, status, attempts, workspace in rows
    ]
