"""Whatever comes in, every stand-in answers in its own form."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctor.twins.ground.messages import Request
from auctor.twins.ground.twin import Twin
from tests.twins.doors import Door, opened

KINDS = {"hubspot": "deals", "salesforce": "Opportunity"}
NAMES = st.sampled_from(
    (
        *("inputs", "id", "properties", "filterGroups", "filters", "propertyName", "operator", "value", "values"),
        *("sorts", "from", "to", "types", "records", "attributes", "type", "allOrNone", "Id", "Name", "limit", "after"),
    )
)
WORDS = st.sampled_from(["1", "deals", "amount", "EQ", "IN", "Opportunity", "Id", "", "GT", "2026-03-02"])
LEAVES = st.none() | st.booleans() | st.integers(-5, 300) | WORDS
BODIES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))


@pytest.fixture(scope="module")
def twins() -> Iterator[dict[str, Door]]:
    with opened("hubspot", deals=2) as one, opened("salesforce", deals=2) as two:
        yield {"hubspot": one, "salesforce": two}


def token_of(twin: Twin) -> str:
    acts = twin.acts()
    found: str = acts["private-app" if "private-app" in acts else "session"]({})["token"]
    return found


class TestRequest:
    @pytest.mark.parametrize("vendor", sorted(KINDS))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=BODIES)
    def test_with_any_body_is_answered(self, twins: dict[str, Door], vendor: str, body: Any) -> None:
        twin = twins[vendor].server.twin
        headers = {"authorization": f"Bearer {token_of(twin)}"}
        parts = defaultdict(lambda: "1", kind=KINDS[vendor], other="contacts", version="59.0", field="Id")
        for route in twin.router.routes:
            target = route.pattern.format_map(parts)
            request = Request(route.method, target, headers, json.dumps(body).encode())
            found = twin.router.find(request)
            assert found is not None
            assert 200 <= twin.answer(request, found).status < 600

    def test_reads_what_is_escaped(self) -> None:
        request = Request("GET", "/a%20b?q=SELECT+Id%2C+Name&x=&x=2", {"authorization": "bearer  t "})
        assert (request.path, request.first("q"), request.query["x"]) == ("/a b", "SELECT Id, Name", ["", "2"])
        assert request.bearer() == "t"
