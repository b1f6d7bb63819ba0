"""Writes through the API: what is let in, what follows, what is undone."""

from typing import Any

import httpx2
import pytest

from tests.twins.doors import Door

DATA = "/services/data/v59.0"
DEAL = {"Name": "Tank", "StageName": "Discovery", "CloseDate": "2026-06-30"}


def make(app: httpx2.Client, kind: str, **values: Any) -> str:
    answer = app.post(f"{DATA}/sobjects/{kind}", json=values)
    assert answer.status_code == 201, answer.text
    row_id: str = answer.json()["id"]
    return row_id


def read(app: httpx2.Client, kind: str, row_id: str) -> dict[str, Any]:
    found: dict[str, Any] = app.get(f"{DATA}/sobjects/{kind}/{row_id}").json()
    return found


def query(app: httpx2.Client, text: str, way: str = "query") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = app.get(f"{DATA}/{way}", params={"q": text}).json()["records"]
    return found


class TestCreateRecord:
    def test_sets_what_follows_from_the_stage(self, app: httpx2.Client) -> None:
        row = read(app, "Opportunity", make(app, "Opportunity", **DEAL, Amount=1000))
        assert (row["Probability"], row["IsClosed"], row["ExpectedRevenue"]) == (25.0, False, 250.0)
        assert (row["FiscalYear"], row["FiscalQuarter"]) == (2026, 2)
        assert len(row["Id"]) == 18

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"StageName": None}, "REQUIRED_FIELD_MISSING"),
            ({"Nothing": 1}, "INVALID_FIELD"),
            ({"IsWon": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
            ({"CloseDate": "soon"}, "JSON_PARSER_ERROR"),
            ({"Amount": "much"}, "JSON_PARSER_ERROR"),
            ({"NextStep": "x" * 256}, "STRING_TOO_LONG"),
            ({"AccountId": "001000000000000"}, "MALFORMED_ID"),
        ],
    )
    def test_refuses(self, app: httpx2.Client, wrong: dict[str, Any], code: str) -> None:
        answer = app.post(f"{DATA}/sobjects/Opportunity", json={**DEAL, **wrong})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)

    def test_obeys_the_rules_of_the_organisation(self, salesforce: Door, app: httpx2.Client) -> None:
        salesforce.act("settings", rules={"Opportunity": {"NextStep": "Say what comes next."}})
        refused = app.post(f"{DATA}/sobjects/Opportunity", json=DEAL)
        salesforce.act("settings", rules={})
        assert refused.json()[0]["errorCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        assert refused.json()[0]["message"] == "Say what comes next."

    def test_meets_a_lock(self, salesforce: Door, app: httpx2.Client) -> None:
        salesforce.act("settings", locked_writes=1)
        assert app.post(f"{DATA}/sobjects/Opportunity", json=DEAL).json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
        assert app.post(f"{DATA}/sobjects/Opportunity", json=DEAL).status_code == 201

    def test_is_driven_by_the_vendors_client(self, sdk: Any) -> None:
        made = sdk.Opportunity.create(DEAL)
        assert made["success"] is True
        assert sdk.Opportunity.update(made["id"], {"NextStep": "Call"}) == 204
        assert sdk.Opportunity.get(made["id"])["NextStep"] == "Call"
        assert sdk.Opportunity.delete(made["id"]) == 204


class TestUpdateRecord:
    def test_leaves_history(self, app: httpx2.Client) -> None:
        deal = make(app, "Opportunity", **DEAL, Amount=100)
        assert app.patch(f"{DATA}/sobjects/Opportunity/{deal}", json={"Amount": 90}).status_code == 204
        assert app.patch(f"{DATA}/sobjects/Opportunity/{deal}", json={"NextStep": "Call"}).status_code == 204
        rows = query(
            app, f"SELECT Amount, PrevAmount FROM OpportunityHistory WHERE OpportunityId = '{deal}' ORDER BY Id"
        )
        assert [(row["Amount"], row["PrevAmount"]) for row in rows] == [(100.0, None), (90.0, 100.0)]
        fields = query(app, f"SELECT Field, NewValue FROM OpportunityFieldHistory WHERE OpportunityId = '{deal}'")
        assert {row["Field"] for row in fields} == {"Amount", "NextStep"}

    def test_ignores_the_amount_where_there_are_lines(self, salesforce: Door, app: httpx2.Client) -> None:
        deal = make(app, "Opportunity", **DEAL, Amount=100)
        salesforce.act("edit", id=deal, raw={"HasOpportunityLineItem": True})
        assert app.patch(f"{DATA}/sobjects/Opportunity/{deal}", json={"Amount": 1}).status_code == 204
        assert read(app, "Opportunity", deal)["Amount"] == 100.0

    def test_comes_late_to_readers(self, salesforce: Door, app: httpx2.Client) -> None:
        deal = make(app, "Opportunity", **DEAL)
        salesforce.act("settings", late_seconds=60)
        app.patch(f"{DATA}/sobjects/Opportunity/{deal}", json={"Name": "Late"})
        salesforce.act("settings", late_seconds=0)
        assert read(app, "Opportunity", deal)["Name"] == "Tank"
        before = salesforce.control("GET", "clock")["now"]
        salesforce.control("POST", "clock", {"advance": 60})
        late = read(app, "Opportunity", deal)
        assert late["Name"] == "Late"
        assert late["SystemModstamp"] <= before

    def test_of_a_hidden_field_is_refused_as_unknown(self, salesforce: Door, app: httpx2.Client) -> None:
        deal = make(app, "Opportunity", **DEAL)
        salesforce.act("field", type="Opportunity", name="NextStep", hidden=True)
        refused = app.patch(f"{DATA}/sobjects/Opportunity/{deal}", json={"NextStep": "x"})
        asked = app.get(f"{DATA}/query", params={"q": "SELECT NextStep FROM Opportunity"})
        told = app.get(f"{DATA}/sobjects/Opportunity/describe").json()
        salesforce.act("field", type="Opportunity", name="NextStep", hidden=False)
        assert refused.json()[0]["errorCode"] == asked.json()[0]["errorCode"] == "INVALID_FIELD"
        assert "NextStep" not in {one["name"] for one in told["fields"]}


class TestDeleteRecord:
    def test_leaves_a_row_that_queryall_sees(self, app: httpx2.Client) -> None:
        deal = make(app, "Opportunity", **DEAL)
        assert app.delete(f"{DATA}/sobjects/Opportunity/{deal}").status_code == 204
        text = f"SELECT Id, IsDeleted FROM Opportunity WHERE Id = '{deal}'"
        assert query(app, text) == []
        assert query(app, text, "queryAll")[0]["IsDeleted"] is True
        again = app.patch(f"{DATA}/sobjects/Opportunity/{deal}", json={"Name": "x"})
        assert (again.status_code, again.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")

    def test_of_a_contact_role_leaves_nothing(self, app: httpx2.Client) -> None:
        deal, contact = make(app, "Opportunity", **DEAL), make(app, "Contact", LastName="Ohm")
        role = make(app, "OpportunityContactRole", OpportunityId=deal, ContactId=contact)
        app.delete(f"{DATA}/sobjects/OpportunityContactRole/{role}")
        text = f"SELECT Id FROM OpportunityContactRole WHERE OpportunityId = '{deal}'"
        assert query(app, text, "queryAll") == []


class TestMerge:
    def test_names_the_winner_in_the_loser(self, salesforce: Door, app: httpx2.Client) -> None:
        one, two, three = (make(app, "Contact", LastName=name) for name in ("A", "B", "C"))
        deal = make(app, "Opportunity", **DEAL)
        make(app, "OpportunityContactRole", OpportunityId=deal, ContactId=one)
        salesforce.act("merge", winner=two, loser=one)
        salesforce.act("merge", winner=three, loser=two)
        rows = query(app, "SELECT Id, MasterRecordId FROM Contact WHERE MasterRecordId != null", "queryAll")
        assert {(row["Id"], row["MasterRecordId"]) for row in rows} == {(one, two), (two, three)}
        roles = query(app, f"SELECT ContactId FROM OpportunityContactRole WHERE OpportunityId = '{deal}'")
        assert [role["ContactId"] for role in roles] == [three]


class TestUpsertRecord:
    def test_makes_once_and_changes_afterwards(self, salesforce: Door, app: httpx2.Client) -> None:
        salesforce.act("field", type="Task", name="Marker__c", external=True, hidden=False)
        address = f"{DATA}/sobjects/Task/Marker__c/m-1"
        first, second = (app.patch(address, json={"Subject": text}) for text in ("One", "Two"))
        assert (first.status_code, first.json()["created"]) == (201, True)
        assert (second.status_code, second.json()["created"]) == (200, False)
        assert first.json()["id"] == second.json()["id"]
        assert app.get(address).json()["Subject"] == "Two"


class TestUpdateCollection:
    @pytest.mark.parametrize("together", [True, False])
    def test_stands_or_falls_as_asked(self, app: httpx2.Client, *, together: bool) -> None:
        good, bad = make(app, "Opportunity", **DEAL), make(app, "Opportunity", **DEAL)
        records = [
            {"attributes": {"type": "Opportunity"}, "Id": good, "Name": "New"},
            {"attributes": {"type": "Opportunity"}, "Id": bad, "CloseDate": "soon"},
        ]
        answer = app.patch(f"{DATA}/composite/sobjects", json={"allOrNone": together, "records": records})
        first, second = answer.json()
        assert second["errors"][0]["statusCode"] == "JSON_PARSER_ERROR"
        assert first["success"] is not together
        assert read(app, "Opportunity", good)["Name"] == ("Tank" if together else "New")
        if together:
            assert first["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
