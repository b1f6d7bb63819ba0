"""Webhooks: signed, in parcels, and as unreliable as they are told to be."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from auctor.twins.hubspot.webhooks import sign
from tests.twins.doors import Door
from tests.waiting import wait_until

HUSH = "the client's secret"


class Listener(HTTPServer):
    """Takes webhooks and keeps them; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 204

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hooks?of=hubspot"


class Hook(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((dict(self.headers.items()), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base names it
        """Nothing to see."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def subscribe(door: Door, listener: Listener) -> None:
    wanted = {"deal.propertyChange": ["amount"], "deal.creation": [], "deal.merge": [], "deal.associationChange": []}
    door.act("webhooks", target=listener.address, secret=HUSH, subscriptions=wanted)


def deliver(door: Door) -> list[int]:
    found: list[int] = door.act("webhooks", deliver=True)["statuses"]
    return found


def events(listener: Listener) -> list[dict[str, Any]]:
    return [event for _, body in listener.calls for event in json.loads(body)]


class TestWebhooks:
    def test_are_signed_over_the_raw_call(self, fresh: Door, listener: Listener) -> None:
        subscribe(fresh, listener)
        deal = fresh.act("create", type="deals", properties={"dealname": "A"})["id"]
        fresh.act("edit", type="deals", id=deal, properties={"amount": "5", "dealname": "B"})
        assert deliver(fresh) == [204]
        headers, body = listener.calls[0]
        moment = headers["X-Hubspot-Request-Timestamp"]
        assert headers["X-Hubspot-Signature-V3"] == sign(HUSH, "POST", listener.address, body, moment)
        told = [(one["subscriptionType"], one["objectId"]) for one in events(listener)]
        assert told == [("deal.creation", int(deal)), ("deal.propertyChange", int(deal))]
        assert events(listener)[1]["propertyValue"] == "5"

    def test_come_again_until_they_are_taken(self, fresh: Door, listener: Listener) -> None:
        subscribe(fresh, listener)
        fresh.act("create", type="deals", properties={"dealname": "A"})
        listener.status = 500
        assert deliver(fresh) == [500]
        listener.status = 200
        assert deliver(fresh) == [200]
        assert deliver(fresh) == []
        assert [one["attemptNumber"] for one in events(listener)] == [0, 1]

    def test_follow_the_fault_plan(self, fresh: Door, listener: Listener) -> None:
        subscribe(fresh, listener)
        kinds = {1: "duplicate", 2: "reorder", 3: "drop"}
        rules = [{"on": "WEBHOOK deal.creation", "nth": nth, "kind": kind} for nth, kind in kinds.items()]
        fresh.control("PUT", "faults", {"faults": rules})
        one, two, _three = (int(fresh.act("create", type="deals", properties={"dealname": n})["id"]) for n in "ABC")
        deliver(fresh)
        assert [event["objectId"] for event in events(listener)] == [two, one, one]

    def test_tell_of_merges_and_associations(self, fresh: Door, listener: Listener) -> None:
        one, two = (fresh.act("create", type="deals", properties={"dealname": name})["id"] for name in "AB")
        contact = fresh.act("create", type="contacts", properties={"email": "hook@hook.example"})["id"]
        subscribe(fresh, listener)
        fresh.act("associate", **{"from": ["deals", one], "to": ["contacts", contact]})
        merged = fresh.act("merge", type="deals", primary=one, other=two)["id"]
        deliver(fresh)
        by_kind = {event["subscriptionType"]: event for event in events(listener)}
        assert by_kind["deal.associationChange"]["toObjectId"] == int(contact)
        assert by_kind["deal.merge"]["newObjectId"] == int(merged)
        assert by_kind["deal.merge"]["mergedObjectIds"] == [int(two)]

    def test_come_by_themselves_where_wanted(self, fresh: Door, listener: Listener) -> None:
        subscribe(fresh, listener)
        fresh.act("webhooks", automatic=True)
        deal = fresh.act("create", type="deals", properties={"dealname": "A"})["id"]
        wait_until(lambda: bool(listener.calls))
        assert [event["objectId"] for event in events(listener)] == [int(deal)]

    def test_go_to_this_machine_only(self, fresh: Door) -> None:
        with pytest.raises(AssertionError, match="this machine only"):
            fresh.act("webhooks", target="https://hooks.example/", secret=HUSH, subscriptions={})
