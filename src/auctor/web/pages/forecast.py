"""The forecast: what the quarter will bring."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.tenancy.permissions import Permission
from auctor.web.page import page
from auctor.web.records import Empty

EMPTY = Empty(
    title="Nothing to forecast yet",
    promise=(
        "This page will show what the period is likely to bring: a low, a middle and a high figure against the target."
    ),
    shows=(
        "what changed since last week, deal by deal",
        "which deals moved after the forecast was submitted",
        "how right past forecasts were, beside naive ones",
    ),
    needs="It needs open deals, and closed ones to learn from.",
    sketch="curve",
    action_label="Bring in your team",
    action_url="team",
)


@page(permission=Permission.FORECAST_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The page while the workspace holds nothing to show."""
    return render(request, "pages/empty.html", {"title": "Forecast", "empty": EMPTY})
