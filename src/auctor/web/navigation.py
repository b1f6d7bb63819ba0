"""The pages that the shell leads to, in the order people need them. Also what the command palette offers."""

from dataclasses import dataclass

from django.urls import reverse

from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the menu. `keys` is the sequence that goes there."""

    name: str
    label: str
    hint: str
    permission: Permission
    keys: str
    is_daily: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A place as one person sees it now."""

    place: Place
    href: str
    is_current: bool


PLACES: tuple[Place, ...] = (
    Place("inbox", "Inbox", "Risks that want a decision", Permission.RISK_READ, "g i"),
    Place("deals", "Deals", "The pipeline", Permission.DEAL_READ, "g d"),
    Place("forecast", "Forecast", "What the quarter will bring", Permission.FORECAST_READ, "g f"),
    Place("actions", "Actions", "Proposed and approved", Permission.ACTION_READ, "g a"),
    Place("contacts", "Contacts", "People on the buyer's side", Permission.CONTACT_READ, "g c"),
    Place("reports", "Reports", "What to read on Monday", Permission.REPORT_READ, "g r"),
    Place("signals", "Signals", "What is looked for, and how often it was right", Permission.SIGNAL_READ, "g s", False),
    Place("replays", "Replays", "What would have been seen, and how early", Permission.SIGNAL_READ, "g p", False),
    Place("integrations", "Integrations", "CRM, mail and chat", Permission.CONNECTION_READ, "g n", False),
    Place("team", "Team", "Members and roles", Permission.MEMBER_READ, "g t", False),
    Place("settings", "Settings", "The workspace and its keys", Permission.SETTING_READ, "g e", False),
    Place("jobs", "Jobs", "Work in the background", Permission.JOB_READ, "g j", False),
    Place("audit", "Audit", "Who did what, provably", Permission.AUDIT_READ, "g u", False),
)


def list_links(actor: Actor | None, *, current: str) -> tuple[Link, ...]:
    """The places this actor may see; `current` is the name of the page that is open."""
    if actor is None:
        return ()
    seen = (place for place in PLACES if can(actor, place.permission))
    return tuple(Link(place, reverse(place.name), place.name == current.split("-")[0]) for place in seen)
