"""One HubSpot account: everything a handler needs."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.consent import Desk
from auctor.twins.ground.quota import Window
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import invalid
from auctor.twins.hubspot.schema import Property
from auctor.twins.hubspot.store import Editor, Store
from auctor.twins.hubspot.tokens import Tokens
from auctor.twins.hubspot.webhooks import Webhooks

HUB_ID = 26_011_977
APP_ID = 4_170_331
USER_ID = 9_100_001
OAUTH_CALLS, PRIVATE_CALLS, DAILY_CALLS, SEARCHES = 110, 190, 625_000, 5


@dataclass(slots=True)
class Settings:
    """What an account may have otherwise. `required` names, by kind, what an administrator demands of every write."""

    time_zone: str = "Europe/Berlin"
    currency: str = "EUR"
    search_lag_seconds: float = 0.0
    association_page: int = 500
    associations_in_lists: int = 100
    new_id_after_merge: tuple[str, ...] = ("deals",)
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Portal:
    """The account's data, rules and doors."""

    address: str
    clock: Clock
    random: Random
    desk: Desk
    tokens: Tokens
    webhooks: Webhooks
    store: Store = field(default_factory=Store)
    settings: Settings = field(default_factory=Settings)
    properties: dict[str, dict[str, Property]] = field(default_factory=schema.properties)
    groups: dict[str, list[str]] = field(default_factory=dict)
    owners: list[dict[str, Any]] = field(default_factory=list)
    pipelines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    oauth_calls: Window = field(default_factory=lambda: Window(OAUTH_CALLS, 10))
    private_calls: Window = field(default_factory=lambda: Window(PRIVATE_CALLS, 10))
    daily_calls: Window = field(default_factory=lambda: Window(DAILY_CALLS, 86_400))
    searches: Window = field(default_factory=lambda: Window(SEARCHES, 1))

    def kind(self, name: str) -> str:
        """The kind of objects that a part of an address names. Raises VendorError."""
        kind = schema.ALIASES.get(name.lower(), name.lower())
        if kind not in schema.KINDS:
            raise invalid(f"Unable to infer object type from: {name}")
        return kind

    def live_properties(self, kind: str) -> dict[str, Property]:
        """Properties that were not taken away."""
        return {name: found for name, found in self.properties[kind].items() if not found.is_archived}

    def integration(self) -> Editor:
        """A change that comes through the API."""
        return Editor(self.clock.now(), "INTEGRATION", str(APP_ID))

    def person(self) -> Editor:
        """A change that somebody makes in the vendor's pages."""
        return Editor(self.clock.now())
