"""The page of the signals: what they found, how they are set."""

from pathlib import Path

import pytest
from django.db import transaction

from auctor.risk import policies
from auctor.risk.records import PolicyRecord
from auctor.signals.catalog import SIGNALS
from auctor.tenancy import scope
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, MAX, MIA, NOBODY, VERA, browser_of, send, status
from tests.web.pages.judged import judge, text_of

ACTS = {
    "/signals/thresholds/": {"late_from": "0.6"},
    "/signals/stage_stall/mute/": {"reason": "other"},
    "/signals/stage_stall/unmute/": {},
}


def held(company: Company) -> PolicyRecord:
    with scope.enter(company.owner), transaction.atomic():
        return policies.get_policy(company.owner)


class TestLadder:
    def test_sends_nobody_in_without_a_sign_in(self, db: None) -> None:
        assert status(NOBODY, "/signals/") == 302

    @pytest.mark.parametrize("email", [ALICE, MIA, VERA, BOB])
    def test_opens_for_everybody_of_the_workspace(self, committed: None, acme: Company, email: str) -> None:
        assert status(email, "/signals/") == 200

    def test_lets_nobody_set_them_who_may_not(self, committed: None, acme: Company) -> None:
        for email in (MIA, VERA, BOB):
            browser = browser_of(email)
            for path, data in ACTS.items():
                assert send(browser, path, data).status_code == 403, (email, path)
        assert held(acme).number == 0

    def test_lets_those_who_lead_measure_them(self, committed: None, acme: Company) -> None:
        answers = {email: send(browser_of(email), "/signals/measure/").status_code for email in (MIA, VERA, BOB)}
        assert answers == {MIA: 302, VERA: 403, BOB: 403}


class TestShow:
    def test_says_what_will_stand_here(self, committed: None, acme: Company) -> None:
        assert "No track record yet" in text_of(browser_of(ALICE), "/signals/")

    def test_tells_every_signal_and_what_was_learnt(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        told = text_of(browser_of(ALICE), "/signals/")
        assert told.count('aria-labelledby="signal-') == len(SIGNALS)
        assert "rules score stands alone" in told
        assert "Let it count" not in told
        analyst = text_of(browser_of(VERA), "/signals/")
        assert "Mute it because" not in analyst


class TestTune:
    def test_sets_mutes_and_goes_back(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        browser = browser_of(MAX)
        code, parameter = next(iter(policies.PARAMETERS.items()))
        field = code.replace(".", "-")
        send(browser, "/signals/thresholds/", {field: str(parameter.least)})
        assert held(acme).thresholds == {code: parameter.least}
        send(browser, "/signals/thresholds/", {field: ""})
        assert held(acme).thresholds == {}
        send(browser, "/signals/stage_stall/mute/", {"reason": "does-not-fit", "note": "We sell slowly"})
        assert "We sell slowly" in text_of(browser, "/signals/")
        send(browser, "/signals/stage_stall/unmute/")
        assert held(acme).mutes == ()
        send(browser, "/signals/thresholds/", {"late_from": "0.6"})
        assert held(acme).late_from == 0.6

    def test_says_why_a_value_is_refused(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        browser, before = browser_of(MAX), held(acme).number
        field, most = next((code.replace(".", "-"), one.most) for code, one in policies.PARAMETERS.items())
        for odd in ("nan", "inf", "1e308", str(most + 1), "=1+1"):
            send(browser, "/signals/thresholds/", {field: odd})
        send(browser, "/signals/invented/mute/", {"reason": "other"})
        assert held(acme).number == before
        assert "lies between" in text_of(browser, "/signals/")
