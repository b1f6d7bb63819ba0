"""May this actor do that? The first line of every operation."""

from auctor.tenancy.permissions import HARMLESS_WHEN_READ_ONLY, PERMISSIONS_OF, Forbidden, Permission
from auctor.tenancy.records import Actor, ActorKind


def can(actor: Actor, permission: Permission) -> bool:
    """Whether the actor holds the permission, narrowed by the scopes of a token and by a read-only workspace."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.role is None or permission not in PERMISSIONS_OF[actor.role]:
        return False
    if actor.scopes is not None and permission not in actor.scopes:
        return False
    return not actor.read_only or permission in HARMLESS_WHEN_READ_ONLY


def require(actor: Actor, permission: Permission) -> None:
    """Raise `Forbidden` unless the actor holds the permission."""
    if can(actor, permission):
        return
    if actor.read_only and actor.role is not None and permission in PERMISSIONS_OF[actor.role]:
        raise Forbidden(
            "This workspace is read-only: its pilot has ended.",
            mend="Nothing is lost. An owner can export it or ask for a full workspace.",
        )
    raise Forbidden(
        f"This needs the permission {permission.value}, which you do not hold here.",
        mend="Ask an owner or admin of the workspace.",
    )
