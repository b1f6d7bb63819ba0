"""What faults do on the wire, and the control door."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import pytest

from tests.twins.doors import SECRET, TODAY, Door, opened

DEALS = "/crm/objects/2026-03/deals"


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with opened("hubspot", deals=3) as found:
        yield found


@pytest.fixture
def app(door: Door) -> Iterator[httpx2.Client]:
    with door.as_app(door.act("private-app")["token"]) as client:
        yield client
    door.control("PUT", "faults", {"faults": []})


def break_next(door: Door, kind: str, **more: Any) -> None:
    rule = {"on": f"* {DEALS}*", "nth": 1, "kind": kind, **more}
    door.control("PUT", "faults", {"faults": [rule]})


def create(app: httpx2.Client, name: str) -> httpx2.Response:
    return app.post(DEALS, json={"properties": {"dealname": name}, "associations": []})


def names(door: Door) -> list[str]:
    return [one["properties"]["dealname"] for one in door.act("truth", type="deals")]


class TestServer:
    def test_listens_on_loopback_only(self, door: Door) -> None:
        assert door.server.server_address[0] == "127.0.0.1"

    def test_cuts_before_the_effect(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "cut_before")
        with pytest.raises(httpx2.TransportError):
            create(app, "Never made")
        assert "Never made" not in names(door)
        assert create(app, "Made afterwards").status_code == 201

    def test_cuts_after_the_effect(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "cut_after")
        with pytest.raises(httpx2.TransportError):
            create(app, "Made in silence")
        assert "Made in silence" in names(door)

    def test_answers_in_the_vendors_form(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "status", status=429, retry_after=3)
        refused = app.get(DEALS)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3")
        assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"
        break_next(door, "status", status=429)
        assert "retry-after" not in app.get(DEALS).headers
        break_next(door, "status", status=503)
        assert app.get(DEALS).json()["category"] == "INTERNAL_ERROR"

    def test_shows_a_page_of_a_gateway(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "html")
        answer = app.get(DEALS)
        assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")

    def test_breaks_off_in_the_middle(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "half")
        with pytest.raises(httpx2.RemoteProtocolError):
            app.get(DEALS)

    def test_stalls(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "stall", seconds=0.2)
        begin = time.monotonic()
        assert app.get(DEALS).status_code == 200
        assert time.monotonic() - begin >= 0.2

    def test_tells_a_wrong_time(self, door: Door, app: httpx2.Client) -> None:
        break_next(door, "skew", seconds=-3600)
        shown = parsedate_to_datetime(app.get(DEALS).headers["date"])
        assert shown < TODAY - timedelta(minutes=30)

    def test_takes_fifty_at_once(self, door: Door) -> None:
        token = door.act("private-app")["token"]

        def ask(_number: int) -> int:
            with door.as_app(token) as client:
                return client.get(DEALS, params={"limit": "1"}).status_code

        with ThreadPoolExecutor(50) as pool:
            assert set(pool.map(ask, range(50))) == {200}


class TestControlDoor:
    def test_stays_shut_without_the_secret(self, door: Door) -> None:
        assert door.vendor.get("/_twin/received").status_code == 403
        assert door.vendor.get("/_twin/received", headers={"X-Twin-Secret": SECRET}).status_code == 200

    def test_tells_what_was_received(self, door: Door, app: httpx2.Client) -> None:
        door.control("DELETE", "received")
        app.get(DEALS, params={"limit": "2"})
        break_next(door, "cut_before")
        with pytest.raises(httpx2.TransportError):
            app.get(DEALS)
        first, second = door.control("GET", "received")
        assert (first["method"], first["target"], first["status"]) == ("GET", f"{DEALS}?limit=2", 200)
        assert first["headers"]["authorization"].startswith("Bearer ")
        assert (second["status"], second["fault"]) == (0, "cut_before")
        assert door.control("GET", "counts") == {
            "GET /crm/objects/2026-03/{kind}": {"200": 1},
            "GET unknown": {"0": 1},
        }

    def test_moves_the_clock(self, door: Door) -> None:
        now = door.control("POST", "clock", {"now": "2027-01-01T00:00:00+00:00", "frozen": True})["now"]
        assert now == "2027-01-01T00:00:00+00:00"
        assert door.control("POST", "clock", {"advance": 90})["now"] == "2027-01-01T00:01:30+00:00"
        door.control("POST", "clock", {"now": TODAY.isoformat()})

    @pytest.mark.parametrize(
        ("method", "path", "wish"),
        [
            ("POST", "act/explode", {}),
            ("POST", "act/edit", {"type": "deals"}),
            ("POST", "act/edit", {"type": "deals", "id": "1", "properties": {}}),
            ("POST", "act/edit", ["deals"]),
            ("POST", "act/owner", {"id": "1", "archived": True}),
            ("POST", "clock", {"now": "2026-01-01T00:00:00"}),
            ("PUT", "faults", {"faults": [{"on": "*", "kind": "explode"}]}),
            ("GET", "elsewhere", None),
        ],
    )
    def test_says_what_it_cannot_do(self, door: Door, method: str, path: str, wish: Any) -> None:
        answer = door.vendor.request(method, f"/_twin/{path}", json=wish, headers={"X-Twin-Secret": SECRET})
        assert answer.status_code == 400
        assert answer.json()["error"]
