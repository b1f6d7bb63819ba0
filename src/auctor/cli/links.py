"""The one-time link that `auctor up` prints."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from auctor.identity import links, queries
from auctor.identity.records import Profile
from auctor.jobs.queue import defer
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from auctor.twins.company.names import OUR_NAME


@dataclass(frozen=True, slots=True)
class Link:
    """An address and what opening it does."""

    purpose: str
    url: str


def first_link(*, demo: bool) -> Link | None:
    """Into the demo; else to the first owner's account while nobody owns anything; else none."""
    actor = Actor.system(None, "cli")
    now = datetime.now(UTC)
    with scope.enter(actor), transaction.atomic():
        if demo:
            workspace_id = links.ensure_demo(actor, now=now, profile=Profile(OUR_NAME))
            inside = Actor.system(workspace_id, "cli")
            with scope.enter(inside):
                # The worker does it once; where deals are there already it does nothing.
                defer(inside, "risk.bring_demo")
            url = links.make_demo_link(actor, workspace_id=workspace_id, now=now)
            return Link("Open the demo (works once, from this machine, for fifteen minutes)", url)
        if queries.has_owner():
            return None
        return Link("Make the first owner's account (works once, for a day)", links.make_owner_link(actor, now=now))
