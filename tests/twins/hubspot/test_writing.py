"""Writes through the API: what is let in, row by row."""

from typing import Any

import httpx2
import pytest
from hubspot import HubSpot
from hubspot.crm.objects.tasks import SimplePublicObjectInputForCreate

from tests.twins.doors import Door

OBJECTS = "/crm/objects/2026-03"


def create(app: httpx2.Client, kind: str, **values: str) -> httpx2.Response:
    return app.post(f"{OBJECTS}/{kind}", json={"properties": values, "associations": []})


class TestCreateObject:
    def test_ties_a_task_by_its_type_id(self, hubspot: Door, app: httpx2.Client) -> None:
        deal = hubspot.act("create", type="deals", properties={"dealname": "With task"})["id"]
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 216}]
        values = {"hs_timestamp": "1772442000000", "hs_task_subject": "Call"}
        made = app.post(
            f"{OBJECTS}/tasks", json={"properties": values, "associations": [{"to": {"id": deal}, "types": types}]}
        )
        assert made.status_code == 201
        assert made.json()["properties"]["hs_timestamp"] == "2026-03-02T09:00:00.000Z"
        tied = app.get(f"{OBJECTS}/deals/{deal}/associations/tasks").json()["results"]
        assert [one["toObjectId"] for one in tied] == [made.json()["id"]]

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"dealname": "x", "no_such": "1"}, "PROPERTY_DOESNT_EXIST"),
            ({"dealname": "x", "hs_is_closed": "true"}, "READ_ONLY_VALUE"),
            ({"dealname": "x", "amount": "much"}, "INVALID_INTEGER"),
            ({"dealname": "x", "closedate": "soon"}, "INVALID_LONG"),
            ({"dealname": "x", "dealtype": "odd"}, "INVALID_OPTION"),
            ({"dealname": "x", "dealstage": "renew-won", "pipeline": "default"}, "INVALID_OPTION"),
            ({"amount": "1"}, "MISSING_REQUIRED_PROPERTY"),
        ],
    )
    def test_refuses(self, app: httpx2.Client, values: dict[str, str], code: str) -> None:
        answer = create(app, "deals", **values)
        assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
        assert [one["code"] for one in answer.json()["errors"]] == [code]

    def test_obeys_the_administrator(self, hubspot: Door, app: httpx2.Client) -> None:
        hubspot.act("settings", required={"deals": ["dealtype"]})
        refused = create(app, "deals", dealname="x")
        hubspot.act("settings", required={})
        assert refused.json()["errors"][0]["context"] == {"propertyName": ["dealtype"]}
        assert create(app, "deals", dealname="x").status_code == 201

    def test_refuses_a_second_contact_of_one_address(self, app: httpx2.Client) -> None:
        first = create(app, "contacts", email="twice@write.example")
        second = create(app, "contacts", email="TWICE@write.example")
        assert (second.status_code, second.json()["category"]) == (409, "CONFLICT")
        assert first.json()["id"] in second.json()["message"]

    def test_is_driven_by_the_vendors_client(self, hubspot: Door) -> None:
        client = HubSpot(access_token=hubspot.act("private-app")["token"], host=hubspot.address)
        body = SimplePublicObjectInputForCreate(
            properties={"hs_timestamp": "2026-03-02T09:00:00Z", "hs_task_subject": "Call"}, associations=[]
        )
        made: Any = client.crm.objects.tasks.basic_api.create(simple_public_object_input_for_create=body)
        assert made.properties["hs_task_subject"] == "Call"
        client.crm.objects.tasks.basic_api.archive(task_id=made.id)


class TestUpdateObject:
    def test_marks_its_source_and_moves_the_date(self, hubspot: Door, app: httpx2.Client) -> None:
        deal = hubspot.act("create", type="deals", properties={"dealname": "A", "amount": "1"})["id"]
        hubspot.control("POST", "clock", {"advance": 5})
        answer = app.patch(f"{OBJECTS}/deals/{deal}", json={"properties": {"amount": "2"}}).json()
        assert answer["properties"]["hs_lastmodifieddate"] > answer["properties"]["createdate"]
        asked = {"propertiesWithHistory": "amount"}
        history = app.get(f"{OBJECTS}/deals/{deal}", params=asked).json()["propertiesWithHistory"]["amount"]
        assert [(one["value"], one["sourceType"]) for one in history] == [("2", "INTEGRATION"), ("1", "CRM_UI")]

    def test_that_changes_nothing_moves_nothing(self, hubspot: Door, app: httpx2.Client) -> None:
        made = hubspot.act("create", type="deals", properties={"dealname": "Same"})
        hubspot.control("POST", "clock", {"advance": 5})
        answer = app.patch(f"{OBJECTS}/deals/{made['id']}", json={"properties": {"dealname": "Same"}}).json()
        assert answer["properties"]["hs_lastmodifieddate"] == made["properties"]["hs_lastmodifieddate"]

    def test_closes_a_deal_with_its_stage(self, hubspot: Door, app: httpx2.Client) -> None:
        deal = hubspot.act("create", type="deals", properties={"dealname": "Won", "dealstage": "new-propose"})["id"]
        app.patch(f"{OBJECTS}/deals/{deal}", json={"properties": {"dealstage": "new-won"}})
        asked = {"properties": "hs_is_closed_won,hs_v2_date_entered_new-won"}
        values = app.get(f"{OBJECTS}/deals/{deal}", params=asked).json()["properties"]
        assert values["hs_is_closed_won"] == "true"
        assert values["hs_v2_date_entered_new-won"]


class TestUpdateBatch:
    def test_lets_each_row_stand_or_fall_alone(self, hubspot: Door, app: httpx2.Client) -> None:
        one, two = (hubspot.act("create", type="deals", properties={"dealname": name})["id"] for name in "AB")
        rows = [{"id": one, "properties": {"amount": "5"}}, {"id": two, "properties": {"amount": "much"}}]
        answer = app.post(f"{OBJECTS}/deals/batch/update", json={"inputs": rows})
        assert (answer.status_code, answer.json()["numErrors"]) == (207, 1)
        assert [row["id"] for row in answer.json()["results"]] == [one]
        assert answer.json()["errors"][0]["context"] == {"ids": [two]}
        many = [{"id": one, "properties": {}}] * 101
        assert app.post(f"{OBJECTS}/deals/batch/update", json={"inputs": many}).status_code == 400


class TestUpsertBatch:
    def test_makes_once(self, app: httpx2.Client) -> None:
        row = {"id": "once@write.example", "idProperty": "email", "properties": {"firstname": "Once"}}
        first, second = (
            app.post(f"{OBJECTS}/contacts/batch/upsert", json={"inputs": [row]}).json()["results"][0] for _ in range(2)
        )
        assert (first["id"], first["new"], second["new"]) == (second["id"], True, False)
