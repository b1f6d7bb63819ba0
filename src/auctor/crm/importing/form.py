"""The history folder: its files and columns, said once. The how-to and the checks are made from this page."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

LONGEST_ID = 256
CUSTOM = "custom."


class Kind(Enum):
    """What may stand in a cell."""

    ID = auto()
    TEXT = auto()
    EMAIL = auto()
    MOMENT = auto()
    DAY = auto()
    AMOUNT = auto()
    CURRENCY = auto()
    CHOICE = auto()
    FLAG = auto()
    WHOLE = auto()
    SHARE = auto()
    COUNTRY = auto()
    DOMAINS = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `is_past`: a moment that cannot lie ahead. `longest` counts characters.

    A moment that `may_be_day` begins with that day in UTC.
    """

    name: str
    kind: Kind
    is_required: bool = False
    is_past: bool = False
    may_be_day: bool = False
    longest: int = 1000
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileForm:
    """One file. Lines with the same `key` are the same record."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    has_custom: bool = False

    def column(self, name: str) -> Column:
        """By its name; raises KeyError."""
        return next(column for column in self.columns if column.name == name)


CATEGORIES: Final = ("open", "won", "lost")
FORECASTS: Final = ("omitted", "pipeline", "best_case", "commit")
ACTIVITY_KINDS: Final = ("other", "email", "call", "meeting", "task", "note")
ACTIVITY_STATES: Final = ("planned", "done", "cancelled", "no_show")
FLOWS: Final = ("in", "out", "internal")
PARTS: Final = ("from", "to", "cc", "organizer", "attendee")
REPLIES: Final = ("none", "accepted", "declined", "tentative")
CHANGE_FIELDS: Final = (
    "stage",
    "amount",
    "close_date",
    "owner",
    "forecast_category",
    "next_step",
    "name",
)


def _id(name: str, *, is_required: bool = False) -> Column:
    return Column(name, Kind.ID, is_required=is_required, longest=LONGEST_ID)


def _choice(name: str, choices: tuple[str, ...], *, is_required: bool = False) -> Column:
    return Column(name, Kind.CHOICE, is_required=is_required, choices=choices)


_FORMS = (
    FileForm(
        "owners",
        ("owner_id",),
        (
            _id("owner_id", is_required=True),
            Column("name", Kind.TEXT),
            Column("email", Kind.EMAIL),
            Column("active", Kind.FLAG),
        ),
    ),
    FileForm(
        "companies",
        ("company_id",),
        (
            _id("company_id", is_required=True),
            Column("name", Kind.TEXT),
            Column("domains", Kind.DOMAINS, longest=10_000),
            Column("country", Kind.COUNTRY),
            Column("employees", Kind.WHOLE),
        ),
    ),
    FileForm(
        "contacts",
        ("contact_id",),
        (
            _id("contact_id", is_required=True),
            _id("company_id"),
            Column("name", Kind.TEXT),
            Column("title", Kind.TEXT),
            Column("email", Kind.EMAIL),
            Column("phone", Kind.TEXT, longest=64),
        ),
    ),
    FileForm(
        "stages",
        ("pipeline_id", "stage_id"),
        (
            _id("pipeline_id", is_required=True),
            Column("pipeline", Kind.TEXT),
            _id("stage_id", is_required=True),
            Column("stage", Kind.TEXT),
            Column("position", Kind.WHOLE, is_required=True),
            _choice("category", CATEGORIES, is_required=True),
            Column("default_probability", Kind.SHARE),
        ),
    ),
    FileForm(
        "deals",
        ("deal_id",),
        (
            _id("deal_id", is_required=True),
            Column("name", Kind.TEXT),
            _id("company_id"),
            _id("owner_id"),
            _id("pipeline_id"),
            _id("stage_id"),
            Column("created_at", Kind.MOMENT, is_required=True, is_past=True),
            Column("amount", Kind.AMOUNT),
            Column("currency", Kind.CURRENCY),
            Column("close_date", Kind.DAY),
            _choice("forecast_category", FORECASTS),
            Column("next_step", Kind.TEXT, longest=4000),
            Column("next_step_on", Kind.DAY),
        ),
        has_custom=True,
    ),
    FileForm(
        "deal_contacts",
        ("deal_id", "contact_id", "role"),
        (
            _id("deal_id", is_required=True),
            _id("contact_id", is_required=True),
            Column("role", Kind.TEXT, longest=200),
            Column("from", Kind.MOMENT, is_past=True, may_be_day=True),
            Column("until", Kind.MOMENT, is_past=True, may_be_day=True),
        ),
    ),
    FileForm(
        "deal_changes",
        ("deal_id", "field", "changed_at", "old", "new"),
        (
            _id("deal_id", is_required=True),
            Column("field", Kind.TEXT, is_required=True),
            Column("old", Kind.ANY, longest=4000),
            Column("new", Kind.ANY, longest=4000),
            Column("changed_at", Kind.MOMENT, is_required=True, is_past=True),
            _id("actor"),
        ),
    ),
    FileForm(
        "activities",
        ("activity_id",),
        (
            _id("activity_id", is_required=True),
            _id("deal_id"),
            _choice("kind", ACTIVITY_KINDS, is_required=True),
            Column("label", Kind.TEXT),
            _choice("direction", FLOWS),
            Column("occurred_at", Kind.MOMENT),
            Column("ended_at", Kind.MOMENT),
            Column("recorded_at", Kind.MOMENT, is_past=True),
            _choice("state", ACTIVITY_STATES),
            Column("due_at", Kind.MOMENT),
            _id("owner_id"),
            _id("thread_id"),
        ),
    ),
    FileForm(
        "activity_participants",
        ("activity_id", "role", "email", "contact_id", "owner_id"),
        (
            _id("activity_id", is_required=True),
            _choice("role", PARTS, is_required=True),
            Column("email", Kind.EMAIL),
            _id("contact_id"),
            _id("owner_id"),
            _choice("response", REPLIES),
        ),
    ),
)
FORMS: Final = {form.name: form for form in _FORMS}
