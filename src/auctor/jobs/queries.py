"""What an admin sees of the work in the background: of the own workspace, ids only."""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from croniter import croniter
from django.db import connections

from auctor.jobs.arguments import OURS
from auctor.jobs.models import JobFailure
from auctor.jobs.records import FailureRecord, JobRecord, JobState, JobSummary, TimetableRecord
from auctor.jobs.timetable import TIMETABLE, Entry
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import INSTANCE_ID, Actor

_STATES = {
    "todo": JobState.WAITING,
    "doing": JobState.RUNNING,
    "succeeded": JobState.SUCCEEDED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "aborted": JobState.CANCELLED,
}

# Jobs of one workspace, newest first, with the moments of their life and the code of their last failure.
SELECT_JOBS = """
SELECT job.id, job.task_name, job.status::text, job.attempts, job.args, job.scheduled_at,
       event.enqueued_at, event.started_at, event.ended_at,
       coalesce((SELECT f.error FROM jobs_failure f
                  WHERE f.workspace_id = %(workspace)s::uuid AND f.job_id = job.id
                  ORDER BY f.failed_at DESC LIMIT 1), '')
  FROM (SELECT * FROM procrastinate_jobs
         WHERE args ->> 'workspace_id' = %(workspace)s
           AND (%(id)s::bigint IS NULL OR id = %(id)s)
           AND (%(before)s::bigint IS NULL OR id < %(before)s)
           AND (%(statuses)s::text[] IS NULL OR status::text = ANY(%(statuses)s))
         ORDER BY id DESC LIMIT %(limit)s) job
  LEFT JOIN LATERAL (
       SELECT max(e.at) FILTER (WHERE e.type = 'deferred') AS enqueued_at,
              max(e.at) FILTER (WHERE e.type = 'started') AS started_at,
              max(e.at) FILTER (WHERE e.type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS ended_at
         FROM procrastinate_events e WHERE e.job_id = job.id) event ON true
 ORDER BY job.id DESC
"""

# One line for each name that the workspace has jobs of.
SUMMARISE_JOBS = """
SELECT job.task_name,
       count(*) FILTER (WHERE job.status = 'todo'),
       count(*) FILTER (WHERE job.status = 'doing'),
       count(*) FILTER (WHERE job.status = 'failed'),
       min(event.first_at) FILTER (WHERE job.status = 'todo'),
       max(event.last_at) FILTER (WHERE job.status = 'succeeded'),
       max(event.last_at) FILTER (WHERE job.status = 'failed')
  FROM procrastinate_jobs job
  LEFT JOIN LATERAL (SELECT min(e.at) AS first_at, max(e.at) AS last_at
                       FROM procrastinate_events e
                      WHERE e.job_id = job.id AND e.type <> 'scheduled') event ON true
 WHERE job.args ->> 'workspace_id' = %(workspace)s
 GROUP BY job.task_name ORDER BY job.task_name
"""

# The last turn of each entry of the timetable.
LAST_TURNS = "SELECT periodic_id, to_timestamp(max(defer_timestamp)) FROM procrastinate_periodic_defers GROUP BY 1"

# How many jobs wait and run in the whole installation, the age of the oldest due one, and the living workers.
COUNT_BACKLOG = """
SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'),
       coalesce(extract(epoch FROM now() - (
           SELECT min(coalesce(job.scheduled_at, e.at)) FROM procrastinate_jobs job
             JOIN procrastinate_events e ON e.job_id = job.id AND e.type = 'deferred'
            WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now()))), 0)::float,
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '20 seconds')
"""


class JobMissing(AuctorError):
    """No such job, or not of this workspace: the same answer."""

    code: ClassVar[str] = "jobs.job_missing"
    status: ClassVar[int] = 404


def list_jobs(
    actor: Actor, *, states: frozenset[JobState] | None = None, before: int | None = None, limit: int = 50
) -> list[JobRecord]:
    """The workspace's jobs, newest first; `before` is the number of the last one of the page before."""
    require(actor, Permission.JOB_READ)
    statuses = None
    if states is not None:
        # What waits for its next attempt is stored like what waits for its first.
        wanted = {JobState.WAITING if state is JobState.RETRYING else state for state in states}
        statuses = [status for status, state in _STATES.items() if state in wanted]
    found = _select(actor, statuses=statuses, before=before, limit=limit)
    return [record for record in found if states is None or record.state in states]


def access_job(actor: Actor, *, job_id: int) -> JobRecord:
    """One job of the workspace. Raises `JobMissing`, also for another workspace's."""
    require(actor, Permission.JOB_READ)
    found = _select(actor, id=job_id)
    if not found:
        raise JobMissing("There is no such job.", mend="It may have ended and been forgotten.")
    return found[0]


def summarise_jobs(actor: Actor) -> list[JobSummary]:
    """One line for each name of a job that the workspace has, in their order."""
    require(actor, Permission.JOB_READ)
    return [JobSummary(*row) for row in _rows(SUMMARISE_JOBS, {"workspace": _workspace(actor)})]


def list_failures(actor: Actor, *, job_id: int | None = None, limit: int = 50) -> list[FailureRecord]:
    """Failed runs of the workspace, newest first; of one job, or of all."""
    require(actor, Permission.JOB_READ)
    rows = JobFailure.objects.order_by("-failed_at")
    if job_id is not None:
        rows = rows.filter(job_id=job_id)
    return [
        FailureRecord(row.job_id, row.name, row.error, row.attempt, row.failed_at, row.will_retry)
        for row in rows[:limit]
    ]


def list_timetable(actor: Actor, *, now: datetime) -> list[TimetableRecord]:
    """Every entry with its last and next turn."""
    require(actor, Permission.JOB_READ)
    last: dict[str, datetime] = dict(_rows(LAST_TURNS, {}))
    return [
        TimetableRecord(entry.job, entry.purpose, entry.cron, last.get(entry.job), _next_turn(entry, now))
        for entry in TIMETABLE
    ]


def count_backlog() -> dict[str, float]:
    """For `/metrics` and the doctor, of the whole installation: `waiting`, `running`, `oldest_seconds`, `workers`."""
    (counts,) = _rows(COUNT_BACKLOG, {})
    return dict(zip(("waiting", "running", "oldest_seconds", "workers"), map(float, counts), strict=True))


def _next_turn(entry: Entry, now: datetime) -> datetime:
    return datetime.fromtimestamp(croniter(entry.cron, now).get_next(float), tz=UTC)


def _workspace(actor: Actor) -> str:
    return str(actor.workspace_id or INSTANCE_ID)


def _select(actor: Actor, *, limit: int = 1, **words: Any) -> list[JobRecord]:
    none = {"id": None, "before": None, "statuses": None}
    return [
        _to_record(row) for row in _rows(SELECT_JOBS, {**none, **words, "workspace": _workspace(actor), "limit": limit})
    ]


def _rows(statement: str, words: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, words)
        return list(cursor.fetchall())


def _to_record(row: tuple[Any, ...]) -> JobRecord:
    number, name, status, attempts, arguments, due_at, enqueued_at, started_at, ended_at, error = row
    arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    return JobRecord(
        id=number,
        name=name,
        state=JobState.RETRYING if status == "todo" and attempts else _STATES[status],
        attempts=attempts,
        ids={key: value for key, value in arguments.items() if key not in OURS},
        asked_by=arguments.get("asked_by", ""),
        enqueued_at=enqueued_at,
        due_at=due_at,
        started_at=started_at,
        ended_at=ended_at if status not in ("todo", "doing") else None,
        error=error,
    )
