"""What machines are told."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from pydantic import SecretStr


@pytest.fixture
def here(db: None) -> Client:
    """A program on this machine."""
    return Client(REMOTE_ADDR="127.0.0.1", HTTP_HOST="localhost", headers={})


@pytest.fixture
def token() -> Iterator[str]:
    """A word that opens /metrics from elsewhere."""
    settings.AUCTOR_ENVIRONMENT.metrics_token = SecretStr("word-of-the-scraper")
    yield "word-of-the-scraper"
    settings.AUCTOR_ENVIRONMENT.metrics_token = None


class TestAlive:
    def test_answers_two_words(self, here: Client) -> None:
        assert here.get("/livez", secure=True).content == b"alive\n"


class TestReady:
    def test_names_what_it_looked_at(self, here: Client) -> None:
        assert set(here.get("/readyz", secure=True).json()) == {"database", "keys"}


class TestMetrics:
    def test_count_requests_by_their_route(self, here: Client) -> None:
        here.get("/livez", secure=True)
        here.get("/nothing/of-the-kind/", secure=True)
        told = here.get("/metrics", secure=True).content.decode()
        assert 'auctor_requests_total{method="GET",route="livez",status="200"}' in told
        assert "of-the-kind" not in told
        assert 'auctor_request_seconds_bucket{le="0.1",route="livez"}' in told

    def test_tell_how_long_the_queue_is(self, here: Client) -> None:
        told = here.get("/metrics", secure=True).content.decode()
        assert "auctor_jobs_waiting 0.0" in told
        assert "auctor_workers 0.0" in told

    def test_are_not_there_for_other_machines(self, db: None) -> None:
        elsewhere = Client(REMOTE_ADDR="192.0.2.7", HTTP_HOST="localhost")
        assert elsewhere.get("/metrics", secure=True).status_code == 404

    def test_open_to_whoever_has_the_word(self, db: None, token: str) -> None:
        elsewhere = Client(REMOTE_ADDR="192.0.2.7", HTTP_HOST="localhost")
        assert elsewhere.get("/metrics", secure=True).status_code == 404
        assert elsewhere.get("/metrics", secure=True, headers={"Authorization": "Bearer other"}).status_code == 404
        good = {"Authorization": f"Bearer {token}"}
        assert elsewhere.get("/metrics", secure=True, headers=good).status_code == 200
