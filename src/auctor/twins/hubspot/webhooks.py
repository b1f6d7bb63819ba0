"""Webhooks: events of what changed, signed as the vendor signs them (v3), as unreliable as the fault plan wants."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.faults import WEBHOOK, Plan
from auctor.twins.hubspot import schema
from auctor.twins.hubspot.store import Change

MOST_AT_ONCE = 100
ATTEMPTS = 10
SECONDS = 5.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(slots=True)
class Parcel:
    """One call to be made: its events and how often it was tried."""

    events: list[dict[str, Any]]
    attempt: int = 0


@dataclass(slots=True)
class Webhooks:
    """What waits to be told. Nothing leaves for anywhere but this machine."""

    clock: Clock
    plan: Callable[[], Plan]
    hub_id: int
    app_id: int
    target: str = ""
    secret: str = ""
    # Which subscriptions there are: `deal.propertyChange` with the properties it names, an empty list for all.
    subscriptions: dict[str, list[str]] = field(default_factory=dict)
    waiting: list[Parcel] = field(default_factory=list)
    # Whether events are told at once, or when a test asks for it.
    is_automatic: bool = False
    _number: int = 0

    def subscribe(self, target: str, secret: str, subscriptions: dict[str, list[str]]) -> None:
        """Tell `target` from now on; an empty one ends it. Raises ValueError for an address elsewhere."""
        if target and urlsplit(target).hostname not in LOOPBACK:
            raise ValueError("Webhooks of a stand-in go to this machine only.")
        self.target, self.secret, self.subscriptions = target, secret, subscriptions

    def notice(self, change: Change) -> None:
        """Take a change in, if somebody subscribed to it."""
        name = f"{schema.SINGULAR[change.record.kind]}.{change.kind}"
        wanted = self.subscriptions.get(name)
        if not self.target or wanted is None:
            return
        if wanted and change.more.get("propertyName") not in wanted:
            return
        event = self._event(name, change)
        fault = self.plan().take(WEBHOOK, name)
        kind = fault.kind if fault else ""
        if kind == "drop":
            return
        if kind == "reorder":
            self.waiting.insert(0, Parcel([event]))
            return
        self.waiting.append(Parcel([event]))
        if kind == "duplicate":
            self.waiting.append(Parcel([event]))

    def take(self) -> list[Parcel]:
        """What is to be told now, in parcels of at most a hundred events of one attempt; empties the queue."""
        parcels: list[Parcel] = []
        for waiting in self.waiting:
            last = parcels[-1] if parcels else None
            if last and last.attempt == waiting.attempt and len(last.events) + len(waiting.events) <= MOST_AT_ONCE:
                last.events += waiting.events
            else:
                parcels.append(Parcel(list(waiting.events), waiting.attempt))
        self.waiting = []
        return parcels

    def send(self, parcel: Parcel) -> int:
        """Make the call and return the status (0: nobody answered); what failed waits for its next attempt."""
        events = [{**event, "attemptNumber": parcel.attempt} for event in parcel.events]
        status = post(self.target, json.dumps(events).encode(), self.secret, self.clock.now())
        if not 200 <= status < 300 and parcel.attempt + 1 < ATTEMPTS:
            self.waiting.append(Parcel(parcel.events, parcel.attempt + 1))
        return status

    def _event(self, name: str, change: Change) -> dict[str, Any]:
        self._number += 1
        return {
            # Not unique at the vendor either: it repeats after a while.
            "eventId": 1_000_000 + self._number % 500,
            "subscriptionId": 2_400_000 + list(self.subscriptions).index(name),
            "portalId": self.hub_id,
            "appId": self.app_id,
            "occurredAt": int(change.at.timestamp() * 1000),
            "subscriptionType": name,
            "attemptNumber": 0,
            "objectId": int(change.record.id),
            "changeSource": "CRM_UI",
            **change.more,
        }


def post(target: str, body: bytes, secret: str, now: datetime) -> int:
    """Send one signed call; 0 if nobody answered in five seconds."""
    moment = str(int(now.timestamp() * 1000))
    headers = {
        "Content-Type": "application/json",
        "X-HubSpot-Request-Timestamp": moment,
        "X-HubSpot-Signature-v3": sign(secret, "POST", target, body, moment),
    }
    try:
        with urlopen(Request(target, body, headers, method="POST"), timeout=SECONDS) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code
    except (URLError, OSError):
        return 0


def sign(secret: str, method: str, target: str, body: bytes, moment: str) -> str:
    """The v3 signature over method, address, body and time; escapes of the address are undone before."""
    text = method.encode() + unquote(target).encode() + body + moment.encode()
    return base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
