"""Ending sessions: one's own, one by one or all but this; everybody's of a user, from the console."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from allauth.mfa.models import Authenticator

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import record
from auctor.identity.models import Session, User
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


class NoSession(AuctorError):
    """There is no such session, or it is somebody else's."""

    code: ClassVar[str] = "identity.no_session"
    status: ClassVar[int] = 404


class NoUser(AuctorError):
    """Nobody signs in with this address."""

    code: ClassVar[str] = "identity.no_user"
    status: ClassVar[int] = 404


def revoke_session(actor: Actor, *, session_id: UUID, now: datetime) -> None:
    """End one of the actor's own sessions. Raises `NoSession` alike for somebody else's."""
    require(actor, Permission.SELF_WRITE)
    if not Session.objects.filter(id=session_id, user_id=actor.user_id).delete()[0]:
        raise NoSession("There is no such session.")
    log.record(actor, AuditTag.SESSION_REVOKED, subject=session_id, subject_kind="session", now=now)


def revoke_other_sessions(actor: Actor, *, current_id: UUID | None, now: datetime) -> int:
    """Sign the actor's person out everywhere but here (`current_id`); returns how many sessions ended."""
    require(actor, Permission.SELF_WRITE)
    own = Session.objects.filter(user_id=actor.user_id)
    ended = (own.exclude(id=current_id) if current_id else own).delete()[0]
    log.record(actor, AuditTag.SESSION_REVOKED, subject_kind="session", details={"sessions": ended}, now=now)
    return ended


def reset_second_factor(actor: Actor, *, email: str, now: datetime) -> None:
    """Take away every second factor of somebody who lost them all; they enrol anew at the next sign-in.

    For the console only: a user may belong to workspaces whose admins know nothing of each other. Raises `NoUser`.
    """
    require(actor, Permission.WORKSPACE_CREATE)
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise NoUser("Nobody signs in with this address.")
    Authenticator.objects.filter(user_id=user.id).delete()
    Session.objects.filter(user_id=user.id).delete()
    record.of_user(user, AuditTag.FACTOR_RESET, now=now)
