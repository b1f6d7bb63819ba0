"""The pipeline: every deal with its score."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="No deals yet",
    promise="Every deal of the pipeline will stand here with its stage, amount, close date and risk score.",
    shows=(
        "filters, sorting and word search",
        "a page for each deal: its score in points, its timeline, its actions",
        "what is not known about a deal, shown as unknown",
    ),
    needs="It needs a pipeline: from a connected CRM or from an imported folder.",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.DEAL_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Deals", "empty": EMPTY})
