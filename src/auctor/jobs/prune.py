"""Forgetting jobs that ended long ago."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from auctor.jobs.models import JobFailure
from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor

KEEP_SUCCEEDED = timedelta(days=7)
KEEP_FAILED = timedelta(days=30)
_BATCH = 10_000

# Ended jobs of one workspace whose last event is old enough; their events go with them.
DELETE_ENDED = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs job
     WHERE job.args ->> 'workspace_id' = %(workspace)s AND job.status::text = ANY(%(states)s)
       AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = job.id AND e.at >= %(before)s)
     ORDER BY job.id LIMIT %(batch)s)
"""

# The clock's own jobs carry no workspace.
DELETE_TURNS = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs job
     WHERE NOT job.args ? 'workspace_id' AND job.status::text = ANY(%(states)s)
       AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = job.id AND e.at >= %(before)s)
     ORDER BY job.id LIMIT %(batch)s)
"""


def prune_jobs(actor: Actor, *, now: datetime) -> int:
    """Delete the workspace's ended jobs and failures past their time; returns how many jobs went.

    An actor of the installation deletes those that belong to no workspace.
    """
    workspace_id = actor.workspace_id or INSTANCE_ID
    statements = [DELETE_ENDED] if actor.workspace_id else [DELETE_ENDED, DELETE_TURNS]
    deleted = 0
    for states, keep in ((["succeeded", "cancelled"], KEEP_SUCCEEDED), (["failed", "aborted"], KEEP_FAILED)):
        words: dict[str, Any] = {
            "workspace": str(workspace_id),
            "states": states,
            "before": now - keep,
            "batch": _BATCH,
        }
        with connections["default"].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, words)
                deleted += cursor.rowcount
    with scope.enter(Actor.system(workspace_id, actor.name)):
        JobFailure.objects.filter(failed_at__lt=now - KEEP_FAILED).delete()
    return deleted
