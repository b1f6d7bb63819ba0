"""Associations through the API: page by page for one record, in batches for many, and their labels."""

from typing import Any

from auctor.twins.ground.messages import Answer, BadBody, Request, to_json
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import invalid
from auctor.twins.hubspot.links import Label
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.reading import inputs, number
from auctor.twins.hubspot.shapes import to_batch, to_page
from auctor.twins.hubspot.store import Change

READ_AT_ONCE, CREATE_AT_ONCE, ARCHIVE_AT_ONCE, LARGEST_PAGE = 1_000, 2_000, 100, 500


def list_links(portal: Portal, request: Request) -> Answer:
    """GET what hangs at one record; an id that was merged away has nothing left."""
    kind, other = portal.kind(request.params["kind"]), portal.kind(request.params["other"])
    limit = number(request.first("limit", str(LARGEST_PAGE)), most=LARGEST_PAGE)
    linked, after = _page(portal, kind, request.params["id"], other, request.first("after"), limit)
    return to_json(to_page(request, linked, after))


def _page(
    portal: Portal, kind: str, record_id: str, other: str, after: str, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    links = portal.store.links.of(kind, record_id, other)
    ids = sorted((other_id for other_id in links if int(other_id) > int(after or 0)), key=int)
    shown = [_to_link(portal, kind, other, other_id, links[other_id]) for other_id in ids[:limit]]
    return shown, ids[limit - 1] if len(ids) > limit else None


def _to_link(portal: Portal, kind: str, other: str, other_id: str, labels: set[Label]) -> dict[str, Any]:
    types = [
        {"category": label[0], "typeId": label[1], "label": portal.store.links.name_of(kind, other, label)}
        for label in sorted(labels)
    ]
    return {"toObjectId": other_id, "associationTypes": types}


def read_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/read: 1,000 ids, a cursor for each; who has nothing is told as an error of its own (207)."""
    kind, other = portal.kind(request.params["kind"]), portal.kind(request.params["other"])
    results, errors = [], []
    for one in inputs(request.json(), READ_AT_ONCE):
        record_id = str(one.get("id"))
        after, limit = str(one.get("after") or ""), portal.settings.association_page
        linked, cursor = _page(portal, kind, record_id, other, after, limit)
        if not linked:
            errors.append(_nothing(kind, record_id, other))
            continue
        told: dict[str, Any] = {"from": {"id": record_id}, "to": linked}
        if cursor:
            told["paging"] = {"next": {"after": cursor, "link": f"?after={cursor}"}}
        results.append(told)
    return to_json(to_batch(portal, results, errors), 207 if errors else 200)


def _nothing(kind: str, record_id: str, other: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {schema.SINGULAR[other]} is associated with {schema.SINGULAR[kind]} {record_id}.",
        "context": {"fromObjectId": [record_id], "fromObjectType": [kind], "toObjectType": [other]},
    }


def create_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/create: ties with type ids, or the plain one under `associate/default`."""
    kind, other = portal.kind(request.params["kind"]), portal.kind(request.params["other"])
    results = []
    for one in inputs(request.json(), CREATE_AT_ONCE):
        from_id, to_id = _ids(one)
        labels = _labels(portal, kind, other, one.get("types") or [])
        tie(portal, (kind, from_id), (other, to_id), labels)
        told = [portal.store.links.name_of(kind, other, label) for label in labels]
        results.append({"fromObjectTypeId": kind, "fromObjectId": from_id, "toObjectTypeId": other,
                        "toObjectId": to_id, "labels": [label for label in told if label]})  # fmt: skip
    return to_json(to_batch(portal, results, []), 201)


def archive_batch(portal: Portal, request: Request) -> Answer:
    """POST batch/archive: unties altogether."""
    kind, other = portal.kind(request.params["kind"]), portal.kind(request.params["other"])
    for one in inputs(request.json(), ARCHIVE_AT_ONCE):
        from_id = str((one.get("from") or {}).get("id"))
        for target in one.get("to") or []:
            untie(portal, (kind, from_id), (other, str(target.get("id"))))
    return Answer(204)


def tie_one(portal: Portal, request: Request) -> Answer:
    """PUT one association; the plain one without a body."""
    kind, other, ids = _ends(portal, request)
    given = request.any_json() if request.body else []
    if not isinstance(given, list):
        raise BadBody("A list of association types is expected.")
    labels = _labels(portal, kind, other, given)
    tie(portal, (kind, ids[0]), (other, ids[1]), labels)
    told = {"fromObjectTypeId": kind, "fromObjectId": ids[0], "toObjectTypeId": other, "toObjectId": ids[1]}
    return to_json({**told, "labels": []}, 201 if given else 200)


def untie_one(portal: Portal, request: Request) -> Answer:
    """DELETE one association with all its labels."""
    kind, other, ids = _ends(portal, request)
    untie(portal, (kind, ids[0]), (other, ids[1]))
    return Answer(204)


def list_labels(portal: Portal, request: Request) -> Answer:
    """GET every kind of association between two kinds of objects."""
    kind, other = portal.kind(request.params["kind"]), portal.kind(request.params["other"])
    found = portal.store.links.labels(kind, other)
    told = [{"category": category, "typeId": number_, "label": name} for category, number_, name in found]
    return to_json({"results": told})


def tie(portal: Portal, one: tuple[str, str], two: tuple[str, str], labels: list[Label]) -> None:
    """Tie two records; neither's date of the last change moves."""
    record, other = portal.store.get(*one), portal.store.get(*two)
    several: list[Label | None] = [*labels] or [None]
    for label in several:
        portal.store.links.add(record.kind, record.id, other.kind, other.id, label)
    _tell(portal, one, two, is_removed=False)


def untie(portal: Portal, one: tuple[str, str], two: tuple[str, str]) -> None:
    """Untie two records; nothing happens if they were not tied."""
    if portal.store.links.remove(*one, *two):
        _tell(portal, one, two, is_removed=True)


def _tell(portal: Portal, one: tuple[str, str], two: tuple[str, str], *, is_removed: bool) -> None:
    for (kind, record_id), (other, other_id) in ((one, two), (two, one)):
        record = portal.store.find(kind, record_id, archived=None)
        if record is not None:
            name = f"{schema.SINGULAR[kind]}_TO_{schema.SINGULAR[other]}".upper()
            more = {"associationType": name, "fromObjectId": int(record_id), "toObjectId": int(other_id),
                    "associationRemoved": is_removed, "isPrimaryAssociation": False}  # fmt: skip
            portal.store.listener(Change("associationChange", record, portal.clock.now(), more))


def _labels(portal: Portal, kind: str, other: str, given: list[dict[str, Any]]) -> list[Label]:
    labels = [
        (str(one.get("associationCategory") or schema.HUBSPOT_DEFINED), int(one["associationTypeId"])) for one in given
    ]
    for label in labels:
        portal.store.links.check(kind, other, label)
    return labels


def _ids(one: dict[str, Any]) -> tuple[str, str]:
    try:
        return str(one["from"]["id"]), str(one["to"]["id"])
    except (KeyError, TypeError) as error:
        raise invalid("Each input needs from.id and to.id") from error


def _ends(portal: Portal, request: Request) -> tuple[str, str, tuple[str, str]]:
    kind, other = portal.kind(request.params["kind"]), portal.kind(request.params["other"])
    return kind, other, (request.params["id"], request.params["other_id"])
