"""What every row of a workspace is, and the first wall around it."""

from typing import Any, ClassVar, TypeVar

from django.db import models

from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.data import DataRule

M = TypeVar("M", bound=models.Model)


class ScopedManager(models.Manager[M]):
    """Queries name the workspace; without one they refuse. Row-level security holds if this is forgotten."""

    def get_queryset(self) -> models.QuerySet[M]:
        workspace_id = scope.current().workspace_id
        if workspace_id is None:
            raise scope.NoScope(f"{self.model.__name__} was asked for outside a workspace.")
        return super().get_queryset().filter(workspace_id=workspace_id)


class WorkspaceRow(models.Model):
    """A row that belongs to one workspace. In the database its key is (workspace_id, id)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField(editable=False)

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()
    unscoped = models.Manager[Any]()

    data_rule: ClassVar[DataRule]
    # False for rows that an analyst's own requests also write (their membership, their tokens).
    read_by_reader: ClassVar[bool] = True

    class Meta:
        abstract = True
        base_manager_name = "unscoped"
