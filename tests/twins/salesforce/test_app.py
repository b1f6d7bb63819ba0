"""The day's calls, recorded exchanges, and what the stand-in leaves out."""

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from auctor.twins.salesforce import app as module
from tests.twins.doors import Door

DATA = "/services/data/v59.0"
BEHAVIOUR = (Path(module.__file__).parent / "BEHAVIOUR.md").read_text(encoding="utf-8")
LEFT_OUT = re.findall(r"`([A-Z]+ /[^`]+)`", BEHAVIOUR.partition("## Left out")[2])
# Beside the repository; where it is not, there is nothing to replay and the test is empty.
RECORDED = Path(__file__).resolve().parents[4] / "shared" / "specs" / "salesforce" / "recorded" / "interactions.json"
REPLAYED = ("/query/?q=select+count%28Id%29", "/limits/recordCount", "/composite/sobjects", "/sobjects/Account/")


def exchanges() -> list[Any]:
    """Recorded exchanges that the stand-in can repeat, ids of that organisation excepted."""
    if not RECORDED.exists():
        return []
    found = json.loads(RECORDED.read_text(encoding="utf-8"))
    wanted = [
        one
        for one in found
        if any(part in one["request"]["path"] for part in REPLAYED) and '"Id": "0' not in str(one["request"]["body"])
    ]
    return [pytest.param(one, id=f"{one['request']['method']} {one['request']['path'][:60]}") for one in wanted]


class TestRecordedExchanges:
    @pytest.mark.parametrize("exchange", exchanges())
    def test_are_answered_in_the_same_form(
        self, app: httpx2.Client, salesforce: Door, exchange: dict[str, Any]
    ) -> None:
        salesforce.act("field", type="Account", name="CleanStatus", hidden=False)
        request, theirs = exchange["request"], exchange["response"]
        answer = app.request(
            request["method"],
            request["path"].replace("vXX.0", "v59.0"),
            content=request["body"],
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == theirs["status"]["code"], answer.text
        assert form_of(answer.json()) == form_of(json.loads(theirs["body"]))


def form_of(value: Any) -> Any:
    """Names and kinds of values, without the values; of a list its first element."""
    if isinstance(value, dict):
        return {name: form_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [form_of(inner) for inner in value[:1]]
    return type(value).__name__


class TestLimits:
    def test_are_told_with_every_answer_and_end(self, fresh: Door) -> None:
        fresh.act("quota", daily=3)
        with fresh.as_app(fresh.act("session")["token"]) as client:
            answers = [client.get(f"{DATA}/sobjects") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 403]
        assert answers[1].headers["sforce-limit-info"] == "api-usage=2/3"
        assert answers[3].json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


class TestUnknown:
    @pytest.mark.parametrize("call", LEFT_OUT)
    def test_answers_501_for(self, app: httpx2.Client, call: str) -> None:
        answer = app.request(*call.split())
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (501, "NOT_IN_THE_STAND_IN")
