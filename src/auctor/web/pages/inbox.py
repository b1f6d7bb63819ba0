"""The risk inbox: one queue for the morning."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="Nothing to decide yet",
    promise=(
        "Once this workspace holds deals, this page is one queue of the risks that want a decision, sorted "
        "by revenue at risk, urgency and confidence."
    ),
    shows=(
        "each deal with why it is here in one sentence, and whose move it is",
        "the evidence for it, and what would clear it",
        "deals that could not be judged, and what is missing",
    ),
    needs="It needs deals with their history.",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.RISK_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Inbox", "empty": EMPTY})
