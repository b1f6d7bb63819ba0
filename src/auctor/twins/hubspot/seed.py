"""The demo company as it would stand in a HubSpot account."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from auctor.twins.company import tables
from auctor.twins.hubspot import engagements
from auctor.twins.hubspot.portal import Portal
from auctor.twins.hubspot.schema import Property
from auctor.twins.hubspot.store import Editor, Record, Version, stamp
from auctor.twins.hubspot.validating import stage_values

Row = dict[str, str]
ROLES = {"champion": "Champion", "decision maker": "Decision maker", "economic buyer": "Budget holder",
         "influencer": "Influencer", "end user": "End user"}  # fmt: skip
FORECASTS = {"pipeline": "PIPELINE", "best case": "BEST_CASE", "commit": "COMMIT"}
# What the company's fields are called here.
NAMES = {"stage": "dealstage", "close_date": "closedate", "amount": "amount", "owner": "hubspot_owner_id",
         "forecast_category": "hs_manual_forecast_category", "next_step": "hs_next_step",
         "custom.source": "source"}  # fmt: skip


def fill(portal: Portal, *, seed: int, deals: int) -> None:
    """Write owners, pipelines, companies, contacts, deals with their past, and engagements."""
    company = tables.build(portal.clock.now(), seed=seed, deals=deals)
    owners = _owners(portal, company["owners"])
    _pipelines(portal, company["stages"])
    _own_properties(portal)
    companies = {row["company_id"]: _company(portal, row) for row in company["companies"]}
    contacts = {row["contact_id"]: _contact(portal, row, companies) for row in company["contacts"]}
    changes: dict[str, list[Row]] = {}
    for row in company["deal_changes"]:
        changes.setdefault(row["deal_id"], []).append(row)
    found = {r["deal_id"]: _deal(portal, r, changes[r["deal_id"]], owners) for r in company["deals"]}
    _links(portal, company, found, companies, contacts)
    engagements.fill(portal, company, owners=owners, deals=found, contacts=contacts)


def _owners(portal: Portal, rows: list[Row]) -> dict[str, str]:
    for place, row in enumerate(rows):
        first, last = row["name"].split(" ", 1)
        is_active = row["active"] == "true"
        user = 9_100_001 + place
        portal.owners.append(
            {
                "id": str(81_000_001 + place), "email": row["email"], "type": "PERSON", "firstName": first,
                "lastName": last, "userId": user if is_active else None, "userIdIncludingInactive": user,
                "createdAt": "2021-02-01T08:00:00.000Z", "updatedAt": "2024-02-01T08:00:00.000Z",
                "archived": not is_active, "teams": [],
            }
        )  # fmt: skip
    return {row["owner_id"]: str(81_000_001 + place) for place, row in enumerate(rows)}


def _pipelines(portal: Portal, rows: list[Row]) -> None:
    """Ids are the vendor's own and say nothing, but the first pipeline is called `default` everywhere."""
    found: dict[str, dict[str, object]] = {}
    stamps = {"createdAt": "2021-02-01T08:00:00.000Z", "updatedAt": "2023-05-01T08:00:00.000Z", "archived": False}
    for row in rows:
        pipeline = found.setdefault(
            row["pipeline_id"],
            {"id": pipeline_id(row["pipeline_id"]), "label": row["pipeline"], "displayOrder": len(found), "stages": []},
        )
        pipeline.update(stamps)
        closed = row["category"] in ("won", "lost")
        metadata = {"isClosed": str(closed).lower(), "probability": str(float(row["default_probability"]))}
        stages = pipeline["stages"]
        assert isinstance(stages, list)
        stages.append({"id": row["stage_id"], "label": row["stage"], "displayOrder": len(stages),
                       "metadata": metadata, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", **stamps})  # fmt: skip
        name = f"hs_v2_date_entered_{row['stage_id']}"
        label = f"Date entered {row['stage']}"
        portal.properties["deals"][name] = Property(name, label, "datetime", "date", is_read_only=True)
    portal.pipelines["deals"] = list(found.values())


def pipeline_id(ours: str) -> str:
    """The vendor's id of one of the company's pipelines."""
    return "default" if ours == "new" else f"pipeline-{ours}"


def _own_properties(portal: Portal) -> None:
    portal.properties["deals"]["source"] = Property(
        "source", "Source", "enumeration", "select", group="dealinformation",
        options=("inbound", "outbound", "partner", "event"), is_ours=False,
    )  # fmt: skip


def _company(portal: Portal, row: Row) -> Record:
    values = {"name": row["name"], "domain": row["domains"], "country": row["country"],
              "numberofemployees": row["employees"]}  # fmt: skip
    return portal.store.add("companies", values, _long_ago(portal))


def _contact(portal: Portal, row: Row, companies: dict[str, Record]) -> Record:
    first, last = row["name"].split(" ", 1)
    values = {"firstname": first, "lastname": last, "email": row["email"], "jobtitle": row["title"],
              "phone": row["phone"]}  # fmt: skip
    record = portal.store.add("contacts", {n: v for n, v in values.items() if v}, _long_ago(portal))
    portal.store.links.add("contacts", record.id, "companies", companies[row["company_id"]].id)
    return record


def _long_ago(portal: Portal) -> Editor:
    now = portal.clock.now()
    return Editor(now.replace(year=now.year - 3, month=1, day=15, hour=8))


def _deal(portal: Portal, row: Row, changes: list[Row], owners: dict[str, str]) -> Record:
    """The record stands where its history ends; every change is a version with its moment."""
    made_at = datetime.fromisoformat(row["created_at"])
    values = {
        "dealname": row["name"],
        "pipeline": pipeline_id(row["pipeline_id"]),
        "deal_currency_code": row["currency"],
    }
    record = portal.store.add("deals", values, Editor(made_at))
    for change in changes:
        at = datetime.fromisoformat(change["changed_at"])
        value = _value(portal, change["field"], change["new"], owners)
        record.history.setdefault(NAMES[change["field"]], []).append(Version(value, at, source_id="userId:9100001"))
        if change["field"] == "stage":
            for name, derived in stage_values(portal, value, stamp(at)).items():
                record.values[name] = derived
        portal.store.touch(record, at)
    return record


def _value(portal: Portal, field: str, value: str, owners: dict[str, str]) -> str:
    """A close date is the midnight of the account's own zone, which is the day before in UTC."""
    if field == "close_date":
        zone = ZoneInfo(portal.settings.time_zone)
        return stamp(datetime.combine(date.fromisoformat(value), time(), zone))
    if field == "owner":
        return owners[value]
    return FORECASTS[value] if field == "forecast_category" else value


def _links(
    portal: Portal,
    company: tables.Tables,
    deals: dict[str, Record],
    companies: dict[str, Record],
    contacts: dict[str, Record],
) -> None:
    links = portal.store.links
    labels = {role: links.make_label("deals", "contacts", name) for role, name in ROLES.items()}
    for row in company["deals"]:
        links.add("deals", deals[row["deal_id"]].id, "companies", companies[row["company_id"]].id,
                  ("HUBSPOT_DEFINED", 5))  # fmt: skip
    for row in company["deal_contacts"]:
        label = ("USER_DEFINED", labels[row["role"]].there) if row["role"] else None
        links.add("deals", deals[row["deal_id"]].id, "contacts", contacts[row["contact_id"]].id, label)
