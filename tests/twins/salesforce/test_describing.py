"""Descriptions, deletions, changes and limits; held to the vendor's own descriptions where those are at hand."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from auctor.twins.salesforce import schema
from tests.twins.doors import Door

DATA = "/services/data/v59.0"
# Beside the repository; where it is not, there is nothing to compare with and these tests are empty.
SPECS = Path(__file__).resolve().parents[4] / "shared" / "specs" / "salesforce"
DESCRIBED = sorted(SPECS.glob("describe/*.json"))
COMPARED = [path for path in DESCRIBED if path.stem.lower() in schema.kinds()]
# The organisation of that description had no currencies and no record types for these.
OF_OURS = {"CurrencyIsoCode", "RecordTypeId"}


class TestDescribe:
    @pytest.mark.parametrize("path", COMPARED, ids=lambda path: path.stem)
    def test_says_of_each_field_what_the_vendor_says(self, app: httpx2.Client, path: Path) -> None:
        theirs = json.loads(path.read_text(encoding="utf-8"))
        ours = app.get(f"{DATA}/sobjects/{path.stem}/describe").json()
        assert ours["keyPrefix"] == theirs["keyPrefix"]
        assert set(ours) <= set(theirs)
        known = {one["name"]: one for one in theirs["fields"]}
        for one in ours["fields"]:
            if one["name"] not in OF_OURS:
                its = known[one["name"]]
                assert set(one) <= set(its)
                for flag in ("type", "createable", "updateable", "soapType"):
                    assert one[flag] == its[flag], (one["name"], flag)

    @pytest.mark.parametrize("kind", sorted(kind.name for kind in schema.kinds().values()))
    def test_names_fields_that_the_descriptions_know(self, kind: str) -> None:
        for known in strict_fields(kind):
            missing = {one.name for one in schema.kinds()[kind.lower()].fields.values()} - known - OF_OURS
            assert not missing

    def test_has_no_currencies_where_there_is_one(self, salesforce: Door, app: httpx2.Client) -> None:
        salesforce.act("settings", is_multi_currency=False)
        answer = app.get(f"{DATA}/query", params={"q": "SELECT CurrencyIsoCode FROM Opportunity"})
        objects = {one["name"] for one in app.get(f"{DATA}/sobjects").json()["sobjects"]}
        salesforce.act("settings", is_multi_currency=True)
        assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
        assert "CurrencyType" not in objects

    def test_is_read_by_the_vendors_client(self, sdk: Any) -> None:
        stage = next(one for one in sdk.Opportunity.describe()["fields"] if one["name"] == "StageName")
        assert "Discovery" in {one["value"] for one in stage["picklistValues"]}


def strict_fields(kind: str) -> list[set[str]]:
    """The properties that the vendor's description has for an object; none where it is not at hand."""
    path = SPECS / "salesforce-sobjects-v59-strict.json"
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"].get(f"{kind}SObject")
    return [set(found["properties"])] if found else []


class TestDeleted:
    def test_tells_of_fifteen_days(self, salesforce: Door, app: httpx2.Client) -> None:
        row = salesforce.act("create", type="Account", values={"Name": "Gone Ltd"})["Id"]
        salesforce.act("delete", id=row)
        span = {"start": "2026-02-20T00:00:00+00:00", "end": "2026-03-30T00:00:00+00:00"}
        told = app.get(f"{DATA}/sobjects/Account/deleted", params=span).json()
        assert row in {one["id"] for one in told["deletedRecords"]}
        assert set(told) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
        early = app.get(f"{DATA}/sobjects/Account/deleted", params=span | {"start": "2026-02-01T00:00:00+00:00"})
        assert early.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"


class TestUpdated:
    def test_tells_ids(self, salesforce: Door, app: httpx2.Client) -> None:
        row = salesforce.act("create", type="Account", values={"Name": "New Ltd"})["Id"]
        span = {"start": "2026-03-02T08:00:00+00:00", "end": "2026-03-30T00:00:00+00:00"}
        assert row in app.get(f"{DATA}/sobjects/Account/updated", params=span).json()["ids"]


class TestCreateField:
    def test_is_seen_only_with_its_permission(self, app: httpx2.Client) -> None:
        body: dict[str, Any] = {
            "FullName": "Opportunity.Risk_Score__c",
            "Metadata": {"type": "Number", "label": "Risk score", "precision": 3, "scale": 0},
        }
        address = f"{DATA}/tooling/sobjects/CustomField"
        assert app.post(address, json=body).status_code == 201
        assert app.post(address, json=body).json()[0]["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
        text = {"q": "SELECT Risk_Score__c FROM Opportunity LIMIT 1"}
        assert app.get(f"{DATA}/query", params=text).json()[0]["errorCode"] == "INVALID_FIELD"
        sets = app.get(f"{DATA}/query", params={"q": "SELECT Id FROM PermissionSet"}).json()["records"]
        permission = {
            "ParentId": sets[0]["Id"],
            "SobjectType": "Opportunity",
            "Field": "Opportunity.Risk_Score__c",
            "PermissionsRead": True,
            "PermissionsEdit": True,
        }
        assert app.post(f"{DATA}/sobjects/FieldPermissions", json=permission).status_code == 201
        assert app.get(f"{DATA}/query", params=text).status_code == 200


class TestCountRecords:
    def test_counts_as_the_recorded_answer_does(self, app: httpx2.Client) -> None:
        told = app.get(f"{DATA}/limits/recordCount", params={"sObjects": "Account"}).json()
        assert set(told["sObjects"][0]) == {"count", "name"}
