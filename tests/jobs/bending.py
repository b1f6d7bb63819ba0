"""Jobs in whatever state a test needs them."""

from uuid import UUID

from django.db import transaction

from auctor.jobs.failures import record_failure
from auctor.jobs.queue import defer
from auctor.jobs.records import FailureRecord
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from tests.conftest import superuser


def enqueue(actor: Actor, name: str = "crm.sync", *, deal_id: int = 0) -> int:
    with transaction.atomic(), scope.enter(actor):
        return defer(actor, name, deal_id=deal_id)


def fail(workspace_id: UUID, failure: FailureRecord) -> None:
    with transaction.atomic():
        record_failure(workspace_id, failure)


def bend(number: int, status: str, *, attempts: int = 0) -> None:
    """Bring a job into a state, by the steps that write its events."""
    with superuser() as connection:
        if status not in ("todo", "cancelled"):
            connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
        connection.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status, attempts = %s WHERE id = %s",
            [status, attempts, number],
        )
