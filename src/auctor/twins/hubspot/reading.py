"""Lists, single objects and batches of them."""

from bisect import bisect_right
from typing import Any

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import invalid, missing
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.shapes import split, to_batch, to_object, to_page
from auctor.twins.hubspot.store import Record

LARGEST_PAGE, WITH_HISTORY = 100, 50


def list_objects(portal: Portal, request: Request) -> Answer:
    """GET a page: at most 100, or 50 with history; by id, from the cursor on."""
    kind = portal.kind(request.params["kind"])
    history = split(request.query.get("propertiesWithHistory", []))
    limit = number(request.first("limit", "10"), most=WITH_HISTORY if history else LARGEST_PAGE)
    page, after = _page(portal, kind, request, limit)
    names = split(request.query.get("properties", []))
    others = [portal.kind(name) for name in split(request.query.get("associations", []))]
    results = []
    for record in page:
        told = to_object(portal, record, names, history=history)
        results.append(_with_links(portal, record, told, others))
    return to_json(to_page(request, results, after))


def _page(portal: Portal, kind: str, request: Request, limit: int) -> tuple[list[Record], str | None]:
    ids = portal.store.ids(kind)
    after = request.first("after")
    if after and not after.isdigit():
        raise invalid(f"Invalid after value: {after}")
    wants_archived = flag(request, "archived")
    found: list[Record] = []
    for place in range(bisect_right(ids, int(after or 0)), len(ids)):
        record = portal.store.records[kind][str(ids[place])]
        if (record.archived_at is not None) is wants_archived:
            if len(found) == limit:
                return found, found[-1].id
            found.append(record)
    return found, None


def read_object(portal: Portal, request: Request) -> Answer:
    """GET one; an id that was merged away gives what it became."""
    kind = portal.kind(request.params["kind"])
    record = _by(portal, kind, request.params["id"], request.first("idProperty"), flag(request, "archived"))
    if record is None:
        raise missing("Object not found.  objectId are usually numeric.")
    names, history = (split(request.query.get(name, [])) for name in ("properties", "propertiesWithHistory"))
    others = [portal.kind(name) for name in split(request.query.get("associations", []))]
    return to_json(_with_links(portal, record, to_object(portal, record, names, history=history), others))


def read_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/read: 100 ids, 50 with history; what is not there makes it a 207."""
    kind = portal.kind(request.params["kind"])
    body = request.json()
    history = body.get("propertiesWithHistory") or []
    wanted = inputs(body, WITH_HISTORY if history else LARGEST_PAGE)
    archived, by = flag(request, "archived"), str(body.get("idProperty") or "")
    found, lost = [], []
    for value in dict.fromkeys(str(one.get("id")) for one in wanted):
        record = _by(portal, kind, value, by, archived)
        if record is None:
            lost.append(value)
        else:
            found.append(to_object(portal, record, body.get("properties") or (), history=history))
    told = to_batch(portal, found, [_not_found(kind, lost)] if lost else [])
    return to_json(told, 207 if lost else 200)


def _not_found(kind: str, ids: list[str]) -> dict[str, Any]:
    name = schema.SINGULAR[kind].upper()
    text = f"Could not get some {name} objects, they may be deleted or not exist. Check that ids are valid."
    return {"status": "error", "category": "OBJECT_NOT_FOUND", "message": text, "context": {"ids": ids}}


def _by(portal: Portal, kind: str, value: str, unique: str, archived: bool) -> Record | None:
    """By id, or by the value of a property that is unique."""
    if not unique or unique == "hs_object_id":
        return portal.store.find(kind, value, archived=archived)
    definition = portal.live_properties(kind).get(unique)
    if definition is None or not definition.is_unique:
        raise invalid(f"{unique} is not a unique property")
    return find_unique(portal, kind, unique, value, archived=archived)


def find_unique(portal: Portal, kind: str, name: str, value: str, *, archived: bool = False) -> Record | None:
    """The record that has this value of a unique property; upper and lower case are one."""
    wanted = value.casefold()
    records = portal.store.all(kind, archived=archived)
    return next((record for record in records if (record.value(name) or "").casefold() == wanted), None)


def _with_links(portal: Portal, record: Record, told: dict[str, Any], others: list[str]) -> dict[str, Any]:
    """Lists show at most about a hundred of each kind, and a cursor that this address does not take."""
    shown: dict[str, Any] = {}
    for other in others:
        most = portal.settings.associations_in_lists
        linked = portal.store.links.of(record.kind, record.id, other)
        name = f"{schema.SINGULAR[record.kind]}_to_{schema.SINGULAR[other]}"
        results = [{"id": other_id, "type": name} for other_id in list(linked)[:most]]
        if not results:
            continue
        shown[other] = {"results": results}
        if len(linked) > most:
            link = f"https://api.hubapi.com/crm/objects/2026-03/{record.kind}/{record.id}/associations/{other}"
            shown[other]["paging"] = {"next": {"after": results[-1]["id"], "link": f"{link}?after={results[-1]['id']}"}}
    return {**told, "associations": shown} if shown else told


def number(text: str, *, most: int) -> int:
    """A page size between 1 and the cap. Raises VendorError 400."""
    if not text.lstrip("-").isdigit() or not 1 <= int(text) <= most:
        raise invalid(f"Invalid input: limit must be between 1 and {most}, was {text}")
    return int(text)


def inputs(body: dict[str, Any], most: int) -> list[dict[str, Any]]:
    """The rows of a batch. Raises VendorError 400 above the cap."""
    found = body.get("inputs")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise invalid("Invalid input JSON: inputs must be a list of objects")
    if len(found) > most:
        raise invalid(f"Batch size exceeds the limit: {len(found)} inputs, at most {most} are allowed")
    return found


def flag(request: Request, name: str) -> bool:
    """A boolean of the query."""
    return request.first(name).lower() == "true"
