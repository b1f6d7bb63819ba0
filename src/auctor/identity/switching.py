"""Going over to another workspace that one belongs to: the session keeps the choice, under a new key."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import record
from auctor.identity.models import User
from auctor.identity.sessions import CHOSEN
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


class NotAMember(AuctorError):
    """The workspace is not one of the actor's, or there is none: the same answer."""

    code: ClassVar[str] = "identity.not_a_member"
    status: ClassVar[int] = 404


def switch_workspace(actor: Actor, request: HttpRequest, *, workspace_id: UUID, now: datetime) -> Actor:
    """Let the session of the request show another workspace; the entry stands in the log of the one entered.

    Returns the person as they are there. Raises `NotAMember`, also for a workspace that is closed.
    """
    require(actor, Permission.SELF_WRITE)
    places = record.list_actors(User(id=actor.user_id), request)
    inside = next((place for place in places if place.workspace_id == workspace_id), None)
    if inside is None:
        raise NotAMember("There is no such workspace.", mend="Choose one from the list of workspaces.")
    request.session[CHOSEN] = str(workspace_id)
    # What was stolen while it opened one workspace must not open the next.
    request.session.cycle_key()
    with scope.enter(inside):
        log.record(inside, AuditTag.WORKSPACE_ENTERED, subject=workspace_id, subject_kind="workspace", now=now)
    return inside
