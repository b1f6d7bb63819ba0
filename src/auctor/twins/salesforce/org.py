"""One Salesforce organisation: what a handler needs."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.consent import Desk
from auctor.twins.ground.quota import Window
from auctor.twins.salesforce import schema
from auctor.twins.salesforce.errors import VendorError, not_found, unknown_field
from auctor.twins.salesforce.schema import Field, Kind
from auctor.twins.salesforce.sessions import Sessions
from auctor.twins.salesforce.store import Store

DAILY_CALLS = 100_000
DAY = 86_400
CURSORS = 10


@dataclass(slots=True)
class Settings:
    """What an organisation may have otherwise. `hidden` and `rules` name fields by object."""

    is_multi_currency: bool = True
    late_seconds: float = 0.0
    archives_after_days: int = 365
    session_seconds: float = 7200.0
    shows_new_fields: bool = False
    hidden: dict[str, list[str]] = field(default_factory=dict)
    # Object -> field -> the message of the rule that forbids to leave it empty.
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    # How many of the next writes find their record locked.
    locked_writes: int = 0


@dataclass(slots=True)
class Org:
    """The organisation's data, rules and doors."""

    address: str
    clock: Clock
    random: Random
    desk: Desk
    sessions: Sessions
    store: Store = field(default_factory=Store)
    settings: Settings = field(default_factory=Settings)
    kinds: dict[str, Kind] = field(default_factory=schema.kinds)
    calls: Window = field(default_factory=lambda: Window(DAILY_CALLS, DAY))
    cursors: dict[str, Any] = field(default_factory=dict)
    # Whoever acts through the API; set by the seed.
    user_id: str = ""

    def kind(self, name: str, *, status: int = 404) -> Kind:
        """A kind as this user sees it: without hidden fields, and without currencies where there is one only."""
        found = self.kinds.get(name.lower())
        single = not self.settings.is_multi_currency
        if found is None or (single and found.name in schema.CURRENCY_OBJECTS):
            if status == 404:
                raise not_found("The requested resource does not exist")
            raise VendorError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        hidden = {one.lower() for one in self.settings.hidden.get(found.name, [])}
        if single:
            hidden.add("currencyisocode")
        if not hidden:
            return found
        return replace(found, fields={key: one for key, one in found.fields.items() if key not in hidden})

    def field(self, kind: Kind, name: str) -> Field:
        """A field by its name in any case. Raises VendorError INVALID_FIELD."""
        found = kind.fields.get(name.lower())
        if found is None:
            raise unknown_field(name, kind.name)
        return found

    def kind_of_id(self, row_id: str) -> Kind | None:
        """The kind that the first three letters of an id name."""
        return next((one for one in self.kinds.values() if one.prefix == row_id[:3]), None)

    def add_field(self, kind_name: str, added: Field) -> None:
        """A custom field; nobody sees it before its permission was given, unless the settings say otherwise."""
        self.kinds[kind_name.lower()] = self.kinds[kind_name.lower()].with_field(added)
        if not self.settings.shows_new_fields:
            self.settings.hidden.setdefault(self.kinds[kind_name.lower()].name, []).append(added.name)
