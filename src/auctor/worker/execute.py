"""One run of one job: its workspace is entered, one transaction holds all that it does."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction
from opentelemetry import trace
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from auctor.jobs.arguments import OrderForged, unpack
from auctor.jobs.declare import Declaration
from auctor.jobs.failures import error_code, record_failure
from auctor.jobs.records import FailureRecord
from auctor.jobs.rescue import is_still_held
from auctor.jobs.retry import POLICIES, Retry, RetryPolicy, is_permanent, wait_before_retry
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.worker.metrics import JOB_SECONDS, JOBS

log = structlog.get_logger("auctor.worker")
tracer = trace.get_tracer("auctor.worker")


class JobLost(AuctorError):
    """The job was given to another worker while it ran here; nothing of this run was stored."""

    code: ClassVar[str] = "worker.job_lost"
    status: ClassVar[int] = 409


class PolicyStrategy(BaseRetryStrategy):
    """One of our policies in the words of procrastinate."""

    def __init__(self, policy: RetryPolicy) -> None:
        self.policy = policy

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to run again; None for the end. Procrastinate counts the attempts before this one."""
        if is_permanent(exception):
            return None
        # Our own database was away or in conflict, and rolled the run back: that is never the end of a job.
        was_database = isinstance(exception, InterfaceError | OperationalError)
        policy = POLICIES[Retry.SHORT] if was_database and self.policy.attempts == 1 else self.policy
        spread = ((job.id or 0) % 16) / 16
        wait = wait_before_retry(policy, attempts=job.attempts + 1, spread=spread)
        return None if wait is None else RetryDecision(retry_in={"seconds": round(wait.total_seconds())})


def execute(declaration: Declaration, context: JobContext, arguments: dict[str, object]) -> None:
    """Run a job and say how it went; whatever it raises is raised again, for procrastinate to decide.

    1. Open the order; a forged one ends here, before any workspace is entered.
    2. Enter the workspace, begin the transaction, run.
    3. Before the commit, make sure that the job was not given to another worker meanwhile.
    4. Count, log, and write down a failure, all by ids and codes.
    """
    begun = time.monotonic()
    name, job = declaration.name, context.job
    workspace_id: UUID | None = None
    words: dict[str, str | int] = {"job": name, "job_id": job.id or 0, "attempt": job.attempts + 1}
    with structlog.contextvars.bound_contextvars(**words), tracer.start_as_current_span(name, attributes=words):
        try:
            order = unpack(name, arguments)
            workspace_id = order.workspace_id
            structlog.contextvars.bind_contextvars(workspace=str(workspace_id or ""), request=order.request_id)
            with scope.enter(order.actor(name)), transaction.atomic():
                declaration.function(order.actor(name), now=datetime.now(UTC), **order.ids)
                _require_held(job)
        except BaseException as error:
            _note_failure(declaration, job, workspace_id, error)
            raise
        else:
            JOBS.labels(name, "succeeded").inc()
            log.info("job succeeded", seconds=round(time.monotonic() - begun, 3))
        finally:
            structlog.contextvars.unbind_contextvars("workspace", "request")
            JOB_SECONDS.labels(name).observe(time.monotonic() - begun)


def _require_held(job: Job) -> None:
    if job.id is not None and job.worker_id is not None and not is_still_held(job.id, job.worker_id):
        raise JobLost("This job was given to another worker.", where=str(job.id))


def _note_failure(declaration: Declaration, job: Job, workspace_id: UUID | None, error: BaseException) -> None:
    decision = PolicyStrategy(POLICIES[declaration.retry]).get_retry_decision(exception=error, job=job)
    outcome = "failed" if decision is None else "retried"
    JOBS.labels(declaration.name, outcome).inc()
    log.warning(f"job {outcome}", code=error_code(error), exc_info=error)
    if isinstance(error, OrderForged | JobLost):
        return
    # The job's transaction was rolled back; its connection may be lost with it.
    connections["default"].close_if_unusable_or_obsolete()
    failure = FailureRecord(
        job_id=job.id or 0,
        name=declaration.name,
        error=error_code(error),
        attempt=job.attempts + 1,
        failed_at=datetime.now(UTC),
        will_retry=decision is not None,
    )
    with suppress(DatabaseError), transaction.atomic():
        record_failure(workspace_id, failure)
