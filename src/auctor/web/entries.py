"""Entries of the audit log in words. They hold ids only; who is who is looked up when somebody reads them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from auctor.audit.records import EntryRecord
from auctor.tenancy.records import ActorKind

Names = Mapping[UUID, str]

SHORT = 8
# Words of tags that are not written as they stand in the tag.
SPELLED = {"api": "API"}
TONES = {"ok": "", "refused": "medium", "limited": "medium", "failed": "high"}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as a table shows it; `tone` and `outcome` are empty when all went well."""

    entry: EntryRecord
    who: str
    means: str
    what: str
    about: str
    notes: str
    outcome: str
    tone: str


def to_row(entry: EntryRecord, names: Names) -> EntryRow:
    """An entry with names in place of ids; `names` by the ids of users and members."""
    who, means = to_who(entry, names)
    usual = entry.outcome in ("", "ok")
    return EntryRow(
        entry=entry,
        who=who,
        means=means,
        what=to_happening(entry.action),
        about=to_about(entry, names),
        notes=to_notes(entry, names),
        outcome="" if usual else entry.outcome,
        tone=TONES.get(entry.outcome, "medium"),
    )


def to_happening(action: str) -> str:
    """`role:changed` as "Role changed"."""
    words = [SPELLED.get(word, word) for word in action.replace(":", " ").replace("_", " ").split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def to_who(entry: EntryRecord, names: Names) -> tuple[str, str]:
    """Who acted, and by which means."""
    if entry.actor_kind == ActorKind.SYSTEM:
        return "auctor", entry.actor_name if "." in entry.actor_name else entry.actor_name.replace("_", " ")
    if entry.actor_kind == ActorKind.ANONYMOUS or entry.actor_id is None:
        return "Nobody signed in", ""
    means = "by API token" if entry.actor_kind == ActorKind.TOKEN else ""
    return names.get(entry.actor_id, f"Somebody {to_short(str(entry.actor_id))}"), means


def to_about(entry: EntryRecord, names: Names) -> str:
    """What it happened to: a person's name, else its kind and the beginning of its id."""
    name = names.get(_to_uuid(entry.subject) or UUID(int=0))
    if name or not entry.subject:
        return name or ""
    kind = to_happening(entry.subject_kind)
    return f"{kind} {to_short(entry.subject)}".strip()


def to_notes(entry: EntryRecord, names: Names) -> str:
    """Names of fields and details on one line."""
    fields = [", ".join(name.replace("_", " ") for name in entry.fields)] if entry.fields else []
    told = {key: _to_value(value, names) for key, value in entry.details.items()}
    change = [f"{told.pop('before')} → {told.pop('after')}"] if {"before", "after"} <= told.keys() else []
    return " · ".join([*change, *fields, *(f"{key.replace('_', ' ')}: {value}" for key, value in told.items())])


def to_short(identifier: str) -> str:
    """The end of an id, which differs even between those made in the same moment."""
    return f"…{identifier[-SHORT:]}" if len(identifier) > 2 * SHORT else identifier


def _to_value(value: str | int | bool, names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return names.get(_to_uuid(value) or UUID(int=0)) or to_short(value)


def _to_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
