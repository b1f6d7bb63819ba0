"""Entries about a person: written to every workspace they belong to, else to the installation's own log."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.http import HttpRequest

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity.actors import words_of
from auctor.identity.models import User
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind

Details = Mapping[str, str | int | bool]


def of_user(
    user: User,
    tag: AuditTag,
    *,
    now: datetime,
    request: HttpRequest | None = None,
    outcome: str = "ok",
    details: Details | None = None,
) -> None:
    """Record what a person did or tried with their own account, also before they are signed in."""
    for actor in list_actors(user, request):
        with transaction.atomic(), scope.enter(actor):
            log.record(actor, tag, subject=user.id, subject_kind="user", outcome=outcome, details=details, now=now)


def of_nobody(
    tag: AuditTag,
    *,
    now: datetime,
    outcome: str = "refused",
    details: Details | None = None,
    request_id: str = "",
    address: str = "",
) -> None:
    """Record a try that belongs to no account."""
    actor = Actor.anonymous(request_id=request_id, address=address)
    with transaction.atomic(), scope.enter(actor):
        log.record(actor, tag, outcome=outcome, details=details, now=now)


def list_actors(user: User, request: HttpRequest | None = None) -> list[Actor]:
    """The person in each of their workspaces; outside of all when they have none."""
    alone = Actor(kind=ActorKind.PERSON, user_id=user.id, **words_of(request))
    with transaction.atomic(), scope.enter(alone), connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, member_id, role FROM auctor.own_memberships()")
        found = cursor.fetchall()
    return [
        Actor(
            kind=ActorKind.PERSON,
            workspace_id=workspace_id,
            user_id=user.id,
            member_id=member_id,
            role=Role(role),
            **words_of(request),
        )
        for workspace_id, member_id, role in found
    ] or [alone]
