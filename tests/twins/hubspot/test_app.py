"""Quotas with their headers, and what the stand-in leaves out."""

import re
from collections import Counter
from pathlib import Path

import httpx2
import pytest

from auctor.twins.hubspot import app as module
from tests.twins.doors import Door

DEALS = "/crm/objects/2026-03/deals"
BEHAVIOUR = (Path(module.__file__).parent / "BEHAVIOUR.md").read_text(encoding="utf-8")
LEFT_OUT = re.findall(r"`([A-Z]+ /[^`]+)`", BEHAVIOUR.partition("## Left out")[2])


class TestQuota:
    def test_of_an_application_ends_after_110_calls(self, fresh: Door) -> None:
        fresh.control("POST", "clock", {"frozen": True})
        with fresh.as_app(fresh.connect("oauth crm.objects.deals.read")["access_token"]) as app:
            answers = [app.get(DEALS, params={"limit": "1"}) for _ in range(111)]
            assert Counter(one.status_code for one in answers) == {200: 110, 429: 1}
            assert answers[0].headers["x-hubspot-ratelimit-max"] == "110"
            assert answers[0].headers["x-hubspot-ratelimit-remaining"] == "109"
            assert "x-hubspot-ratelimit-daily" not in answers[0].headers
            assert answers[-1].json()["policyName"] == "TEN_SECONDLY_ROLLING"
            assert "retry-after" not in answers[-1].headers
            fresh.control("POST", "clock", {"advance": 10})
            assert app.get(DEALS, params={"limit": "1"}).status_code == 200

    def test_of_search_is_five_a_second_and_tells_nothing(self, fresh: Door) -> None:
        fresh.control("POST", "clock", {"frozen": True})
        with fresh.as_app(fresh.act("private-app")["token"]) as app:
            answers = [app.post(f"{DEALS}/search", json={"limit": 1}) for _ in range(6)]
            assert Counter(one.status_code for one in answers) == {200: 5, 429: 1}
            assert answers[-1].json()["policyName"] == "SECONDLY"
            assert not [name for name in answers[0].headers if "ratelimit" in name]
            assert app.get(DEALS).headers["x-hubspot-ratelimit-daily"] == "625000"


class TestUnknown:
    @pytest.mark.parametrize("call", LEFT_OUT)
    def test_answers_501_for(self, app: httpx2.Client, call: str) -> None:
        answer = app.request(*call.split())
        assert (answer.status_code, answer.json()["category"]) == (501, "NOT_IN_THE_STAND_IN")
