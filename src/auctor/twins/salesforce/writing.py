"""Creating, changing, deleting, by id or external id, one at a time and in collections."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from auctor.twins.ground.messages import Answer, Request, to_json
from auctor.twins.salesforce import schema
from auctor.twins.salesforce.checking import derived, to_values
from auctor.twins.salesforce.errors import VendorError, not_found
from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.schema import Kind
from auctor.twins.salesforce.store import Row, Values, stamp

AT_ONCE = 200
IN_HISTORY = ("StageName", "Amount", "CloseDate", "Probability")
TRACKED = ("StageName", "Amount", "CloseDate", "NextStep", "OwnerId", "ForecastCategoryName")
Given = dict[str, Any]


def create_record(org: Org, request: Request) -> Answer:
    """POST sobjects/X."""
    row = insert(org, org.kind(request.params["kind"]), request.json())
    return to_json({"id": row.id, "success": True, "errors": []}, 201)


def update_record(org: Org, request: Request) -> Answer:
    """PATCH sobjects/X/id."""
    kind = org.kind(request.params["kind"])
    update(org, kind, get(org, kind, request.params["id"]), request.json())
    return Answer(204)


def delete_record(org: Org, request: Request) -> Answer:
    """DELETE sobjects/X/id."""
    kind = org.kind(request.params["kind"])
    delete(org, get(org, kind, request.params["id"]))
    return Answer(204)


def upsert_record(org: Org, request: Request) -> Answer:
    """PATCH sobjects/X/Field/value: made if nobody has the value, changed if one has it."""
    kind = org.kind(request.params["kind"])
    row, is_new = _upsert(org, kind, request.params["field"], request.params["value"], request.json())
    return to_json({"id": row.id, "success": True, "errors": [], "created": is_new}, 201 if is_new else 200)


def _upsert(org: Org, kind: Kind, field: str, value: str | None, given: Given) -> tuple[Row, bool]:
    known = org.field(kind, field)
    if known.name == "Id":
        return (update(org, kind, get(org, kind, value), given), False) if value else (insert(org, kind, given), True)
    if not (known.is_external_id or known.type == "email"):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {field}")
    found = [row for row in org.store.by(kind.name, known.name, value) if not row["IsDeleted"]]
    if len(found) > 1:
        raise VendorError("DUPLICATE_EXTERNAL_ID", f"{field}: more than one record found for external id", 300)
    if found:
        return update(org, kind, found[0], given), False
    return insert(org, kind, {**given, known.name: value}), True


def get(org: Org, kind: Kind, row_id: str) -> Row:
    """A live row. Raises VendorError: 404 NOT_FOUND, or ENTITY_IS_DELETED for one in the bin."""
    row = org.store.find(kind.name, row_id)
    if row is None:
        raise not_found("The requested resource does not exist")
    if row["IsDeleted"]:
        raise VendorError("ENTITY_IS_DELETED", "entity is deleted", 404)
    return row


def insert(org: Org, kind: Kind, given: Given) -> Row:
    """Make a row."""
    _wait_for_lock(org, kind.name)
    if not kind.is_writable:
        raise VendorError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type {kind.name} does not support create")
    values = to_values(org, kind, given)
    values |= derived(org, kind.name, values, None)
    if "OwnerId" in {one.name for one in kind.fields.values()}:
        values.setdefault("OwnerId", org.user_id)
    row = org.store.add(kind.name, kind.prefix, {**values, **_stamps(org, is_new=True), "IsDeleted": False})
    _late(org, row, None)
    _remember(org, row, {})
    if kind.name == "FieldPermissions" and row["PermissionsRead"]:
        org.settings.hidden.get(row["SobjectType"], []).remove(str(row["Field"]).partition(".")[2])
    return row


def update(org: Org, kind: Kind, row: Row, given: Given) -> Row:
    """Change a row; what is not named stays as it is."""
    _wait_for_lock(org, row.id)
    values = to_values(org, kind, {name: value for name, value in given.items() if name.lower() != "id"}, row)
    if kind.name == "Opportunity" and row["HasOpportunityLineItem"]:
        # The vendor says nothing: the sum of the lines is the amount.
        values.pop("Amount", None)
    before = dict(row.values)
    row.values = {**row.values, **values, **derived(org, kind.name, values, row), **_stamps(org, is_new=False)}
    _late(org, row, before)
    _remember(org, row, before)
    return row


def delete(org: Org, row: Row) -> None:
    """Into the bin, with what belongs to it; a contact role that is deleted by itself leaves no trace."""
    if row.kind == "OpportunityContactRole":
        org.store.remove(row)
        return
    row.values |= {"IsDeleted": True, **_stamps(org, is_new=False)}
    for (parent, _), (child, link) in schema.CHILDREN.items():
        if parent == row.kind == "Opportunity":
            for one in org.store.by(child, link, row.id):
                one.values |= {"IsDeleted": True, **_stamps(org, is_new=False)}


def undelete(org: Org, row: Row) -> None:
    """Out of the bin."""
    row.values |= {"IsDeleted": False, **_stamps(org, is_new=False)}


def merge(org: Org, winner: Row, loser: Row) -> None:
    """The loser is deleted and says who won; everything that hung at it hangs at the winner."""
    if winner.kind != loser.kind or winner.kind not in schema.MERGEABLE or winner is loser:
        raise VendorError("INVALID_OPERATION", f"{winner.kind} and {loser.kind} cannot be merged")
    for kind in org.kinds.values():
        for known in kind.fields.values():
            if winner.kind in known.targets and known.name != "MasterRecordId":
                for row in org.store.by(kind.name, known.name, loser.id):
                    row.values |= {known.name: winner.id, **_stamps(org, is_new=False)}
    stamps = _stamps(org, is_new=False)
    loser.values |= {"IsDeleted": True, "MasterRecordId": winner.id, **stamps}
    winner.values |= {n: v for n, v in loser.values.items() if winner[n] is None and n != "MasterRecordId"} | stamps


def _stamps(org: Org, *, is_new: bool) -> Values:
    moment = stamp(org.clock.now())
    found = {"LastModifiedDate": moment, "LastModifiedById": org.user_id, "SystemModstamp": moment}
    return {**found, "CreatedDate": moment, "CreatedById": org.user_id} if is_new else found


def _late(org: Org, row: Row, before: Values | None) -> None:
    """A commit that comes late: its stamp is of now, its readers see it afterwards."""
    if org.settings.late_seconds:
        row.before, row.shows_at = before, org.clock.now() + timedelta(seconds=org.settings.late_seconds)


def _wait_for_lock(org: Org, row_id: str) -> None:
    if org.settings.locked_writes > 0:
        org.settings.locked_writes -= 1
        message = f"unable to obtain exclusive access to this record or 1 records: {row_id}"
        raise VendorError("UNABLE_TO_LOCK_ROW", message)


def _remember(org: Org, row: Row, before: Values) -> None:
    """One row of history for each write that moves stage, amount, date or probability; one for each tracked field."""
    if row.kind != "Opportunity":
        return
    moved = [name for name in TRACKED if before.get(name) != row[name]]
    if any(before.get(name) != row[name] for name in IN_HISTORY):
        add_history(org, row, before)
    for name in moved if before else ():
        change = {
            "OpportunityId": row.id,
            "Field": name.removesuffix("Id"),
            "OldValue": before.get(name),
            "NewValue": row[name],
        }
        org.store.add("OpportunityFieldHistory", "017", {**change, **_stamps(org, is_new=True), "IsDeleted": False})


def add_history(org: Org, row: Row, before: Values) -> Row:
    """The row of history that a change leaves."""
    names = (
        "StageName",
        "Amount",
        "Probability",
        "ExpectedRevenue",
        "CloseDate",
        "ForecastCategory",
        "CurrencyIsoCode",
    )
    values: Values = {name: row[name] for name in names}
    values |= {"OpportunityId": row.id, "PrevAmount": before.get("Amount"), "PrevCloseDate": before.get("CloseDate")}
    return org.store.add("OpportunityHistory", "008", {**values, **_stamps(org, is_new=True), "IsDeleted": False})


def create_collection(org: Org, request: Request) -> Answer:
    """POST composite/sobjects."""
    return _each(org, request, lambda kind, given: (insert(org, kind, given), None))


def update_collection(org: Org, request: Request) -> Answer:
    """PATCH composite/sobjects: each record names its type and id."""

    def change(kind: Kind, given: Given) -> tuple[Row, None]:
        row_id = next((str(value) for name, value in given.items() if name.lower() == "id"), "")
        return update(org, kind, get(org, kind, row_id), given), None

    return _each(org, request, change)


def upsert_collection(org: Org, request: Request) -> Answer:
    """PATCH composite/sobjects/X/Field."""
    field = request.params["field"]

    def upsert(kind: Kind, given: Given) -> tuple[Row, bool]:
        value = next((v for name, v in given.items() if name.lower() == field.lower()), None)
        return _upsert(org, kind, field, value, {n: v for n, v in given.items() if n.lower() != field.lower()})

    return _each(org, request, upsert)


def delete_collection(org: Org, request: Request) -> Answer:
    """DELETE composite/sobjects?ids=…"""
    told = []
    for row_id in filter(None, request.first("ids").split(",")):
        try:
            kind = org.kind_of_id(row_id)
            delete(org, get(org, kind or org.kind("", status=400), row_id))
            told.append({"id": row_id, "success": True, "errors": []})
        except VendorError as error:
            told.append({"id": row_id, "success": False, "errors": [error.in_row()]})
    return to_json(told)


def _each(org: Org, request: Request, do: Callable[[Kind, Given], tuple[Row, bool | None]]) -> Answer:
    """Every record on its own; with `allOrNone` one that fails undoes the others."""
    body = request.json()
    records = body.get("records")
    if not isinstance(records, list) or len(records) > AT_ONCE:
        raise VendorError("INVALID_INPUT", f"records must be a list of at most {AT_ONCE}")
    together = bool(body.get("allOrNone"))
    kept = {k: {row.id: dict(row.values) for row in org.store.all(k)} for k in (org.store.rows if together else ())}
    told: list[Given] = []
    for given in records:
        try:
            row, is_new = do(org.kind(str((given.get("attributes") or {}).get("type")), status=400), given)
            more = {} if is_new is None else {"created": is_new}
            told.append({"id": row.id, "success": True, "errors": [], **more})
        except VendorError as error:
            told.append({"success": False, "errors": [error.in_row()]})
    if together and not all(one["success"] for one in told):
        _undo(org, kept)
        rolled = VendorError(
            "ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back because not all records were valid"
        )
        told = [{"success": False, "errors": [rolled.in_row()]} if one["success"] else one for one in told]
    return to_json(told)


def _undo(org: Org, kept: dict[str, dict[str, Values]]) -> None:
    for kind, rows in org.store.rows.items():
        org.store.rows[kind] = {row_id: row for row_id, row in rows.items() if row_id in kept.get(kind, {})}
        for row_id, row in org.store.rows[kind].items():
            row.values = kept[kind][row_id]
