"""What every page shows around itself: the workspace, the person, the menu, what is worth a banner."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from auctor.tenancy.scope import find_current
from auctor.web.addresses import find_address
from auctor.web.navigation import Link, list_links
from auctor.web.records import Notice


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page, ready to be rendered."""

    person: str
    role: str
    workspace: str
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
    current = request.resolver_match.view_name if request.resolver_match else ""
    return Shell(
        person=getattr(request.user, "email", ""),
        role=actor.role.value if actor and actor.role else "",
        workspace=getattr(request, "workspace_name", "") or "Workspace",
        links=list_links(actor, current=current),
        notices=(),
        is_development=bool(settings.AUCTOR_DEVELOPMENT and find_address("styleguide")),
    )
