"""A HubSpot for each file of tests, and one of its own for tests that turn it upside down."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.twins.doors import Door, opened


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Door]:
    with opened("hubspot") as door:
        yield door


@pytest.fixture(scope="module")
def app(hubspot: Door) -> Iterator[httpx2.Client]:
    """An application that may do everything."""
    with hubspot.as_app(hubspot.act("private-app")["token"]) as client:
        yield client


@pytest.fixture
def fresh() -> Iterator[Door]:
    with opened("hubspot", deals=3, has_quota=True) as door:
        yield door
