"""Signals: what is looked for, and how often it was right."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="No track record yet",
    promise=(
        "Every signal that deals are judged by will be listed here as a question in words, with its record "
        "on this workspace's own past."
    ),
    shows=(
        "how often it fired, and how often it was right",
        "its threshold, which can be tried on the past first",
        "the proposal to mute what does not help here",
    ),
    needs="It needs closed deals to be measured on.",
    sketch="curve",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.SIGNAL_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Signals", "empty": EMPTY})
