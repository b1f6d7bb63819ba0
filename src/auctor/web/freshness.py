"""How fresh the sources are, as chips: complete until when, and what never came. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auctor.crm.records import CoverageRecord, Freshness

# A source that was read completely longer ago than this is shown as stale.
STALE_AFTER = timedelta(hours=36)
SOURCES = {
    "deals": "Deals",
    "deal_changes": "Changes of deals",
    "activities.email": "Mail",
    "activities.meeting": "Meetings",
    "activities.call": "Calls",
    "activities.task": "Tasks",
}
MISSING = {
    "deal_changes": "No history of changes",
    "activities": "No activities",
    "activity_participants": "Nobody named in activities",
    "deal_contacts": "No people on deals",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A source and until when it is complete; None for one that never came."""

    label: str
    until: datetime | None
    is_stale: bool


def to_sources(freshness: Freshness, *, now: datetime) -> list[Source]:
    """What is known, the stalest moment of each source; sources of the same moment share a chip."""
    until: dict[str, datetime] = {}
    for one in freshness.coverage:
        name = _name(one)
        if name in SOURCES:
            until[name] = min(until.get(name, one.until), one.until)
    by_moment: dict[datetime, list[str]] = {}
    for name in SOURCES:
        if name in until:
            by_moment.setdefault(until[name], []).append(SOURCES[name])
    known = [Source(_told(labels), at, now - at > STALE_AFTER) for at, labels in by_moment.items()]
    return known + [Source(MISSING[name], None, is_stale=False) for name in freshness.missing if name in MISSING]


def _name(one: CoverageRecord) -> str:
    """Activities are told apart by their kind."""
    return f"{one.input}.{one.kind}" if one.input == "activities" and one.kind else one.input


def _told(labels: Sequence[str]) -> str:
    if len(labels) == len(SOURCES):
        return "All sources"
    first, *rest = labels
    return ", ".join([first, *(label.lower() for label in rest)])
