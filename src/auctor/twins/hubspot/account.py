"""What an account is made of besides records: owners, pipelines, properties, details."""

from typing import Any
from zoneinfo import ZoneInfo

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.errors import VendorError, invalid, missing
from auctor.twins.hubspot.portal import HUB_ID, Portal
from auctor.twins.hubspot.reading import flag, number
from auctor.twins.hubspot.schema import Property
from auctor.twins.hubspot.shapes import to_page
from auctor.twins.hubspot.store import stamp

OWNERS_AT_ONCE = 500


def details(portal: Portal, _request: Request) -> Answer:
    """GET account-info: time zone and currency of the company."""
    zone = ZoneInfo(portal.settings.time_zone)
    offset = portal.clock.now().astimezone(zone).strftime("%z")
    return to_json(
        {
            "portalId": HUB_ID,
            "accountType": "STANDARD",
            "timeZone": portal.settings.time_zone,
            "companyCurrency": portal.settings.currency,
            "additionalCurrencies": ["USD", "GBP", "SEK"],
            "utcOffset": f"{offset[:3]}:{offset[3:]}",
            "utcOffsetMilliseconds": _milliseconds(offset),
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "eu1",
        }
    )


def _milliseconds(offset: str) -> int:
    minutes = int(offset[1:3]) * 60 + int(offset[3:5])
    return minutes * 60_000 * (-1 if offset[0] == "-" else 1)


def list_owners(portal: Portal, request: Request) -> Answer:
    """GET owners: those who are there, or with `archived=true` those who left; never both."""
    limit = number(request.first("limit", "100"), most=OWNERS_AT_ONCE)
    wanted = [one for one in portal.owners if one["archived"] is flag(request, "archived")]
    if email := request.first("email").casefold():
        wanted = [one for one in wanted if one["email"].casefold() == email]
    after = request.first("after") or "0"
    rest = [one for one in wanted if int(one["id"]) > int(after)]
    return to_json(to_page(request, rest[:limit], rest[limit - 1]["id"] if len(rest) > limit else None))


def read_owner(portal: Portal, request: Request) -> Answer:
    """GET one owner, by owner id or by user id."""
    name = "userIdIncludingInactive" if request.first("idProperty") == "userId" else "id"
    for one in portal.owners:
        if str(one[name]) == request.params["id"] and one["archived"] is flag(request, "archived"):
            return to_json(one)
    raise missing()


def list_pipelines(portal: Portal, request: Request) -> Answer:
    """GET pipelines with their stages."""
    kind = portal.kind(request.params["kind"])
    return to_json({"results": [one for one in portal.pipelines.get(kind, []) if not one["archived"]]})


def read_pipeline(portal: Portal, request: Request) -> Answer:
    """GET one pipeline."""
    return to_json(_pipeline(portal, request))


def list_stages(portal: Portal, request: Request) -> Answer:
    """GET the stages of one pipeline."""
    return to_json({"results": _pipeline(portal, request)["stages"]})


def _pipeline(portal: Portal, request: Request) -> dict[str, Any]:
    kind = portal.kind(request.params["kind"])
    found = next((p for p in portal.pipelines.get(kind, []) if p["id"] == request.params["id"]), None)
    if found is None:
        raise missing()
    return found


def list_properties(portal: Portal, request: Request) -> Answer:
    """GET properties: those that are there, or with `archived=true` those that were taken away."""
    kind, wants_archived = portal.kind(request.params["kind"]), flag(request, "archived")
    found = [p for p in portal.properties[kind].values() if p.is_archived is wants_archived]
    return to_json({"results": [to_property(one) for one in found]})


def read_property(portal: Portal, request: Request) -> Answer:
    """GET one property."""
    kind = portal.kind(request.params["kind"])
    found = portal.properties[kind].get(request.params["name"])
    if found is None or found.is_archived is not flag(request, "archived"):
        raise missing(f"Property {request.params['name']} does not exist")
    return to_json(to_property(found))


