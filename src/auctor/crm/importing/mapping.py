"""How a plain export of a CRM is read as a history folder: which of its columns says what.

A mapping is a TOML file; presets for the usual exports lie beside this file. Whatever no preset knows can be mapped
by `propose`, which guesses from the names of columns, and corrected by hand.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.importing.form import FORECASTS
from auctor.kit.errors import AuctorError

PRESETS: Final = ("hubspot", "salesforce", "pipedrive", "zoho")
# What a column of an export can be.
TARGETS: Final = (
    "deal_id",
    "name",
    "company",
    "company_id",
    "owner",
    "owner_id",
    "pipeline",
    "stage",
    "status",
    "amount",
    "currency",
    "close_date",
    "created_at",
    "closed_at",
    "forecast_category",
    "probability",
    "next_step",
    "next_step_on",
    "contact",
    "contact_id",
)
NEEDED: Final = ("deal_id", "stage", "created_at")


class MappingUnusable(AuctorError):
    """The mapping cannot be used, or does not fit the file."""

    code: ClassVar[str] = "crm.mapping_unusable"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: what a column says → headers under which it is found, the first one there counts.

    `zone` is where dates and times without a zone were meant; `currency` holds where no column says it; `decimal` is
    the decimal mark of amounts. `stage_order` puts stages in their order; `won` and `lost` are words of stages or of
    a status. With `keep_others`, all further columns become custom fields.
    """

    name: str
    columns: dict[str, tuple[str, ...]]
    zone: str = "UTC"
    currency: str = ""
    decimal: str = "."
    day_first: bool = False
    pipeline: str = "Sales"
    stage_order: tuple[str, ...] = ()
    won: tuple[str, ...] = ("closed won", "won")
    lost: tuple[str, ...] = ("closed lost", "lost")
    forecast: dict[str, str] = field(default_factory=dict)
    keep_others: bool = True

    def chosen(self, headers: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """What each of the file's columns is used for: only headers that are there."""
        there = {_plain(header): header for header in headers}
        found = {
            target: tuple(there[_plain(name)] for name in names if _plain(name) in there)
            for target, names in self.columns.items()
        }
        return {target: names for target, names in found.items() if names}


def load_mapping(name_or_path: str) -> Mapping:
    """A preset by its name, or a TOML file. Raises `MappingUnusable` for what cannot be read or used."""
    if name_or_path.casefold() in PRESETS:
        return preset(name_or_path.casefold())
    try:
        with Path(name_or_path).open("rb") as file:
            return parse_mapping(tomllib.load(file))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingUnusable(
            f"The mapping cannot be read: {error}.",
            where=name_or_path,
            mend=f"Give a TOML file or one of {', '.join(PRESETS)}.",
        ) from error


def preset(name: str) -> Mapping:
    """One of `PRESETS`."""
    text = resources.files("auctor.crm.importing.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return parse_mapping(tomllib.loads(text))


def parse_mapping(content: dict[str, Any]) -> Mapping:
    """A mapping from TOML; `preset` names one to start from. Raises `MappingUnusable` naming what is wrong."""
    content = dict(content)
    base = str(content.pop("preset", "")).casefold()
    if base and base not in PRESETS:
        raise _wrong("preset", base, f"one of {', '.join(PRESETS)}")
    start = preset(base) if base else Mapping(name="", columns={})
    columns = {**start.columns, **_columns(content.pop("columns", {}))}
    forecast = {**start.forecast, **_texts("forecast", content.pop("forecast", {}))}
    for meant in forecast.values():
        if meant not in FORECASTS:
            raise _wrong("forecast", meant, f"one of {', '.join(FORECASTS)}")
    words = {key: _words(key, content.pop(key)) for key in ("stage_order", "won", "lost") if key in content}
    flags = {key: bool(content.pop(key)) for key in ("day_first", "keep_others") if key in content}
    texts = {
        key: str(content.pop(key)) for key in ("name", "zone", "currency", "decimal", "pipeline") if key in content
    }
    if content:
        raise _wrong("the mapping", ", ".join(map(str, content)), "only keys that the how-to names")
    made = replace(start, columns=columns, forecast=forecast, **words, **flags, **texts)  # type: ignore[arg-type]
    return _checked(made)


def to_content(mapping: Mapping) -> dict[str, Any]:
    """What `parse_mapping` reads, as JSON and TOML can hold it."""
    content = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in ((one.name, getattr(mapping, one.name)) for one in fields(mapping))
    }
    return {**content, "columns": {target: list(names) for target, names in mapping.columns.items()}}


def propose(headers: Iterable[str]) -> Mapping:
    """A mapping for an export with these headers: the preset that knows most of them, completed from all others."""
    names = list(headers)
    known = [preset(name) for name in PRESETS]
    best = max(known, key=lambda mapping: len(mapping.chosen(names)))
    columns = dict(best.chosen(names))
    for mapping in known:
        for target, found in mapping.chosen(names).items():
            columns.setdefault(target, found)
    taken = {header for found in columns.values() for header in found}
    for target, words in GUESSES.items():
        guess = next((name for name in names if name not in taken and re.search(words, _plain(name))), None)
        if target not in columns and guess:
            columns[target] = (guess,)
            taken.add(guess)
    return replace(best, name=f"like {best.name}", columns=columns)


GUESSES: Final = {
    "deal_id": r"\b(deal|opportunity|record|opp) ?(id|no|number|nummer)\b|^id$",
    "name": r"\b(deal|opportunity|opp) ?(name|title)\b|^(name|title|betreff|titel)$",
    "company": r"\b(account|company|organi[sz]ation|customer|firma|kunde|client)( name)?\b",
    "owner": r"\b(owner|rep|sales ?person|besitzer|responsable|verantwortlich)",
    "pipeline": r"\bpipeline\b",
    "stage": r"\b(stage|phase|etape|fase)\b",
    "status": r"\bstatus\b",
    "amount": r"\b(amount|value|revenue|betrag|wert|montant|importe|valor|importo|bedrag)\b",
    "currency": r"\b(currency|wahrung|währung|devise|moneda|valuta)\b",
    "close_date": r"\b(clos\w*|abschluss)[ -]?(date|datum)?\b",
    "created_at": r"\b(created?|creation|erstellt|opened)\b",
    "forecast_category": r"\bforecast\b",
    "probability": r"\b(probability|wahrscheinlichkeit)\b",
    "next_step": r"\bnext (step|action)\b",
    "contact": r"\b(contact|person|kontakt)( name| person)?\b",
}


TEXT_KEYS: Final = ("name", "zone", "currency", "decimal", "pipeline")


def _checked(mapping: Mapping) -> Mapping:
    if mapping.zone not in available_timezones():
        raise _wrong("zone", mapping.zone, "an IANA time zone such as Europe/Berlin")
    if mapping.currency and mapping.currency not in MINOR_DIGITS:
        raise _wrong("currency", mapping.currency, "a currency of ISO 4217")
    if mapping.decimal not in (".", ","):
        raise _wrong("decimal", mapping.decimal, "a point or a comma")
    return mapping


def _columns(content: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(content, dict):
        raise _wrong("columns", str(content), "a table")
    columns = {}
    for target, names in content.items():
        if target not in TARGETS:
            raise _wrong("columns", str(target), f"one of {', '.join(TARGETS)}")
        columns[target] = _words(str(target), names)
    return columns


def _words(what: str, content: Any) -> tuple[str, ...]:
    """One word, or a list of them."""
    if isinstance(content, str):
        return (content,)
    if not isinstance(content, list | tuple):
        raise _wrong(what, str(content), "a list of words")
    return tuple(map(str, content))


def _texts(what: str, content: Any) -> dict[str, str]:
    if not isinstance(content, dict):
        raise _wrong(what, str(content), "a table")
    return {str(key): str(value) for key, value in content.items()}


def _wrong(what: str, value: str, expected: str) -> MappingUnusable:
    return MappingUnusable(f"In the mapping, {what} says {value[:80]!r}; {expected} was expected.")


def _plain(header: str) -> str:
    return " ".join(header.casefold().split())
