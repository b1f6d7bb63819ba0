"""The demo company as it would stand in a Salesforce organisation."""

from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from auctor.twins.company import tables
from auctor.twins.salesforce import activities
from auctor.twins.salesforce.checking import derived
from auctor.twins.salesforce.org import Org
from auctor.twins.salesforce.planting import add, long_ago
from auctor.twins.salesforce.store import Row, Values, stamp
from auctor.twins.salesforce.writing import TRACKED, add_history

Line = dict[str, str]
FORECASTS = {"open": ("Pipeline", "Pipeline"), "won": ("Closed", "Closed"), "lost": ("Omitted", "Omitted")}
CATEGORIES = {"pipeline": "Pipeline", "best case": "Best Case", "commit": "Commit"}
NAMES = {"stage": "StageName", "amount": "Amount", "close_date": "CloseDate", "owner": "OwnerId",
         "next_step": "NextStep", "forecast_category": "ForecastCategoryName",
         "custom.source": "LeadSource"}  # fmt: skip


def fill(org: Org, *, seed: int, deals: int) -> None:
    """Write users, stages, accounts, contacts, opportunities with their past, roles and activities."""
    company = tables.build(org.clock.now(), seed=seed, deals=deals)
    users = _users(org, company["owners"])
    stages = _stages(org, company["stages"])
    types = _record_types(org, company["stages"])
    accounts = {row["company_id"]: _account(org, row) for row in company["companies"]}
    contacts = {row["contact_id"]: _contact(org, row, accounts) for row in company["contacts"]}
    changes = {key: list(rows) for key, rows in groupby(company["deal_changes"], key=lambda row: row["deal_id"])}
    found = {}
    for row in company["deals"]:
        base = {
            "Name": row["name"], "AccountId": accounts[row["company_id"]].id,
            "RecordTypeId": types[row["pipeline_id"]], "CurrencyIsoCode": row["currency"],
            "HasOpportunityLineItem": False,
        }  # fmt: skip
        past = [_change(line, users, stages) for line in changes[row["deal_id"]]]
        found[row["deal_id"]] = _opportunity(org, base, past, datetime.fromisoformat(row["created_at"]))
    _roles(org, company["deal_contacts"], found, contacts)
    activities.fill(org, company, users=users, deals=found, contacts=contacts)


def _users(org: Org, rows: list[Line]) -> dict[str, str]:
    begin = long_ago(org)
    org_values = {
        "Name": tables.OUR_NAME, "TimeZoneSidKey": "Europe/Berlin", "LanguageLocaleKey": "en_US",
        "DefaultLocaleSidKey": "en_IE_EURO", "OrganizationType": "Enterprise Edition", "IsSandbox": False,
        "InstanceName": "TWIN1", "FiscalYearStartMonth": 1, "Country": "DE",
    }  # fmt: skip
    add(org, "Organization", org_values, begin)
    add(org, "PermissionSet", {"Name": "Integration", "Label": "Integration"}, begin)
    found = {}
    for row in rows:
        first, last = row["name"].split(" ", 1)
        values = {
            "Username": row["email"], "Name": row["name"], "FirstName": first, "LastName": last, "Email": row["email"],
            "IsActive": row["active"] == "true", "UserType": "Standard", "TimeZoneSidKey": "Europe/Berlin",
            "LocaleSidKey": "en_IE_EURO", "CurrencyIsoCode": "EUR",
        }  # fmt: skip
        found[row["owner_id"]] = add(org, "User", values, begin).id
    org.user_id = next(iter(found.values()))
    day = begin.date().isoformat()
    for code, rate in tables.RATES.items():
        rates = {"IsoCode": code, "ConversionRate": rate}
        add(org, "CurrencyType", {**rates, "DecimalPlaces": 2, "IsActive": True, "IsCorporate": code == "EUR"}, begin)
        add(org, "DatedConversionRate", {**rates, "StartDate": day, "NextStartDate": "9999-12-31"}, begin)
    return found