def create_property(portal: Portal, request: Request) -> Answer:
    """POST a property: 409 if there is one; one that was taken away comes back with its values."""
    kind, body = portal.kind(request.params["kind"]), request.json()
    name = str(body.get("name") or "")
    lacking = [key for key in ("name", "label", "type", "fieldType", "groupName") if not body.get(key)]
    if lacking:
        raise invalid(f"Some required fields were not set: {lacking}")
    if body["type"] not in ("string", "number", "bool", "enumeration", "date", "datetime"):
        raise invalid(f"{body['type']} is not a type of property")
    if body["groupName"] not in portal.groups.setdefault(kind, [f"{schema.SINGULAR[kind]}information"]):
        raise invalid(f"Property group {body['groupName']} does not exist")
    before = portal.properties[kind].get(name)
    if before and not before.is_archived:
        message = f"A property named '{name}' already exists."
        more = {"subCategory": "Properties.PROPERTY_EXISTS", "context": {"name": [name]}}
        raise VendorError(409, "OBJECT_ALREADY_EXISTS", message, {**more, "errorType": "PROPERTY_WITH_NAME_EXISTS"})
    made = Property(
        name=name,
        label=str(body["label"]),
        type=str(body["type"]),
        field_type=str(body["fieldType"]),
        group=str(body["groupName"]),
        options=tuple(str(one["value"]) for one in body.get("options") or []),
        is_unique=bool(body.get("hasUniqueValue")),
        is_ours=False,
        created_at=stamp(portal.clock.now()),
        more={key: body[key] for key in ("description", "displayOrder", "hidden", "formField") if key in body},
    )
    portal.properties[kind][name] = made
    return to_json(to_property(made), 201)


def archive_property(portal: Portal, request: Request) -> Answer:
    """DELETE a property of the account's own; its values come back if it is made again."""
    kind, name = portal.kind(request.params["kind"]), request.params["name"]
    found = portal.live_properties(kind).get(name)
    if found is None:
        raise missing(f"Property {name} does not exist")
    if found.is_ours:
        raise invalid(f"Property {name} is defined by HubSpot and cannot be deleted")
    portal.properties[kind][name] = found.archived(stamp(portal.clock.now()))
    return Answer(204)


def list_groups(portal: Portal, request: Request) -> Answer:
    """GET groups of properties."""
    kind = portal.kind(request.params["kind"])
    names = portal.groups.setdefault(kind, [f"{schema.SINGULAR[kind]}information"])
    told = [{"name": n, "label": n, "displayOrder": p, "archived": False} for p, n in enumerate(names)]
    return to_json({"results": told})


def create_group(portal: Portal, request: Request) -> Answer:
    """POST a group of properties."""
    kind, body = portal.kind(request.params["kind"]), request.json()
    name = str(body.get("name") or "")
    if not name or not body.get("label"):
        raise invalid("Some required fields were not set: [name, label]")
    names = portal.groups.setdefault(kind, [f"{schema.SINGULAR[kind]}information"])
    if name in names:
        raise VendorError(409, "OBJECT_ALREADY_EXISTS", f"A property group named '{name}' already exists.")
    names.append(name)
    told = {"name": name, "label": body["label"], "displayOrder": len(names) - 1, "archived": False}
    return to_json(told, 201)


def to_property(one: Property) -> dict[str, Any]:
    """A property as the vendor describes it."""
    options = [
        {"label": option, "value": option, "displayOrder": place, "hidden": False}
        for place, option in enumerate(one.options)
    ]
    told = {
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "fieldType": one.field_type,
        "groupName": one.group,
        "description": "",
        "options": options,
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": one.name == "hubspot_owner_id",
        "hasUniqueValue": one.is_unique,
        "hidden": False,
        "hubspotDefined": one.is_ours,
        "formField": False,
        "archived": one.is_archived,
        "createdAt": one.created_at,
        "updatedAt": one.archived_at or one.created_at,
        "modificationMetadata": {
            "archivable": not one.is_ours,
            "readOnlyDefinition": one.is_ours,
            "readOnlyValue": one.is_read_only,
        },
        **one.more,
    }
    return {**told, "archivedAt": one.archived_at} if one.is_archived else told
