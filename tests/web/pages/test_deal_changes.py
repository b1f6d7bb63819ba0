"""What people put in a deal's place."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from auctor.crm.queries import access_deal
from auctor.crm.records import DealRecord
from auctor.crm.vocabulary import PauseReason
from auctor.signals.vocabulary import Forecast
from auctor.tenancy import scope
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, CAROL, TODAY, VERA, ask, browser_of, send
from tests.web.pages.judged import judge, text_of, worst_deal

ACTS = ("pause", "resume", "close-date", "amount", "forecast")
LATER = (TODAY + timedelta(days=20)).date()


@pytest.fixture
def deal(committed: None, acme: Company, tmp_path: Path) -> UUID:
    judge(acme, tmp_path)
    return worst_deal(acme)


def stored(company: Company, deal: UUID) -> DealRecord:
    with scope.enter(company.owner), transaction.atomic():
        return access_deal(company.owner, deal, now=TODAY)


def post(browser: Any, deal: UUID, act: str, **data: object) -> Any:
    return send(browser, f"/deals/{deal}/{act}/", data)


class TestLadder:
    def test_is_for_those_who_may_change_the_deal(self, deal: UUID, acme: Company, borealis: Company) -> None:
        for email, answer in ((VERA, 403), (BOB, 404), (CAROL, 404)):
            browser = browser_of(email)
            for act in ACTS:
                data = {"until": LATER, "reason": 1} if act == "pause" else {}
                assert post(browser, deal, act, **data).status_code == answer, (email, act)
        for act in ACTS:
            assert ask(browser, f"/deals/{deal}/{act}/").status_code == 405


class TestPause:
    def test_lets_the_deal_rest_until_the_end_of_the_day(self, deal: UUID, acme: Company) -> None:
        alice = browser_of(ALICE)
        post(alice, deal, "pause", until=LATER, reason=int(PauseReason.PROCUREMENT), note="Board in May")
        paused = stored(acme, deal).line.paused_until
        assert paused is not None
        assert "End the pause" in text_of(alice, f"/deals/{deal}/")
        post(alice, deal, "resume")
        assert stored(acme, deal).line.paused_until is None

    def test_says_what_is_wrong_with_a_day_that_has_passed(self, deal: UUID, acme: Company) -> None:
        alice = browser_of(ALICE)
        post(alice, deal, "pause", until="2020-01-01", reason=1)
        assert "A pause ends in the future." in text_of(alice, f"/deals/{deal}/")
        assert stored(acme, deal).line.paused_until is None


class TestValues:
    def test_stand_beside_those_of_the_vendor_and_can_be_taken_back(self, deal: UUID, acme: Company) -> None:
        alice, before = browser_of(ALICE), stored(acme, deal)
        post(alice, deal, "close-date", on=LATER)
        post(alice, deal, "amount", amount="1234.50")
        post(alice, deal, "forecast", category=int(Forecast.COMMIT))
        after = stored(acme, deal)
        assert (after.close_on_override, after.vendor_close_on) == (LATER, before.vendor_close_on)
        assert after.amount_override is not None
        assert after.amount_override.minor == 123450
        assert after.forecast_override is Forecast.COMMIT
        post(alice, deal, "close-date", on="")
        post(alice, deal, "amount", amount="")
        post(alice, deal, "forecast", category="")
        back = stored(acme, deal)
        assert (back.close_on_override, back.amount_override, back.forecast_override) == (None, None, None)

    def test_refuse_what_is_no_sum_and_no_day(self, deal: UUID, acme: Company) -> None:
        alice = browser_of(ALICE)
        for odd in ("NaN", "Infinity", "-1", "1e308", "1." + "1" * 25, "=cmd|' /C calc'!A0"):
            assert post(alice, deal, "amount", amount=odd).status_code == 302
            assert stored(acme, deal).amount_override is None
        for odd in ("0001-01-01", "9999-12-31", "tomorrow"):
            assert post(alice, deal, "close-date", on=odd).status_code == 302
            assert stored(acme, deal).close_on_override is None
