"""Tables. The queue itself is procrastinate's."""

from django.db import models

from auctor.tenancy.data import WITH_WORKSPACE, DataRule
from auctor.tenancy.rows import WorkspaceRow


class JobFailure(WorkspaceRow):
    """One failed run: which job, which attempt, and a code. Never a message: it may quote a row."""

    job_id = models.BigIntegerField()
    name = models.CharField(max_length=128)
    error = models.CharField(max_length=128)
    attempt = models.IntegerField()
    failed_at = models.DateTimeField()
    will_retry = models.BooleanField()

    data_rule = DataRule(
        retention="30 days.",
        export="Not exported: it says how the product ran, not what the customer did.",
        erasure=WITH_WORKSPACE,
    )

    class Meta:
        db_table = "jobs_failure"
        indexes = (
            models.Index(fields=["workspace_id", "job_id"], name="jobs_failure_job"),
            models.Index(fields=["workspace_id", "-failed_at"], name="jobs_failure_last"),
        )
