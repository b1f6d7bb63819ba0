"""A sign-in as the page begins it."""

from dataclasses import replace

from auctor.connectors import operations
from auctor.connectors.operations import Wish
from auctor.connectors.records import ClientRecord
from auctor.tenancy.records import Actor
from tests.cast import NOW

WISH = Wish("hubspot", "session-1", "https://here/integrations/back/hubspot/", "s" * 43, "v" * 43)


def registered(actor: Actor, vendor: str = "hubspot", **words: str) -> ClientRecord:
    """A client of the workspace at this vendor."""
    given = {"client_id": "client-1", "secret": "secret-1", **words}
    return operations.register_client(actor, vendor=vendor, now=NOW, **given)


def wish(**changes: object) -> Wish:
    """The usual wish with something changed."""
    return replace(WISH, **changes)  # type: ignore[arg-type]
