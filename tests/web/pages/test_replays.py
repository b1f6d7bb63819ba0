"""Replays in the browser."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from auctor.risk import policies, replay_runs
from auctor.risk.replay_records import ReplayPlan
from auctor.signals.policy import DEFAULT
from auctor.signals.score import Band
from auctor.tenancy import scope
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, CAROL, MAX, MIA, NOBODY, TODAY, VERA, ask, browser_of, send, status
from tests.web.pages.judged import judge, text_of

FIRST, LAST = (TODAY - timedelta(days=200)).date(), (TODAY - timedelta(days=2)).date()
PLAN = {"first_on": FIRST, "last_on": LAST, "band": int(Band.MEDIUM)}


def run(company: Company) -> str:
    """A replay that is done; its address."""
    plan = ReplayPlan(FIRST, LAST, Band.MEDIUM, DEFAULT)
    with scope.enter(company.system), transaction.atomic():
        made = replay_runs.replay_here(company.system, plan=plan, now=TODAY, tell=lambda _done, _total: None)
    return f"/replays/{made.id}/"


class TestLadder:
    def test_sends_nobody_in_without_a_sign_in(self, db: None) -> None:
        assert status(NOBODY, "/replays/") == 302

    @pytest.mark.parametrize("email", [ALICE, MIA, VERA, BOB])
    def test_opens_for_everybody_of_the_workspace(self, committed: None, acme: Company, email: str) -> None:
        assert status(email, "/replays/") == 200

    def test_is_started_and_deleted_by_those_who_lead(self, committed: None, acme: Company) -> None:
        for email in (MIA, VERA, BOB):
            browser, may = browser_of(email), email == MIA
            assert send(browser, "/replays/start/", PLAN).status_code == (302 if may else 403)
            assert send(browser, f"/replays/{uuid4()}/forget/").status_code == (404 if may else 403)
            assert ask(browser, f"/replays/{uuid4()}/").status_code == 404


class TestStart:
    def test_leads_to_the_progress(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        browser = browser_of(MAX)
        code, parameter = next(iter(policies.PARAMETERS.items()))
        answer = send(browser, "/replays/start/", {**PLAN, code.replace(".", "-"): str(parameter.least)})
        assert answer.status_code == 302
        told = text_of(browser, answer["Location"])
        assert "Waiting for the worker" in told
        assert "progress/" in told
        assert "hx-trigger" in text_of(browser, f"{answer['Location']}progress/")

    def test_says_what_is_wrong_with_a_period(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        browser = browser_of(MAX)
        for odd in (
            {"first_on": LAST, "last_on": FIRST},
            {"first_on": "0001-01-01"},
            {"band": 0},
            {"last_on": "9999-12-31"},
        ):
            answer = send(browser, "/replays/start/", {**PLAN, **odd})
            assert answer.status_code == 200
            assert "form-errors" in answer.content.decode() or "field-error" in answer.content.decode()


class TestShowRun:
    def test_tells_what_would_have_been_seen(
        self, committed: None, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        judge(acme, tmp_path)
        address, alice = run(acme), browser_of(ALICE)
        for kind in ("caught", "missed", "false-alarm", "left-alone", "invented"):
            told = text_of(alice, f"{address}?kind={kind}&after=x")
            assert "In numbers" in told
        assert "data-chart" in told
        assert "Show as table" in told
        assert ask(browser_of(CAROL), address).status_code == 404
        assert ask(alice, f"{address}progress/")["HX-Redirect"] == address
        other = run(acme)
        ids = [one.split("/")[2] for one in (address, other)]
        assert "Side by side" in text_of(alice, f"/replays/compare/?run={ids[0]}&run={ids[1]}")
        assert ask(alice, f"/replays/compare/?run={ids[0]}&run=x").status_code == 302
        assert send(alice, f"{address}forget/").status_code == 302
        assert ask(alice, address).status_code == 404
