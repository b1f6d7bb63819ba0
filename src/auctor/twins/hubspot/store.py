"""The records of one HubSpot account with everything they ever were. Time is always given by the caller."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import missing
from auctor.twins.hubspot.links import Links

FIRST_ID = {
    "deals": 31_000_000_000, "contacts": 51_000, "companies": 71_000_000, "emails": 41_000_000_000,
    "calls": 42_000_000_000, "meetings": 43_000_000_000, "notes": 44_000_000_000, "tasks": 45_000_000_000,
}  # fmt: skip


BY_HAND = "CRM_UI"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Version:
    """One value that a property had from a moment on, and who set it."""

    value: str
    at: datetime
    source: str = BY_HAND
    source_id: str = ""


@dataclass(slots=True)
class Record:
    """One object. `values` holds what never changed, `history` what did, oldest first."""

    kind: str
    id: str
    created_at: datetime
    updated_at: datetime
    values: dict[str, str]
    history: dict[str, list[Version]] = field(default_factory=dict)
    # When it came into the account, whatever its creation date says, and every moment at which something changed.
    indexed_at: datetime = BEGINNING
    touched: list[datetime] = field(default_factory=list)
    archived_at: datetime | None = None

    def value(self, name: str, at: datetime | None = None) -> str | None:
        """What a property is, or was at a moment; None without one."""
        if at is not None and name in _MODIFIED and name in self.values:
            return stamp(self.touched[max(0, bisect_right(self.touched, at) - 1)])
        versions = self.history.get(name)
        if versions is None:
            return self.values.get(name)
        if at is None:
            return versions[-1].value
        place = bisect_right(versions, at, key=lambda version: version.at)
        return versions[place - 1].value if place else None

    def versions(self, name: str) -> list[Version]:
        """Everything a property was, newest first."""
        if name in self.history:
            return self.history[name][::-1]
        return [Version(self.values[name], self.created_at)] if name in self.values else []


@dataclass(frozen=True, slots=True)
class Change:
    """What webhooks tell: `kind` is creation, propertyChange, deletion, restore, merge or associationChange."""

    kind: str
    record: Record
    at: datetime
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes something, and when."""

    at: datetime
    source: str = BY_HAND
    source_id: str = ""


