"""What an organisation says of itself: versions, objects, fields, what was deleted and changed, limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.salesforce import schema
from auctor.twins.salesforce.errors import VendorError, not_found
from auctor.twins.salesforce.org import DAILY_CALLS, Org
from auctor.twins.salesforce.querying import to_value
from auctor.twins.salesforce.schema import Field, Kind
from auctor.twins.salesforce.sessions import ORG_ID
from auctor.twins.salesforce.store import Row, stamp
from auctor.twins.salesforce.writing import get

DELETED_DAYS, UPDATED_DAYS, MOST_IDS = 15, 30, 600_000
SOAP = {"boolean": "xsd:boolean", "int": "xsd:int", "date": "xsd:date", "datetime": "xsd:dateTime", "id": "tns:ID",
        "reference": "tns:ID", **dict.fromkeys(("double", "currency", "percent"), "xsd:double")}  # fmt: skip


def versions(_org: Org, _request: Request) -> Answer:
    """GET services/data, which asks for no token."""
    found = [{"label": f"v{n}", "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in range(55, 67)]
    return to_json(found)


def resources(_org: Org, request: Request) -> Answer:
    """GET services/data/vXX.0."""
    root = f"/services/data/v{request.params['version']}"
    return to_json({name: f"{root}/{name}" for name in ("sobjects", "query", "queryAll", "limits", "composite")})


def describe_all(org: Org, _request: Request) -> Answer:
    """GET sobjects: every object, shortly."""
    hidden = () if org.settings.is_multi_currency else schema.CURRENCY_OBJECTS
    told = [_flags(kind) for kind in org.kinds.values() if kind.name not in hidden]
    return to_json({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": told})


def describe_short(org: Org, request: Request) -> Answer:
    """GET sobjects/X."""
    return to_json({"objectDescribe": _flags(org.kind(request.params["kind"])), "recentItems": []})


def describe(org: Org, request: Request) -> Answer:
    """GET sobjects/X/describe; fields that are hidden from this user are not in it."""
    kind = org.kind(request.params["kind"])
    children = [
        {"childSObject": child, "field": link, "relationshipName": name, "cascadeDelete": parent == "Opportunity",
         "deprecatedAndHidden": False, "restrictedDelete": False}
        for (parent, name), (child, link) in schema.CHILDREN.items() if parent == kind.name
    ]  # fmt: skip
    told = {**_flags(kind), "fields": [_field(org, kind, one) for one in kind.fields.values()]}
    return to_json({**told, "childRelationships": children, "recordTypeInfos": _record_types(org, kind)})


def _flags(kind: Kind) -> dict[str, Any]:
    writable, bin_ = kind.is_writable, kind.name != "OpportunityContactRole"
    return {
        "name": kind.name, "label": kind.name, "labelPlural": kind.plural, "keyPrefix": kind.prefix, "custom": False,
        "customSetting": False, "createable": writable, "updateable": writable, "deletable": writable,
        "undeletable": writable and bin_, "mergeable": kind.name in schema.MERGEABLE, "queryable": True,
        "replicateable": kind.name != "OpportunityFieldHistory", "retrieveable": True, "searchable": writable,
        "triggerable": writable, "layoutable": writable, "activateable": False, "deprecatedAndHidden": False,
        "feedEnabled": False, "mruEnabled": False, "hasSubtypes": False, "isSubtype": False, "isInterface": False,
        "deepCloneable": False, "urls": {"sobject": f"/services/data/v59.0/sobjects/{kind.name}"},
    }  # fmt: skip


def _field(org: Org, kind: Kind, one: Field) -> dict[str, Any]:
    is_custom = one.name.endswith("__c")
    return {
        "name": one.name, "label": one.label or one.name, "type": one.type,
        "soapType": SOAP.get(one.type, "xsd:string"),
        "custom": is_custom, "createable": one.is_createable, "updateable": one.is_updateable,
        "nillable": not one.is_required, "defaultedOnCreate": one.type == "boolean",
        "filterable": one.type != "textarea",
        "sortable": one.type != "textarea", "groupable": False, "calculated": False, "externalId": one.is_external_id,
        "idLookup": one.is_external_id or one.type in ("id", "email"), "unique": one.is_external_id,
        "nameField": one.name == "Name", "permissionable": is_custom, "referenceTo": list(one.targets),
        "relationshipName": one.relationship or None, "length": 18 if one.type in ("id", "reference") else 255,
        "precision": 18 if one.type in ("currency", "double", "percent") else 0,
        "scale": 2 if one.type in ("currency", "double") else 0, "picklistValues": _choices(org, kind, one),
        "restrictedPicklist": False, "deprecatedAndHidden": False, "encrypted": False, "htmlFormatted": False,
        "caseSensitive": False, "autoNumber": False, "cascadeDelete": False, "dependentPicklist": False, "digits": 0,
        "defaultValue": None, "inlineHelpText": None, "compoundFieldName": None, "calculatedFormula": None,
    }  # fmt: skip


def _choices(org: Org, kind: Kind, one: Field) -> list[dict[str, Any]]:
    values: list[str] = []
    if kind.name == "Opportunity" and one.name == "StageName":
        values = [str(row["ApiName"]) for row in org.store.all("OpportunityStage")]
    if one.name == "CurrencyIsoCode":
        values = [str(row["IsoCode"]) for row in org.store.all("CurrencyType")]
    return [{"active": True, "defaultValue": False, "label": v, "validFor": None, "value": v} for v in values]


def _record_types(org: Org, kind: Kind) -> list[dict[str, Any]]:
    return [
        {"recordTypeId": row.id, "name": row["Name"], "developerName": row["DeveloperName"], "active": True,
         "available": True, "master": False, "defaultRecordTypeMapping": False}
        for row in org.store.by("RecordType", "SobjectType", kind.name)
    ]  # fmt: skip


def read_record(org: Org, request: Request) -> Answer:
    """GET sobjects/X/id, all fields or those of `fields`."""
    kind = org.kind(request.params["kind"])
    return to_json(_whole(org, kind, get(org, kind, request.params["id"]), request))


def read_by_external_id(org: Org, request: Request) -> Answer:
    """GET sobjects/X/Field/value."""
    kind = org.kind(request.params["kind"])
    known = org.field(kind, request.params["field"])
    for row in org.store.by(kind.name, known.name, request.params["value"]):
        if not row["IsDeleted"]:
            return to_json(_whole(org, kind, row, request))
    raise not_found("The requested resource does not exist")


def _whole(org: Org, kind: Kind, row: Row, request: Request) -> dict[str, Any]:
    names = request.first("fields")
    wanted = [org.field(kind, name.strip()) for name in names.split(",")] if names else list(kind.fields.values())
    values = row.seen(org.clock.now())
    if values is None:
        raise not_found("The requested resource does not exist")
    url = f"/services/data/v{request.params['version']}/sobjects/{kind.name}/{row.id}"
    told = {"attributes": {"type": kind.name, "url": url}}
    return {**told, **{one.name: to_value(one, values.get(one.name)) for one in wanted}, "Id": row.id}


def deleted(org: Org, request: Request) -> Answer:
    """GET sobjects/X/deleted: at most fifteen days back."""
    kind, begin, end = _span(org, request, DELETED_DAYS)
    found = [
        {"id": row.id, "deletedDate": row["SystemModstamp"]}
        for row in org.store.all(kind.name)
        if row["IsDeleted"] and begin <= row["SystemModstamp"] <= end
    ]
    earliest = stamp(org.clock.now() - timedelta(days=DELETED_DAYS))
    return to_json({"deletedRecords": found, "earliestDateAvailable": earliest, "latestDateCovered": end})


def updated(org: Org, request: Request) -> Answer:
    """GET sobjects/X/updated: at most thirty days back and 600,000 ids."""
    kind, begin, end = _span(org, request, UPDATED_DAYS)
    now = org.clock.now()
    seen = ((row, row.seen(now)) for row in org.store.all(kind.name))
    found = [row.id for row, v in seen if v and not v["IsDeleted"] and begin <= v["SystemModstamp"] <= end]
    if len(found) > MOST_IDS:
        raise VendorError("EXCEEDED_ID_LIMIT", f"more than {MOST_IDS} ids")
    return to_json({"ids": found, "latestDateCovered": end})


def _span(org: Org, request: Request, days: int) -> tuple[Kind, str, str]:
    kind = org.kind(request.params["kind"])
    try:
        # A plus that was not escaped arrives as a blank.
        begin, end = (datetime.fromisoformat(request.first(name).replace(" ", "+")) for name in ("start", "end"))
    except ValueError as error:
        raise VendorError("INVALID_REPLICATION_DATE", "start and end must be moments with an offset") from error
    begin, end = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in (begin, end))
    if begin < org.clock.now() - timedelta(days=days) or end - begin < timedelta(minutes=1):
        message = f"startDate must be within the last {days} days and one minute before endDate"
        raise VendorError("INVALID_REPLICATION_DATE", message)
    return kind, stamp(begin), stamp(end)


def limits(org: Org, _request: Request) -> Answer:
    """GET limits: the organisation's, whoever used them up."""
    most = org.calls.limit or DAILY_CALLS
    used = org.calls.used(org.clock.now()) if org.calls.limit else 0
    return to_json({"DailyApiRequests": {"Max": most, "Remaining": most - used}})


