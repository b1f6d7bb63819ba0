"""Which workspaces there are; asked by work that goes through all of them."""

from uuid import UUID

from auctor.tenancy.models import Workspace
from auctor.tenancy.records import WorkspaceState


def list_open_ids() -> list[UUID]:
    """Ids of the workspaces that are not closed, oldest first.

    Row-level security shows them all only to a system actor that has entered no workspace.
    """
    rows = Workspace.objects.exclude(state=WorkspaceState.CLOSED).order_by("id")
    return list(rows.values_list("id", flat=True))
