"""Associations: cursors, batches, labels, and that they move no date."""

from typing import Any

import httpx2
import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest

from tests.twins.doors import Door

BATCH = "/crm/associations/2026-03/deals/contacts/batch/read"


@pytest.fixture
def deal(hubspot: Door, app: httpx2.Client) -> str:
    """A deal with three contacts."""
    made: str = hubspot.act("create", type="deals", properties={"dealname": "Linked"})["id"]
    contacts = app.get("/crm/objects/2026-03/contacts", params={"limit": 3}).json()["results"]
    for contact in contacts:
        hubspot.act("associate", **{"from": ["deals", made], "to": ["contacts", contact["id"]]})
    return made


def linked(app: httpx2.Client, deal: str) -> list[str]:
    page = app.get(f"/crm/objects/2026-03/deals/{deal}/associations/contacts").json()
    return [one["toObjectId"] for one in page["results"]]


class TestListLinks:
    def test_pages(self, app: httpx2.Client, deal: str) -> None:
        address = f"/crm/objects/2026-03/deals/{deal}/associations/contacts"
        first = app.get(address, params={"limit": 2}).json()
        rest = app.get(address, params={"limit": 2, "after": first["paging"]["next"]["after"]}).json()
        found = [one["toObjectId"] for one in first["results"] + rest["results"]]
        assert found == linked(app, deal)
        assert len(found) == 3
        assert "paging" not in rest

    def test_is_empty_for_an_id_that_was_merged_away(self, hubspot: Door, app: httpx2.Client, deal: str) -> None:
        other = hubspot.act("create", type="deals", properties={"dealname": "Other"})["id"]
        merged = hubspot.act("merge", type="deals", primary=deal, other=other)["id"]
        assert linked(app, deal) == []
        assert len(linked(app, merged)) == 3


class TestReadBatch:
    def test_gives_a_cursor_for_each(self, hubspot: Door, app: httpx2.Client, deal: str) -> None:
        hubspot.act("settings", association_page=2)
        first = app.post(BATCH, json={"inputs": [{"id": deal}]}).json()["results"][0]
        after = first["paging"]["next"]["after"]
        rest = app.post(BATCH, json={"inputs": [{"id": deal, "after": after}]}).json()["results"][0]
        hubspot.act("settings", association_page=500)
        assert len(first["to"]) == 2
        assert len(rest["to"]) == 1
        assert first["to"][0]["associationTypes"][0] == {"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}

    def test_tells_who_has_nothing(self, hubspot: Door, app: httpx2.Client, deal: str) -> None:
        alone = hubspot.act("create", type="deals", properties={"dealname": "Alone"})["id"]
        answer = app.post(BATCH, json={"inputs": [{"id": deal}, {"id": alone}]})
        assert (answer.status_code, answer.json()["numErrors"]) == (207, 1)
        error = answer.json()["errors"][0]
        assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
        assert error["context"]["fromObjectId"] == [alone]

    def test_takes_a_thousand(self, app: httpx2.Client) -> None:
        assert app.post(BATCH, json={"inputs": [{"id": str(n)} for n in range(1000)]}).status_code == 207
        assert app.post(BATCH, json={"inputs": [{"id": str(n)} for n in range(1001)]}).status_code == 400

    def test_is_read_by_the_vendors_client(self, hubspot: Door, deal: str) -> None:
        client = HubSpot(access_token=hubspot.act("private-app")["token"], host=hubspot.address)
        asked = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": deal}])
        found: Any = client.crm.associations.v4.batch_api.get_page(
            from_object_type="deals",
            to_object_type="contacts",
            batch_input_public_fetch_associations_batch_request=asked,
        )
        assert len(found.results[0].to) == 3
        assert found.results[0].to[0].association_types[0].type_id == 3


class TestTie:
    def test_moves_no_date_and_shows_on_both_sides(self, hubspot: Door, app: httpx2.Client, deal: str) -> None:
        def changed() -> str:
            found: str = app.get(f"/crm/objects/2026-03/deals/{deal}").json()["properties"]["hs_lastmodifieddate"]
            return found

        before = changed()
        contact = hubspot.act("create", type="contacts", properties={"email": f"{deal}@tie.example"})["id"]
        address = f"/crm/objects/2026-03/deals/{deal}/associations"
        assert app.put(f"{address}/default/contacts/{contact}").status_code == 200
        assert contact in linked(app, deal)
        back = app.get(f"/crm/objects/2026-03/contacts/{contact}/associations/deals").json()["results"]
        assert [one["toObjectId"] for one in back] == [deal]
        assert app.delete(f"{address}/contacts/{contact}").status_code == 204
        assert contact not in linked(app, deal)
        assert changed() == before

    def test_takes_labels_of_the_account(self, app: httpx2.Client, deal: str) -> None:
        labels = app.get("/crm/associations/2026-03/deals/contacts/labels").json()["results"]
        champion = next(one for one in labels if one["label"] == "Champion")
        contact = linked(app, deal)[0]
        types = [{"associationCategory": champion["category"], "associationTypeId": champion["typeId"]}]
        address = f"/crm/objects/2026-03/deals/{deal}/associations/contacts/{contact}"
        assert app.put(address, json=types).status_code == 201
        shown = app.get(f"/crm/objects/2026-03/deals/{deal}/associations/contacts").json()["results"]
        of_it = next(one for one in shown if one["toObjectId"] == contact)["associationTypes"]
        assert {one["label"] for one in of_it} == {None, "Champion"}
        wrong = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}]
        assert app.put(address, json=wrong).status_code == 400
