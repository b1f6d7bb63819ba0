"""Writing down that a run failed, under a code."""

from uuid import UUID

from auctor.jobs.models import JobFailure
from auctor.jobs.records import FailureRecord
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.records import INSTANCE_ID, Actor


def error_code(error: BaseException) -> str:
    """The error's own code, or the name of its class; never its message."""
    return error.code if isinstance(error, AuctorError) else type(error).__qualname__[:128]


def record_failure(workspace_id: UUID | None, failure: FailureRecord) -> None:
    """Store a failed run; its transaction is not the job's, which was rolled back."""
    workspace_id = workspace_id or INSTANCE_ID
    with scope.enter(Actor.system(workspace_id, failure.name)):
        JobFailure.objects.create(
            workspace_id=workspace_id,
            job_id=failure.job_id,
            name=failure.name,
            error=failure.error,
            attempt=failure.attempt,
            failed_at=failure.failed_at,
            will_retry=failure.will_retry,
        )