def count_records(org: Org, request: Request) -> Answer:
    """GET limits/recordCount."""
    names = [name for name in request.first("sObjects").split(",") if name] or [one.name for one in org.kinds.values()]
    kinds = [org.kinds[name.lower()] for name in names if name.lower() in org.kinds]
    counts = [{"count": sum(not row["IsDeleted"] for row in org.store.all(k.name)), "name": k.name} for k in kinds]
    return to_json({"sObjects": counts})


def user_info(org: Org, _request: Request) -> Answer:
    """GET userinfo."""
    user = org.store.rows["User"][org.user_id]
    told = {"user_id": user.id, "organization_id": ORG_ID, "preferred_username": user["Username"], "name": user["Name"]}
    return to_json({**told, "email": user["Email"], "zoneinfo": user["TimeZoneSidKey"], "active": True})


def create_field(org: Org, request: Request) -> Answer:
    """POST tooling/sobjects/CustomField: made, and seen by nobody before its permission is given."""
    body = request.json()
    object_name, _, name = str(body.get("FullName") or "").partition(".")
    metadata = body.get("Metadata") or {}
    kind = org.kinds.get(object_name.lower())
    if kind is None or not name.endswith("__c") or "type" not in metadata or "label" not in metadata:
        raise VendorError("INVALID_INPUT", "FullName must be Object.Name__c, Metadata needs type and label")
    if name.lower() in kind.fields:
        raise VendorError("DUPLICATE_DEVELOPER_NAME", f"There is already a field named {name} on {kind.name}.")
    types = {"Number": "double", "Text": "string", "LongTextArea": "textarea", "Checkbox": "boolean",
             "Picklist": "picklist", "Date": "date", "DateTime": "datetime", "Currency": "currency"}  # fmt: skip
    made = types.get(str(metadata["type"]))
    if made is None:
        raise VendorError("INVALID_INPUT", f"{metadata['type']} is not a type of field here")
    is_external = bool(metadata.get("externalId"))
    org.add_field(kind.name, Field(name, made, (), True, True, False, is_external, str(metadata["label"])))
    return to_json({"id": org.store.new_id("00N"), "success": True, "errors": [], "warnings": [], "infos": []}, 201)
