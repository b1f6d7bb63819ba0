"""How a record looks in an answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from auctor.twins.ground.messages import Request
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.portal import HUB_ID, Portal
from auctor.twins.hubspot.schema import Property
from auctor.twins.hubspot.store import Record, Version, stamp


def to_object(
    portal: Portal,
    record: Record,
    names: Iterable[str] = (),
    *,
    history: Iterable[str] = (),
    at: datetime | None = None,
) -> dict[str, Any]:
    """One object. Without `names` it has the kind's default properties; names nobody knows are left out in silence."""
    known = portal.properties[record.kind]
    wanted = dict.fromkeys([*(names or schema.DEFAULTS[record.kind]), *_always(record.kind)])
    told: dict[str, Any] = {
        "id": record.id,
        "properties": {name: record.value(name, at) for name in wanted if _is_live(known, name)},
        "createdAt": record.values[schema.created_name(record.kind)],
        "updatedAt": record.values["hs_lastmodifieddate"],
        "archived": record.archived_at is not None,
        "url": f"https://app.hubspot.com/contacts/{HUB_ID}/record/{record.kind}/{record.id}",
    }
    if record.archived_at:
        told["archivedAt"] = stamp(record.archived_at)
    kept = [name for name in history if _is_live(known, name)]
    if kept:
        told["propertiesWithHistory"] = {name: [_version(v) for v in record.versions(name)] for name in kept}
    return told


def _is_live(known: Mapping[str, Property], name: str) -> bool:
    return name in known and not known[name].is_archived


def _always(kind: str) -> tuple[str, ...]:
    return (schema.created_name(kind), schema.modified_name(kind), "hs_object_id")


def _version(version: Version) -> dict[str, Any]:
    told = {"value": version.value, "timestamp": stamp(version.at), "sourceType": version.source}
    return {**told, "sourceId": version.source_id} if version.source_id else told


def to_page(request: Request, results: list[Any], after: str | None, **more: Any) -> dict[str, Any]:
    """One page; `after` leads to the next one."""
    told: dict[str, Any] = {**more, "results": results}
    if after is not None:
        query = {name: values for name, values in request.query.items() if name != "after"}
        link = f"https://api.hubapi.com{request.path}?{urlencode({**query, 'after': after}, doseq=True)}"
        told["paging"] = {"next": {"after": after, "link": link}}
    return told


def to_batch(portal: Portal, results: list[Any], errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The envelope of a batch; one with errors goes out as 207."""
    moment = stamp(portal.clock.now())
    told: dict[str, Any] = {"status": "COMPLETE", "results": results, "startedAt": moment, "completedAt": moment}
    return {**told, "numErrors": len(errors), "errors": errors} if errors else told


def split(values: list[str]) -> list[str]:
    """Names that were given repeatedly, with commas, or both."""
    return [name for value in values for name in value.split(",") if name]