def _stages(org: Org, rows: list[Line]) -> dict[str, str]:
    """Stages have one list for all pipelines here: those of one name are one stage."""
    found: dict[str, str] = {}
    for row in rows:
        if row["stage"] not in found.values():
            forecast, name = FORECASTS[row["category"]]
            values = {
                "MasterLabel": row["stage"], "ApiName": row["stage"], "IsActive": True, "SortOrder": len(found) + 1,
                "IsClosed": row["category"] != "open", "IsWon": row["category"] == "won", "ForecastCategory": forecast,
                "ForecastCategoryName": name, "DefaultProbability": float(row["default_probability"]) * 100,
            }  # fmt: skip
            add(org, "OpportunityStage", values, long_ago(org))
        found[row["stage_id"]] = row["stage"]
    return found


def _record_types(org: Org, rows: list[Line]) -> dict[str, str]:
    names = {row["pipeline_id"]: row["pipeline"] for row in rows}
    return {
        key: add(
            org, "RecordType",
            {"Name": name, "DeveloperName": name.replace(" ", "_"), "SobjectType": "Opportunity", "IsActive": True},
            long_ago(org),
        ).id
        for key, name in names.items()
    }  # fmt: skip


def _account(org: Org, row: Line) -> Row:
    values = {"Name": row["name"], "Website": row["domains"], "BillingCountry": row["country"],
              "NumberOfEmployees": int(row["employees"]), "OwnerId": org.user_id, "CurrencyIsoCode": "EUR"}  # fmt: skip
    return add(org, "Account", values, long_ago(org))


def _contact(org: Org, row: Line, accounts: dict[str, Row]) -> Row:
    first, last = row["name"].split(" ", 1)
    values = {
        "AccountId": accounts[row["company_id"]].id, "FirstName": first, "LastName": last, "Name": row["name"],
        "Email": row["email"], "Title": row["title"] or None, "Phone": row["phone"] or None, "OwnerId": org.user_id,
    }  # fmt: skip
    return add(org, "Contact", values, long_ago(org))


def _change(line: Line, users: dict[str, str], stages: dict[str, str]) -> tuple[datetime, str, str, Any]:
    """(moment, who, field, value)."""
    name, value = NAMES[line["field"]], line["new"]
    readers: dict[str, Any] = {
        "stage": stages.__getitem__, "amount": float, "owner": users.__getitem__,
        "forecast_category": CATEGORIES.__getitem__, "close_date": lambda text: date.fromisoformat(text).isoformat(),
    }  # fmt: skip
    at = datetime.fromisoformat(line["changed_at"]).astimezone(UTC)
    return at, users[line["actor"]], name, readers.get(line["field"], str)(value)


def _opportunity(org: Org, base: Values, past: list[tuple[datetime, str, str, Any]], made_at: datetime) -> Row:
    """Play the past through: every moment of change leaves its history."""
    row = add(org, "Opportunity", base, made_at, past[0][1])
    for at, edits in groupby(past, key=lambda change: change[0]):
        before, several = dict(row.values), list(edits)
        values = {name: value for _, _, name, value in several}
        moment, who = stamp(at), several[0][1]
        row.values |= {**values, **derived(org, "Opportunity", values, row)}
        row.values |= {"LastModifiedDate": moment, "LastModifiedById": who, "SystemModstamp": moment}
        if "StageName" in values:
            row.values["LastStageChangeDate"] = moment
        _leave_history(org, row, before, moment, who)
    return row


def _leave_history(org: Org, row: Row, before: Values, moment: str, who: str) -> None:
    stamps = {"CreatedDate": moment, "CreatedById": who, "SystemModstamp": moment, "LastModifiedDate": moment}
    if any(before.get(name) != row[name] for name in ("StageName", "Amount", "CloseDate", "Probability")):
        add_history(org, row, before).values |= stamps
    for name in TRACKED:
        if before.get(name) is not None and before[name] != row[name]:
            values = {"OpportunityId": row.id, "Field": name.removesuffix("Id"), "OldValue": before[name]}
            history = {**values, "NewValue": row[name], "IsDeleted": False, **stamps}
            org.store.add("OpportunityFieldHistory", "017", history)


def _roles(org: Org, rows: list[Line], deals: dict[str, Row], contacts: dict[str, Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        deal = deals[row["deal_id"]].id
        values = {"OpportunityId": deal, "ContactId": contacts[row["contact_id"]].id,
                  "Role": row["role"].capitalize() or None, "IsPrimary": deal not in seen}  # fmt: skip
        seen.add(deal)
        add(org, "OpportunityContactRole", values, datetime.fromisoformat(row["from"]))
