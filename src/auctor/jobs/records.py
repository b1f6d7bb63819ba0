"""What leaves the package."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Where a job is. `retrying` waits for its next attempt."""

    WAITING = "waiting"
    RETRYING = "retrying"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job. `error` is the code of its last failure, `asked_by` a member's id or empty (the product itself)."""

    id: int
    name: str
    state: JobState
    attempts: int
    ids: dict[str, str]
    asked_by: str
    enqueued_at: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class JobSummary:
    """One name: how many jobs are in which state, since when the oldest waits, and the last runs."""

    name: str
    waiting: int
    running: int
    failed: int
    oldest_waiting_at: datetime | None
    last_succeeded_at: datetime | None
    last_failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """One failed run."""

    job_id: int
    name: str
    error: str
    attempt: int
    failed_at: datetime
    will_retry: bool


@dataclass(frozen=True, slots=True)
class TimetableRecord:
    """One line of the timetable; `last_at` is None before its first turn."""

    job: str
    purpose: str
    cron: str
    last_at: datetime | None
    next_at: datetime
