"""Integrations: the doors to CRM, mail and chat."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.tenancy.scope import current
from auctor.web.imports import to_fill
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="Nothing is connected",
    promise="Connections to your CRM, mailboxes and chat will be made and watched here.",
    shows=(
        "the exact scopes that are asked for, before you grant them",
        "how far each source is complete, and when it fell silent",
        "what the vendor confirmed when you disconnect",
    ),
    needs=(
        "This version has no connections to make yet, so there is nothing to grant and nothing leaves this "
        "installation. Until then, deals come in by files."
    ),
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.CONNECTION_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Integrations", "empty": to_fill(current(), EMPTY)})
