"""The end of a closed workspace: when its grace is over its rows leave, and its keys are destroyed."""

from datetime import datetime

from django.db import transaction

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity.workspaces import GRACE
from auctor.jobs.queue import BACKGROUND, defer
from auctor.tenancy import erase
from auctor.tenancy import workspaces as rows
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor, WorkspaceRecord, WorkspaceState
from auctor.vault.operations import are_keys_destroyed, destroy_keys


def order_erasures(actor: Actor, *, now: datetime) -> int:
    """Enqueue the end of every workspace whose grace is over and whose keys still exist; returns how many."""
    require(actor, Permission.WORKSPACE_CREATE)
    over = [row for row in rows.list_workspaces() if _is_over(row, now) and not are_keys_destroyed(row.id)]
    for row in over:
        defer(Actor.system(row.id, actor.name), "identity.erase", priority=BACKGROUND)
    return len(over)


def erase_workspace(actor: Actor, *, now: datetime) -> bool:
    """End the workspace that was entered; False when its grace is not over, because it was opened again meanwhile.

    1. The entry is written to its log.
    2. After the commit its rows leave every table.
    3. Then its keys are destroyed, in the keystore's backups too: no transaction can hold files. Whoever stops in
       between leaves the keys, and the next night comes here again.

    The row of the workspace stays, so that its id is never given to another; the log keeps its bare entries until
    they leave with their days.
    """
    require(actor, Permission.WORKSPACE_CREATE)
    assert actor.workspace_id is not None
    row = rows.get_workspace(actor.workspace_id)
    if not _is_over(row, now):
        return False
    log.record(actor, AuditTag.WORKSPACE_ERASED, subject=row.id, subject_kind="workspace", now=now)
    transaction.on_commit(lambda: erase.delete_rows(actor))
    transaction.on_commit(lambda: destroy_keys(row.id, now=now))
    return True


def _is_over(row: WorkspaceRecord, now: datetime) -> bool:
    return row.state is WorkspaceState.CLOSED and row.closed_at is not None and row.closed_at + GRACE <= now
