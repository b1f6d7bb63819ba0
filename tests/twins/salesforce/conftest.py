"""A Salesforce for each file of tests, and one of its own for tests that turn it upside down."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from tests.twins.doors import Door, opened


class OnLoopback(HTTPAdapter):
    """The vendor's client says https to any address; the stand-in speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def salesforce() -> Iterator[Door]:
    with opened("salesforce") as door:
        yield door


@pytest.fixture(scope="module")
def app(salesforce: Door) -> Iterator[httpx2.Client]:
    """An application that is signed in."""
    with salesforce.as_app(salesforce.act("session")["token"]) as client:
        yield client


@pytest.fixture(scope="module")
def sdk(salesforce: Door) -> Iterator[Salesforce]:
    """The client that most programs use; only the scheme of its addresses is another."""
    with requests.Session() as session:
        session.mount("https://", OnLoopback())
        token = salesforce.act("session")["token"]
        yield Salesforce(instance_url=salesforce.address, session_id=token, session=session)


@pytest.fixture
def fresh() -> Iterator[Door]:
    with opened("salesforce", deals=3, has_quota=True) as door:
        yield door
