"""Search with its caps and its blindness."""

from typing import Any

import httpx2
import pytest
from hubspot import HubSpot
from hubspot.crm.deals import PublicObjectSearchRequest

from tests.twins.doors import Door

SEARCH = "/crm/objects/2026-03/deals/search"


def body(*filters: dict[str, Any], **more: Any) -> dict[str, Any]:
    groups = [{"filters": list(filters)}] if filters else []
    return {"filterGroups": groups, "sorts": [], "properties": ["dealname"], "limit": 100, "after": "0", **more}


def names(app: httpx2.Client, *filters: dict[str, Any], **more: Any) -> list[str]:
    answer = app.post(SEARCH, json=body(*filters, **more))
    assert answer.status_code == 200, answer.text
    return [one["properties"]["dealname"] for one in answer.json()["results"]]


def where(name: str, operator: str, **value: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **value}


@pytest.fixture(scope="module")
def pair(hubspot: Door) -> str:
    """Two deals that share a word; the word."""
    word = "Quokka"
    for number, amount in ((1, "100"), (2, "2000")):
        values = {"dealname": f"{word} {number}", "amount": amount, "dealstage": "new-qualify"}
        hubspot.act("create", type="deals", properties=values, at=f"2026-02-0{number}T10:00:00+00:00")
    return word


class TestSearch:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (where("amount", "GT", value="500"), [2]),
            (where("amount", "BETWEEN", value="50", highValue="150"), [1]),
            (where("amount", "IN", values=["100", "7"]), [1]),
            (where("amount", "NOT_IN", values=["100"]), [2]),
            (where("hs_next_step", "NOT_HAS_PROPERTY"), [1, 2]),
            (where("hs_next_step", "HAS_PROPERTY"), []),
            (where("dealstage", "NEQ", value="new-qualify"), []),
            (where("hs_lastmodifieddate", "GTE", value="1770026400000"), [2]),
            (where("createdate", "LT", value="2026-02-02T00:00:00Z"), [1]),
        ],
    )
    def test_filters(self, pair: str, app: httpx2.Client, wanted: dict[str, Any], expected: list[int]) -> None:
        token = where("dealname", "CONTAINS_TOKEN", value=pair)
        found = names(app, token, wanted, sorts=[{"propertyName": "amount", "direction": "ASCENDING"}])
        assert found == [f"{pair} {number}" for number in expected]

    def test_sorts_downwards(self, pair: str, app: httpx2.Client) -> None:
        sorts = [{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}]
        assert names(app, query=pair, sorts=sorts) == [f"{pair} 2", f"{pair} 1"]

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"limit": 201}, 400),
            ({"after": "9950"}, 400),
            ({"sorts": [{"propertyName": "amount"}, {"propertyName": "createdate"}]}, 400),
            ({"filterGroups": [{"filters": [where("no_such", "EQ", value="1")]}]}, 400),
            ({"filterGroups": [{"filters": [where("amount", "NEAR", value="1")]}]}, 400),
            ({"filterGroups": [{"filters": [where("amount", "GT", value="1")] * 7}]}, 400),
            ({"filterGroups": [{"filters": [where("amount", "GT", value="1")]}] * 6}, 400),
            ({"filterGroups": [{"filters": [where("createdate", "GTE", value="0")]}]}, 500),
            ({"query": "x" * 3001}, 400),
            ({"filterGroups": [{"filters": [where("associations.contact", "EQ", value="1")]}]}, 501),
        ],
    )
    def test_keeps_its_limits(self, app: httpx2.Client, wrong: dict[str, Any], status: int) -> None:
        assert app.post(SEARCH, json=body()).status_code == 200
        assert app.post(SEARCH, json=body(**wrong)).status_code == status

    def test_never_shows_archived_objects(self, hubspot: Door, app: httpx2.Client) -> None:
        deal = hubspot.act("create", type="deals", properties={"dealname": "Numbat"})["id"]
        assert names(app, query="Numbat") == ["Numbat"]
        hubspot.act("archive", type="deals", id=deal)
        assert names(app, query="Numbat") == []

    def test_lags_behind(self, fresh: Door) -> None:
        fresh.act("quota", searches=0, private=0)
        fresh.control("POST", "clock", {"frozen": True})
        fresh.act("settings", search_lag_seconds=10)
        with fresh.as_app(fresh.act("private-app")["token"]) as app:
            deal = fresh.act("create", type="deals", properties={"dealname": "Bilby"})["id"]
            assert names(app, query="Bilby") == []
            assert app.get(f"/crm/objects/2026-03/deals/{deal}").status_code == 200
            fresh.control("POST", "clock", {"advance": 10})
            assert names(app, query="Bilby") == ["Bilby"]
            fresh.act("edit", type="deals", id=deal, properties={"dealname": "Wombat"})
            assert names(app, query="Bilby") == ["Bilby"]
            fresh.control("POST", "clock", {"advance": 10})
            assert names(app, query="Bilby") == []

    def test_ends_at_ten_thousand_of_one_moment(self, fresh: Door) -> None:
        fresh.act("quota", searches=0, private=0)
        at = "2026-02-01T00:00:00+00:00"
        fresh.act("generate", type="deals", count=10_001, properties={"dealname": "Bulk"}, at=at)
        moment = "1769904000000"
        wanted = where("hs_lastmodifieddate", "BETWEEN", value=moment, highValue=moment)
        with fresh.as_app(fresh.act("private-app")["token"]) as app:
            sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
            last = app.post(SEARCH, json=body(wanted, sorts=sorts, after="9800", limit=200))
            assert (last.json()["total"], len(last.json()["results"])) == (10_001, 200)
            assert app.post(SEARCH, json=body(wanted, sorts=sorts, after="10000")).status_code == 400
            rest = where("hs_object_id", "GT", value=last.json()["results"][-1]["id"])
            assert len(names(app, wanted, rest, sorts=sorts)) == 1

    def test_is_asked_by_the_vendors_client(self, hubspot: Door, pair: str) -> None:
        client = HubSpot(access_token=hubspot.act("private-app")["token"], host=hubspot.address)
        asked = PublicObjectSearchRequest(query=pair, limit=1, properties=["dealname"])
        page: Any = client.crm.deals.search_api.do_search(public_object_search_request=asked)
        assert (page.total, len(page.results), page.paging.next.after) == (2, 1, "1")
