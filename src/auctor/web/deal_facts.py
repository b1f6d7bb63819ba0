"""The timeline of a deal as its page shows it: which kinds, what is marked, where it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from auctor.crm.records import IntervalRecord
from auctor.crm.timeline import Facts, get_timeline
from auctor.crm.vocabulary import ActivityKind
from auctor.tenancy.records import Actor
from auctor.web import verdicts
from auctor.web.addresses import query_with
from auctor.web.records import Tab, TimelineEntry

PAGE = 25
# What can be asked for, by the word of the address.
SHOWN = {
    "": "All",
    "evidence": "Evidence",
    "mail": "Mail",
    "meetings": "Meetings",
    "calls": "Calls",
    "tasks": "Tasks and notes",
    "changes": "Changes",
}
KINDS = {
    "mail": frozenset({ActivityKind.EMAIL}),
    "meetings": frozenset({ActivityKind.MEETING}),
    "calls": frozenset({ActivityKind.CALL}),
    "tasks": frozenset({ActivityKind.TASK, ActivityKind.NOTE, ActivityKind.OTHER}),
}


@dataclass(frozen=True, slots=True)
class ShownFacts:
    """A page of the timeline with its filters, and all stays in stages. `older` is the query that goes on, empty on the
    last page."""

    tabs: tuple[Tab, ...]
    entries: tuple[TimelineEntry, ...]
    older: str
    address: str
    intervals: tuple[IntervalRecord, ...]


def list_facts(
    actor: Actor, deal_id: UUID, query: QueryDict, *, marked: Mapping[UUID, str], at: datetime | None
) -> ShownFacts:
    """Facts of the kind that the query asks for, before its moment. Raises `NoDeal`."""
    show = query.get("show", "")
    show = show if show in SHOWN else ""
    before = _moment(query.get("before", "")) or at
    found = get_timeline(actor, deal_id, before=before, limit=PAGE, wanted=_wanted(show, marked))
    return ShownFacts(
        tabs=tuple(
            Tab(label, query_with(query, drop=("before",), show=name), is_current=name == show)
            for name, label in SHOWN.items()
        ),
        entries=tuple(verdicts.to_timeline(found, marked)),
        older=query_with(query, before=found.next_cursor) if found.next_cursor else "",
        address=reverse("deals-timeline", args=(deal_id,)),
        intervals=found.intervals,
    )


def _wanted(show: str, marked: Mapping[UUID, str]) -> Facts:
    if show == "evidence":
        return Facts(ids=list(marked))
    if show == "changes":
        return Facts(kinds=())
    return Facts(kinds=KINDS[show], with_changes=False) if show in KINDS else Facts()


def _moment(text: str) -> datetime | None:
    """Where to go on from; what is no moment with a zone begins at the end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
