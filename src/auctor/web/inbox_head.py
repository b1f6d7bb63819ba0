"""What stands above the queue: the sums and the views with their counts."""

from django.urls import reverse

from auctor.risk.records import InboxCounts, View
from auctor.tenancy.records import Actor
from auctor.web import words
from auctor.web.records import Tab

VIEWS = {
    View.OPEN: "All",
    View.MINE: "Mine",
    View.SNOOZED: "Snoozed",
    View.KNOWN: "Known",
    View.NOT_JUDGED: "Not judged",
}


def to_view(text: str) -> View:
    """The view that an address names."""
    return View(text) if text in {view.value for view in View} else View.OPEN


def count_of(counts: InboxCounts, view: View) -> int:
    """How many deals a view holds."""
    numbers = {
        View.OPEN: counts.open,
        View.MINE: counts.mine,
        View.SNOOZED: counts.snoozed,
        View.KNOWN: counts.known,
        View.NOT_JUDGED: counts.not_judged,
    }
    return numbers[view]


def describe(actor: Actor, counts: InboxCounts, here: View) -> dict[str, object]:
    """The sums and the tabs above the queue; an answer that changes a row brings them along."""
    wanted = [view for view in VIEWS if view is not View.MINE or actor.member_id]
    address = reverse("inbox")
    return {
        "counts": counts,
        "at_risk": words.to_whole(counts.at_risk, counts.currency),
        "open": words.to_whole(counts.pipeline, counts.currency),
        "tabs": tuple(
            Tab(VIEWS[view], f"{address}?view={view}", count_of(counts, view), view is here) for view in wanted
        ),
        "view": here.value,
    }
