"""Reports: what people read on Monday."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="No reports yet",
    promise=(
        "Each Monday a report of five lines will be made here: one number with its range, what changed, what to do."
    ),
    shows=(
        "the same report as a page, as mail and as PDF",
        "written in the time zone of its reader",
        "past reports, as they were sent",
    ),
    needs="It needs a week of history.",
    sketch="curve",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.REPORT_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Reports", "empty": EMPTY})
