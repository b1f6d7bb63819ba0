"""Lists, single objects and batches, asked by plain HTTP and by the vendor's own client."""

from typing import Any

import httpx2
import pytest
from hubspot import HubSpot
from hubspot.crm.deals import BatchReadInputSimplePublicObjectId

from tests.twins.doors import Door

DEALS = "/crm/objects/2026-03/deals"


@pytest.fixture(scope="module")
def sdk(hubspot: Door) -> Any:
    """The vendor's client; only its address is another."""
    client = HubSpot(access_token=hubspot.act("private-app")["token"])
    client.config["host"] = hubspot.address
    return client


def every(app: httpx2.Client, kind: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        cursor = {"after": after} if after else {}
        page = app.get(f"/crm/objects/2026-03/{kind}", params={"limit": 100, **asked, **cursor}).json()
        found += page["results"]
        if "paging" not in page:
            return found
        after = page["paging"]["next"]["after"]


class TestListObjects:
    def test_gives_every_object_once(self, hubspot: Door, app: httpx2.Client) -> None:
        ids = [one["id"] for one in every(app, "contacts")]
        truth = hubspot.act("truth", type="contacts")
        assert len(ids) == len(set(ids)) == len(truth) > 1000
        assert ids == sorted(ids, key=int)

    @pytest.mark.parametrize(("asked", "most"), [({}, 100), ({"propertiesWithHistory": "dealstage"}, 50)])
    def test_keeps_the_cap(self, app: httpx2.Client, asked: dict[str, str], most: int) -> None:
        assert app.get(DEALS, params={**asked, "limit": most}).status_code == 200
        refused = app.get(DEALS, params={**asked, "limit": most + 1})
        assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")
        assert set(refused.json()) >= {"status", "message", "correlationId"}

    def test_keeps_archived_objects_apart(self, hubspot: Door, app: httpx2.Client) -> None:
        made = hubspot.act("create", type="deals", properties={"dealname": "Left"})
        before = made["properties"]["hs_lastmodifieddate"]
        hubspot.act("archive", type="deals", id=made["id"])
        assert made["id"] not in {one["id"] for one in every(app, "deals")}
        gone = next(one for one in every(app, "deals", archived="true") if one["id"] == made["id"])
        assert gone["archived"] is True
        assert gone["archivedAt"]
        assert gone["properties"]["hs_lastmodifieddate"] == before
        assert app.get(f"{DEALS}/{made['id']}").status_code == 404

    def test_cuts_long_lists_of_associations(self, hubspot: Door, app: httpx2.Client) -> None:
        deal = hubspot.act("create", type="deals", properties={"dealname": "Crowded"})["id"]
        for contact in every(app, "contacts")[:3]:
            hubspot.act("associate", **{"from": ["deals", deal], "to": ["contacts", contact["id"]]})
        hubspot.act("settings", associations_in_lists=2)
        shown = app.get(f"{DEALS}/{deal}", params={"associations": "contacts"}).json()["associations"]["contacts"]
        hubspot.act("settings", associations_in_lists=100)
        assert len(shown["results"]) == 2
        assert "after" in shown["paging"]["next"]

    def test_is_read_by_the_vendors_client(self, hubspot: Door, sdk: Any) -> None:
        found = sdk.crm.deals.get_all(properties=["dealname", "amount"], associations=["contacts", "companies"])
        truth = {one["id"]: one for one in hubspot.act("truth", type="deals") if not one["archived"]}
        assert {deal.id for deal in found} == set(truth)
        for deal in found:
            assert deal.properties["dealname"] == truth[deal.id]["properties"]["dealname"]
            assert deal.created_at.tzinfo is not None


class TestReadObject:
    def test_follows_a_chain_of_merges(self, hubspot: Door, app: httpx2.Client) -> None:
        one, two, three = (
            hubspot.act("create", type="deals", properties={"dealname": name})["id"] for name in ("A", "B", "C")
        )
        first = hubspot.act("merge", type="deals", primary=one, other=two)["id"]
        last = hubspot.act("merge", type="deals", primary=first, other=three)
        assert len({one, two, three, first, last["id"]}) == 5
        for old in (one, two, three, first):
            assert app.get(f"{DEALS}/{old}").json()["id"] == last["id"]
        told = app.get(f"{DEALS}/{last['id']}", params={"properties": "hs_merged_object_ids"}).json()
        assert set(told["properties"]["hs_merged_object_ids"].split(";")) == {one, two, three, first}
        assert not {one, two, three, first} & {found["id"] for found in every(app, "deals")}

    def test_leaves_out_what_nobody_knows(self, app: httpx2.Client) -> None:
        deal = app.get(DEALS, params={"limit": 1}).json()["results"][0]["id"]
        told = app.get(f"{DEALS}/{deal}", params={"properties": "dealname,no_such_property"}).json()
        assert "no_such_property" not in told["properties"]

    def test_finds_by_a_unique_property(self, app: httpx2.Client) -> None:
        contact = app.get("/crm/objects/2026-03/contacts", params={"limit": 1}).json()["results"][0]
        email = contact["properties"]["email"].upper()
        found = app.get(f"/crm/objects/2026-03/contacts/{email}", params={"idProperty": "email"})
        assert found.json()["id"] == contact["id"]


class TestReadBatch:
    def test_tells_history_newest_first(self, hubspot: Door, app: httpx2.Client) -> None:
        deal = hubspot.act("create", type="deals", properties={"dealname": "Moving", "dealstage": "new-qualify"})["id"]
        hubspot.act("edit", type="deals", id=deal, properties={"dealstage": "new-discover"})
        body = {"inputs": [{"id": deal}], "propertiesWithHistory": ["dealstage"], "properties": ["dealstage"]}
        told = app.post(f"{DEALS}/batch/read", json=body).json()["results"][0]
        assert [one["value"] for one in told["propertiesWithHistory"]["dealstage"]] == ["new-discover", "new-qualify"]

    def test_keeps_the_cap_with_history(self, app: httpx2.Client) -> None:
        body: dict[str, Any] = {"inputs": [{"id": str(n)} for n in range(51)], "properties": []}
        assert app.post(f"{DEALS}/batch/read", json=body).status_code == 207
        assert app.post(f"{DEALS}/batch/read", json=body | {"propertiesWithHistory": ["amount"]}).status_code == 400

    def test_says_which_are_not_there(self, app: httpx2.Client) -> None:
        deal = app.get(DEALS, params={"limit": 1}).json()["results"][0]["id"]
        answer = app.post(f"{DEALS}/batch/read", json={"inputs": [{"id": deal}, {"id": "7"}], "properties": []})
        assert (answer.status_code, answer.json()["numErrors"]) == (207, 1)
        assert answer.json()["errors"][0]["context"] == {"ids": ["7"]}
        assert [one["id"] for one in answer.json()["results"]] == [deal]

    def test_is_read_by_the_vendors_client(self, sdk: Any) -> None:
        ids = [deal.id for deal in sdk.crm.deals.basic_api.get_page(limit=3).results]
        body = BatchReadInputSimplePublicObjectId(
            inputs=[{"id": one} for one in ids], properties=["dealstage"], properties_with_history=["dealstage"]
        )
        found = sdk.crm.deals.batch_api.read(batch_read_input_simple_public_object_id=body)
        assert found.status == "COMPLETE"
        assert {one.id for one in found.results} == set(ids)
        assert all(one.properties_with_history["dealstage"][0].timestamp for one in found.results)
