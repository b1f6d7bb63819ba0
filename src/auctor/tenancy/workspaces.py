"""The rows of workspaces. Whoever calls asked for permission and writes the audit entry."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from auctor.kit.errors import AuctorError
from auctor.tenancy.models import Workspace
from auctor.tenancy.records import WorkspaceKind, WorkspaceRecord, WorkspaceState


class NoWorkspace(AuctorError):
    """There is no such workspace, or not for this actor."""

    code: ClassVar[str] = "tenancy.no_workspace"
    status: ClassVar[int] = 404


def list_workspaces() -> list[WorkspaceRecord]:
    """Those that the current scope may see, oldest first: its own, or all for a system actor that entered none."""
    return [_to_record(row) for row in Workspace.objects.order_by("id")]


def get_workspace(workspace_id: UUID) -> WorkspaceRecord:
    """One of them; raises `NoWorkspace`."""
    row = Workspace.objects.filter(id=workspace_id).first()
    if row is None:
        raise NoWorkspace("There is no such workspace.", where=str(workspace_id))
    return _to_record(row)


def insert_workspace(
    workspace_id: UUID, *, kind: WorkspaceKind, now: datetime, pilot_ends_at: datetime | None = None
) -> WorkspaceRecord:
    """A new, active row; the scope must have entered the workspace already."""
    row = Workspace.objects.create(
        id=workspace_id, kind=kind, state=WorkspaceState.ACTIVE, created_at=now, pilot_ends_at=pilot_ends_at
    )
    return _to_record(row)


def set_state(workspace_id: UUID, state: WorkspaceState, *, closed_at: datetime | None = None) -> None:
    """Change what may be done in it; `closed_at` is kept only with `CLOSED`."""
    Workspace.objects.filter(id=workspace_id).update(state=state, closed_at=closed_at)


def set_kind(workspace_id: UUID, kind: WorkspaceKind, *, pilot_ends_at: datetime | None) -> None:
    """Make a pilot real, or move its end; it is active again."""
    Workspace.objects.filter(id=workspace_id).update(
        kind=kind, state=WorkspaceState.ACTIVE, pilot_ends_at=pilot_ends_at
    )


def _to_record(row: Workspace) -> WorkspaceRecord:
    return WorkspaceRecord(
        id=row.id,
        kind=WorkspaceKind(row.kind),
        state=WorkspaceState(row.state),
        created_at=row.created_at,
        pilot_ends_at=row.pilot_ends_at,
        closed_at=row.closed_at,
    )
