"""Owners, pipelines, properties, details."""

from typing import Any

import httpx2
from hubspot import HubSpot

from tests.twins.doors import Door

PROPERTIES = "/crm/properties/2026-03/deals"
SCORE = {
    "name": "risk_score",
    "label": "Risk score",
    "type": "number",
    "fieldType": "number",
    "groupName": "dealinformation",
}


class TestListOwners:
    def test_keeps_those_who_left_apart(self, app: httpx2.Client) -> None:
        here = app.get("/crm/owners/2026-03").json()["results"]
        left = app.get("/crm/owners/2026-03", params={"archived": "true"}).json()["results"]
        assert (len(here), len(left)) == (7, 1)
        assert left[0]["userId"] is None
        assert left[0]["userIdIncludingInactive"]

    def test_is_read_by_the_vendors_client(self, hubspot: Door) -> None:
        client = HubSpot(access_token=hubspot.act("private-app")["token"], host=hubspot.address)
        owners: Any = client.crm.owners.owners_api.get_page(limit=3)
        assert len(owners.results) == 3
        assert owners.results[0].email.endswith(".example")
        pipelines: Any = client.crm.pipelines.pipelines_api.get_all(object_type="deals")
        assert "default" in {one.id for one in pipelines.results}


class TestCreateProperty:
    def test_is_refused_twice_and_restored_with_its_values(self, fresh: Door) -> None:
        with fresh.as_app(fresh.act("private-app")["token"]) as app:
            assert app.post(PROPERTIES, json=SCORE).status_code == 201
            again = app.post(PROPERTIES, json=SCORE)
            assert (again.status_code, again.json()["errorType"]) == (409, "PROPERTY_WITH_NAME_EXISTS")
            deal = app.get("/crm/objects/2026-03/deals").json()["results"][0]["id"]
            address = f"/crm/objects/2026-03/deals/{deal}"
            app.patch(address, json={"properties": {"risk_score": "87"}})
            assert app.delete(f"{PROPERTIES}/risk_score").status_code == 204
            asked = {"properties": "risk_score"}
            assert "risk_score" not in app.get(address, params=asked).json()["properties"]
            assert app.post(PROPERTIES, json=SCORE).status_code == 201
            assert app.get(address, params=asked).json()["properties"]["risk_score"] == "87"

    def test_says_what_is_missing(self, app: httpx2.Client) -> None:
        refused = app.post(PROPERTIES, json={"name": "x"})
        assert refused.status_code == 400
        assert "groupName" in refused.json()["message"]


class TestDetails:
    def test_tell_zone_and_currency(self, app: httpx2.Client) -> None:
        told = app.get("/account-info/2026-03/details").json()
        assert (told["timeZone"], told["companyCurrency"], told["utcOffset"]) == ("Europe/Berlin", "EUR", "+01:00")


class TestListPipelines:
    def test_shows_a_stage_that_was_renamed(self, fresh: Door) -> None:
        with fresh.as_app(fresh.act("private-app")["token"]) as app:
            fresh.act("stage", pipeline="default", id="new-propose", label="Offer", displayOrder=9)
            stages = app.get("/crm/pipelines/2026-03/deals/default/stages").json()["results"]
            assert (stages[-1]["id"], stages[-1]["label"]) == ("new-propose", "Offer")
            assert stages[0]["metadata"] == {"isClosed": "false", "probability": "0.1"}