class Store:
    """Objects by kind and id, in the order of their ids."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Record]] = {kind: {} for kind in schema.KINDS}
        self.links = Links()
        # What was merged away -> what it became; a chain is followed to its end.
        self.became: dict[tuple[str, str], str] = {}
        self.listener: Callable[[Change], None] = _nobody
        self._next = dict(FIRST_ID)
        # In order, because ids only grow: where a page begins is found without a walk.
        self._ids: dict[str, list[int]] = {kind: [] for kind in schema.KINDS}

    def new_id(self, kind: str) -> str:
        """The next id."""
        self._next[kind] += 1
        return str(self._next[kind])

    def ids(self, kind: str) -> list[int]:
        """All ids of a kind, in order, archived ones too."""
        return self._ids[kind]

    def all(self, kind: str, *, archived: bool | None = False) -> Iterator[Record]:
        """Every record of a kind; None takes archived ones too."""
        for record in self.records[kind].values():
            if archived is None or (record.archived_at is not None) is archived:
                yield record

    def survivor(self, kind: str, record_id: str) -> str:
        """The id under which a record lives on after merges."""
        while (kind, record_id) in self.became:
            record_id = self.became[kind, record_id]
        return record_id

    def find(self, kind: str, record_id: str, *, archived: bool | None = False) -> Record | None:
        """A record by its id, or by an id that was merged into it."""
        record = self.records[kind].get(self.survivor(kind, record_id))
        if record is None or (archived is not None and (record.archived_at is not None) is not archived):
            return None
        return record

    def get(self, kind: str, record_id: str, *, archived: bool | None = False) -> Record:
        """The same. Raises VendorError 404."""
        record = self.find(kind, record_id, archived=archived)
        if record is None:
            raise missing("Object not found.  objectId are usually numeric.")
        return record

    def add(
        self, kind: str, values: Mapping[str, str], editor: Editor, *, created_at: datetime | None = None
    ) -> Record:
        """A new record; `hs_object_id` and the dates are set here."""
        made_at = created_at or editor.at
        record_id = self.new_id(kind)
        record = Record(kind, record_id, made_at, editor.at, {"hs_object_id": record_id}, indexed_at=editor.at)
        record.values[schema.created_name(kind)] = stamp(made_at)
        if editor.source == BY_HAND:
            # Most records never change: a plain value is the version that a person made at the beginning.
            record.values.update(values)
        else:
            record.history = {n: [Version(v, made_at, editor.source, editor.source_id)] for n, v in values.items()}
        self.touch(record, editor.at)
        self.records[kind][record_id] = record
        self._ids[kind].append(int(record_id))
        self.listener(Change("creation", record, editor.at))
        return record

    def edit(self, record: Record, values: Mapping[str, str], editor: Editor) -> None:
        """Set properties; one that gets the value it has is no change, and moves nothing."""
        changed = {name: value for name, value in values.items() if (record.value(name) or "") != value}
        for name, value in changed.items():
            before = record.values.pop(name, None)
            versions = record.history.setdefault(name, [])
            if before is not None:
                versions.append(Version(before, record.created_at))
            versions.append(Version(value, editor.at, editor.source, editor.source_id))
            more = {"propertyName": name, "propertyValue": value, "changeSource": editor.source}
            self.listener(Change("propertyChange", record, editor.at, more))
        if changed:
            self.touch(record, editor.at)

    def touch(self, record: Record, at: datetime) -> None:
        """Move the date of the last change."""
        record.updated_at = at
        record.touched.append(at)
        for name in {schema.modified_name(record.kind), "hs_lastmodifieddate"}:
            record.values[name] = stamp(at)

    def archive(self, record: Record, editor: Editor) -> None:
        """Into the bin. The date of the last change stays as it was, as at the vendor."""
        if record.archived_at is None:
            record.archived_at = editor.at
            self.listener(Change("deletion", record, editor.at))

    def restore(self, record: Record, editor: Editor) -> None:
        """Out of the bin."""
        record.archived_at = None
        self.listener(Change("restore", record, editor.at))

    def purge(self, record: Record) -> None:
        """Gone for good, without a trace in any list."""
        self._remove(record)
        self.links.drop(record.kind, record.id)

    def merge(self, primary: Record, other: Record, editor: Editor, *, new_id: bool) -> Record:
        """Two become one: the primary's values win, gaps are filled from the other, links are united.

        With `new_id` the result is a third record and both ids lead to it, otherwise it keeps the primary's id.
        """
        values = {name: v for r in (other, primary) for name in names_of(r) if (v := r.value(name))}
        merged = ";".join(dict.fromkeys([*ids_within(primary), *ids_within(other)]))
        values = {n: v for n, v in values.items() if n not in _OWN} | {"hs_merged_object_ids": merged}
        if new_id:
            result = self.add(primary.kind, values, editor, created_at=min(primary.created_at, other.created_at))
            self._replace(primary, result)
        else:
            result = primary
            self.edit(primary, values, editor)
        self._replace(other, result)
        more = {"primaryObjectId": int(primary.id), "mergedObjectIds": [int(other.id)], "newObjectId": int(result.id)}
        self.listener(Change("merge", result, editor.at, more))
        return result

    def _replace(self, gone: Record, result: Record) -> None:
        self.became[gone.kind, gone.id] = result.id
        self.links.move(gone.kind, gone.id, result.id)
        self._remove(gone)

    def _remove(self, record: Record) -> None:
        del self.records[record.kind][record.id]
        ids = self._ids[record.kind]
        del ids[bisect_left(ids, int(record.id))]


_MODIFIED = {"hs_lastmodifieddate", "lastmodifieddate"}
_OWN = _MODIFIED | {"hs_object_id", "createdate", "hs_createdate"}


def names_of(record: Record) -> Iterable[str]:
    """Every property that has, or had, a value."""
    return dict.fromkeys([*record.values, *record.history])


def ids_within(record: Record) -> list[str]:
    """Its own id and those of everything merged into it before."""
    return [*filter(None, (record.value("hs_merged_object_ids") or "").split(";")), record.id]


def stamp(moment: datetime) -> str:
    """A moment as the vendor writes it, in milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _nobody(_change: Change) -> None:
    """Who listens before somebody does."""
