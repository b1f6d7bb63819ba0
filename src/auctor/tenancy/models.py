"""The workspace itself. Its name is a customer's text and is sealed elsewhere."""

from django.db import models

from auctor.kit.ids import uuid7
from auctor.tenancy.data import DataRule
from auctor.tenancy.records import WorkspaceKind, WorkspaceState


class Workspace(models.Model):
    """One customer's world. Nothing in it refers to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in WorkspaceKind])
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in WorkspaceState])
    created_at = models.DateTimeField()
    pilot_ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    data_rule = DataRule(
        retention="As long as the workspace; 30 days after it is closed.",
        export="Yes.",
        erasure="The row stays as a closed shell without content until its audit entries have left.",
    )

    class Meta:
        db_table = "tenancy_workspace"
