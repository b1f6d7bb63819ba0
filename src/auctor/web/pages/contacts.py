"""Contacts: people on the buyer's side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="No contacts yet",
    promise="The people on the buyer's side will stand here with their roles in deals and when they last wrote or met.",
    shows=(
        "where each fact about a person comes from, and its date",
        "which deals hang on one person alone",
        "people who left, bounced or fell silent",
    ),
    needs="It needs contacts from a CRM; texts of mails are never kept.",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.CONTACT_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Contacts", "empty": EMPTY})
