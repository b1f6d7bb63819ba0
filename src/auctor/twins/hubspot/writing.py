"""Creating, changing, archiving and merging, one at a time and in batches."""

from collections.abc import Callable
from typing import Any

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import VendorError, invalid
from auctor.twins.hubspot.linking import tie
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.reading import find_unique, inputs
from auctor.twins.hubspot.shapes import to_batch, to_object
from auctor.twins.hubspot.store import Record
from auctor.twins.hubspot.validating import to_values

AT_ONCE = 100
Row = dict[str, Any]


def create_object(portal: Portal, request: Request) -> Answer:
    """POST one, with its associations."""
    record = _create(portal, portal.kind(request.params["kind"]), request.json())
    return to_json(to_object(portal, record, _shown(request.json())), 201)


def _create(portal: Portal, kind: str, row: Row) -> Record:
    values = to_values(portal, kind, _properties(row))
    _refuse_doubles(portal, kind, values, None)
    ties = [_tie_of(portal, kind, one) for one in row.get("associations") or []]
    for other, other_id, _ in ties:
        portal.store.get(other, other_id)
    record = portal.store.add(kind, values, portal.integration())
    for other, other_id, labels in ties:
        tie(portal, (kind, record.id), (other, other_id), labels)
    return record


def _tie_of(portal: Portal, kind: str, one: Row) -> tuple[str, str, list[tuple[str, int]]]:
    """Which kind an association leads to is told by its type id alone."""
    other_id = str((one.get("to") or {}).get("id"))
    labels = [
        (str(t.get("associationCategory") or schema.HUBSPOT_DEFINED), int(t["associationTypeId"]))
        for t in one.get("types") or []
    ]
    for other in schema.KINDS:
        known = {(category, number) for category, number, _ in portal.store.links.labels(kind, other)}
        if labels and set(labels) <= known:
            return other, other_id, labels
    raise invalid(f"Invalid association types for {kind}: {[number for _, number in labels]}")


def update_object(portal: Portal, request: Request) -> Answer:
    """PATCH one."""
    kind, body = portal.kind(request.params["kind"]), request.json()
    record = _target(portal, kind, request.params["id"], request.first("idProperty"))
    return to_json(to_object(portal, _update(portal, record, body), _shown(body)))


def _target(portal: Portal, kind: str, value: str, unique: str) -> Record:
    if unique and unique != "hs_object_id":
        found = find_unique(portal, kind, unique, value)
        return found or portal.store.get(kind, "")
    return portal.store.get(kind, value)


def _update(portal: Portal, record: Record, row: Row) -> Record:
    values = to_values(portal, record.kind, _properties(row), record)
    _refuse_doubles(portal, record.kind, values, record)
    portal.store.edit(record, values, portal.integration())
    return record


def archive_object(portal: Portal, request: Request) -> Answer:
    """DELETE one: into the bin; what is there already, or never was, is no error."""
    record = portal.store.find(portal.kind(request.params["kind"]), request.params["id"])
    if record:
        portal.store.archive(record, portal.integration())
    return Answer(204)


def merge_objects(portal: Portal, request: Request) -> Answer:
    """POST merge of two."""
    kind, body = portal.kind(request.params["kind"]), request.json()
    ids = str(body.get("primaryObjectId")), str(body.get("objectIdToMerge"))
    return to_json(to_object(portal, merge(portal, kind, *ids)))


def merge(portal: Portal, kind: str, primary_id: str, other_id: str) -> Record:
    """Merge by ids, which may have been merged before."""
    primary, other = portal.store.get(kind, primary_id), portal.store.get(kind, other_id)
    if primary is other:
        raise invalid("Cannot merge an object with itself")
    is_new = kind in portal.settings.new_id_after_merge
    return portal.store.merge(primary, other, portal.person(), new_id=is_new)


def create_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/create."""
    kind = portal.kind(request.params["kind"])
    return _each(portal, request, lambda row: to_object(portal, _create(portal, kind, row), _shown(row)), 201)


def update_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/update: each row stands or falls alone."""
    kind = portal.kind(request.params["kind"])

    def change(row: Row) -> Row:
        record = _target(portal, kind, str(row.get("id")), str(row.get("idProperty") or ""))
        return to_object(portal, _update(portal, record, row), _shown(row))

    return _each(portal, request, change, 200)


def upsert_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/upsert by a unique property: the only guard against doubles that the vendor has."""
    kind = portal.kind(request.params["kind"])

    def upsert(row: Row) -> Row:
        unique = str(row.get("idProperty") or "")
        definition = portal.live_properties(kind).get(unique)
        if definition is None or not definition.is_unique:
            raise invalid(f"{unique} is not a unique property")
        record = find_unique(portal, kind, unique, str(row.get("id")))
        if record:
            return {**to_object(portal, _update(portal, record, row), _shown(row)), "new": False}
        made = _create(portal, kind, {"properties": {**_properties(row), unique: row.get("id")}})
        return {**to_object(portal, made, _shown(row)), "new": True}

    return _each(portal, request, upsert, 200)


def archive_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/archive."""
    kind = portal.kind(request.params["kind"])
    for row in inputs(request.json(), AT_ONCE):
        if record := portal.store.find(kind, str(row.get("id"))):
            portal.store.archive(record, portal.integration())
    return Answer(204)


def _each(portal: Portal, request: Request, do: Callable[[Row], Row], status: int) -> Answer:
    results, errors = [], []
    for row in inputs(request.json(), AT_ONCE):
        try:
            results.append(do(row))
        except VendorError as error:
            errors.append(_row_error(row, error))
    return to_json(to_batch(portal, results, errors), 207 if errors else status)


def _row_error(row: Row, error: VendorError) -> Row:
    context = {"ids": [str(row["id"])]} if row.get("id") else {}
    if row.get("objectWriteTraceId"):
        context["objectWriteTraceId"] = [str(row["objectWriteTraceId"])]
    told = {"status": "error", "category": error.category, "message": error.message, "context": context}
    return {**told, "errors": error.more["errors"]} if "errors" in error.more else told


def _refuse_doubles(portal: Portal, kind: str, values: dict[str, str], record: Record | None) -> None:
    for name, definition in portal.live_properties(kind).items():
        value = values.get(name)
        if definition.is_unique and value:
            other = find_unique(portal, kind, name, value)
            if other and other is not record:
                word = schema.SINGULAR[kind].capitalize()
                raise VendorError(409, "CONFLICT", f"{word} already exists. Existing ID: {other.id}")


def _properties(row: Row) -> Row:
    found = row.get("properties")
    if not isinstance(found, dict):
        raise invalid("Invalid input JSON: properties must be an object")
    return found


def _shown(row: Row) -> list[str]:
    return list(row.get("properties") or ())
