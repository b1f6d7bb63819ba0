"""Rotating keys as a use case: permission, rotation, audit entry. The vault below knows neither people nor the log."""

from datetime import datetime

from django.db import transaction

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.tenancy import scope
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.vault import rotate
from auctor.vault.root import RootKey


def rotate_workspace_keys(actor: Actor, *, now: datetime, report: rotate.Report) -> int:
    """New keys for the actor's workspace, or for all and the installation when it has none; returns rows sealed anew.

    Call outside a transaction; it may be interrupted and called again. It is recorded once it is through.
    """
    require(actor, Permission.KEY_ROTATE)
    chosen = [actor.workspace_id] if actor.workspace_id else None
    sealed = rotate.rotate_keysets(now=now, workspaces=chosen, report=report)
    _record(actor, {"rows": sealed, "what": "workspace" if chosen else "all"}, now)
    return sealed


def rotate_root_key(actor: Actor, *, now: datetime, report: rotate.Report) -> int:
    """A new root key; returns how many keysets it wraps. Call outside a transaction."""
    require(actor, Permission.KEY_ROTATE)
    wrapped = rotate.rotate_root(now=now, report=report)
    _record(actor, {"keysets": wrapped, "what": "root"}, now)
    return wrapped


def move_root_key(actor: Actor, *, new: RootKey, now: datetime, report: rotate.Report) -> int:
    """Wrap every keyset by another root key; returns how many. Call outside a transaction, with everything stopped."""
    require(actor, Permission.KEY_ROTATE)
    wrapped = rotate.move_root(new, now=now, report=report)
    _record(actor, {"keysets": wrapped, "what": "moved_root"}, now)
    return wrapped


def _record(actor: Actor, details: dict[str, str | int | bool], now: datetime) -> None:
    with scope.enter(actor), transaction.atomic():
        log.record(actor, AuditTag.VAULT_KEY_ROTATED, details=details, now=now)
