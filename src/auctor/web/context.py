"""What every page shows around itself: the workspace, the person, the menu, what is worth a banner.

Asks the database nothing: whoever found the actor has read it all in one statement.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from auctor.identity.holders import Place
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import WorkspaceKind, WorkspaceState
from auctor.tenancy.scope import find_current
from auctor.web.navigation import Link, list_links
from auctor.web.records import Notice
from auctor.web.words import to_count

# A pilot is announced to end when there is still time to act.
PILOT_WARNS_DAYS = 7
KIND_WORDS = {WorkspaceKind.DEMO: "demo workspace", WorkspaceKind.PILOT: "pilot", WorkspaceKind.REAL: "workspace"}


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page, ready to be rendered."""

    person: str
    role: str
    workspace: str
    workspace_kind: str
    links: tuple[Link, ...]
    notices: tuple[Notice, ...]
    is_development: bool

    @property
    def daily(self) -> tuple[Link, ...]:
        """What people open every day."""
        return tuple(link for link in self.links if link.place.is_daily)

    @property
    def seldom(self) -> tuple[Link, ...]:
        """What is set up once and looked after."""
        return tuple(link for link in self.links if not link.place.is_daily)


def shell(request: HttpRequest) -> dict[str, object]:
    """Django's form of it: described only when a template asks."""
    return {"shell": SimpleLazyObject(lambda: describe(request))}


def describe(request: HttpRequest) -> Shell:
    """The frame for this request."""
    actor = find_current()
    place = _place_of(request)
    current = request.resolver_match.view_name if request.resolver_match else ""
    return Shell(
        person=getattr(request.user, "email", ""),
        role=actor.role.value if actor and actor.role else "",
        workspace=getattr(request, "workspace_name", "") or "auctor",
        workspace_kind=KIND_WORDS[place.kind] if place else "",
        links=list_links(actor, current=current),
        notices=list_notices(
            place, may_import=actor is not None and can(actor, Permission.DEAL_IMPORT), now=timezone.now()
        ),
        is_development=settings.AUCTOR_DEVELOPMENT,
    )


def list_notices(place: Place | None, *, may_import: bool, now: datetime) -> tuple[Notice, ...]:
    """What everybody in the workspace should know before reading on."""
    if place is None:
        return ()
    if place.state is WorkspaceState.CLOSED:
        return (Notice("read-only", "This workspace is closed. What is in it is erased when its time is over."),)
    if place.is_read_only(now):
        text = "The pilot has ended. Everything can be read and exported, nothing can be changed, nothing is lost."
        return (Notice("read-only", text),)
    if place.kind is WorkspaceKind.DEMO:
        told = "This is a demo with an invented company."
        if not may_import:
            return (Notice("demo", told),)
        return (Notice("demo", told, "Bring in your own deals", reverse("integrations-import")),)
    days = (place.pilot_ends_at - now).days if place.pilot_ends_at else PILOT_WARNS_DAYS
    if place.kind is WorkspaceKind.PILOT and days < PILOT_WARNS_DAYS:
        return (Notice("pilot", f"The pilot ends in {to_count(days + 1, 'day')}. Nothing will be lost."),)
    return ()


def _place_of(request: HttpRequest) -> Place | None:
    holder = getattr(request.session, "holder", None)
    return holder.place if holder else None
