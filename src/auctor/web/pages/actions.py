"""Actions: proposed, approved, done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="No actions yet",
    promise=(
        "What could be done about a risk will be proposed here, with the exact change it would make, for "
        "somebody to approve."
    ),
    shows=(
        "the change, field by field, before it is made",
        "who approved it and what came of it",
        "undo, as long as the field still holds our value",
    ),
    needs="It needs risks; nothing is ever changed without an approval.",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.ACTION_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Actions", "empty": EMPTY})
