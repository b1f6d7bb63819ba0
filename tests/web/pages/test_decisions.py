"""What people decide of a deal, from the inbox and from the deal's page."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from auctor.risk import queries
from auctor.risk.records import Aside, Judgement
from auctor.tenancy import scope
from tests.cast import Company
from tests.identity.browser import at
from tests.web.pages.asking import BOB, CAROL, MIA, TODAY, VERA, ask, browser_of, send
from tests.web.pages.judged import judge, text_of, worst_deal

LATER = (TODAY + timedelta(days=9)).date()
DATA: dict[str, dict[str, Any]] = {
    "known": {},
    "not-a-risk": {"reason": "agreed", "note": "Signed on Friday"},
    "snooze": {"until": "date", "on": LATER},
    "right": {"signal": "next_step", "right": "no"},
}


@pytest.fixture
def deal(committed: None, acme: Company, tmp_path: Path) -> UUID:
    judge(acme, tmp_path)
    return worst_deal(acme)


def stored(company: Company, deal: UUID) -> Judgement:
    with scope.enter(company.owner), transaction.atomic():
        found = queries.find_judgement(company.owner, deal)
    assert found is not None
    return found


def press(browser: Any, path: str, data: dict[str, Any]) -> Any:
    """POST as a row of the inbox does."""
    with at(TODAY):
        return browser.post(path, data, headers={"HX-Request": "true"})


class TestLadder:
    def test_is_for_those_who_may_judge_the_deal(self, deal: UUID, acme: Company, borealis: Company) -> None:
        for email, answer in ((VERA, 403), (BOB, 404), (CAROL, 404)):
            browser = browser_of(email)
            for act, data in DATA.items():
                assert send(browser, f"/inbox/{deal}/{act}/", data).status_code == answer, (email, act)
            assert send(browser, f"/inbox/undo/{uuid4()}/").status_code == (403 if email == VERA else 404)
        for act in DATA:
            assert ask(browser, f"/inbox/{deal}/{act}/").status_code == 405


class TestDecide:
    def test_exchanges_the_row_and_offers_the_way_back(self, deal: UUID, acme: Company) -> None:
        mia = browser_of(MIA)
        for act, aside in (("known", Aside.KNOWN), ("not-a-risk", Aside.NOT_RISK), ("snooze", Aside.SNOOZED)):
            answer = press(mia, f"/inbox/{deal}/{act}/", DATA[act])
            decision = stored(acme, deal).decision
            assert decision is not None
            assert (decision.aside, decision.is_active) == (aside, True)
            assert f'id="row-{deal}"' in answer.content.decode()
            assert "inbox-tabs" in answer.content.decode()
            toast = json.loads(answer["HX-Trigger"])["auctor:toast"]
            assert toast["target"] == f"#row-{deal}"
            assert "queue-aside" not in press(mia, toast["post"], {}).content.decode()
        assert stored(acme, deal).decision is None

    def test_moves_the_deal_to_its_view(self, deal: UUID, acme: Company) -> None:
        mia = browser_of(MIA)
        press(mia, f"/inbox/{deal}/known/", {})
        assert str(deal) not in text_of(mia, "/inbox/")
        assert "Known already" in text_of(mia, "/inbox/?view=known")
        assert "Take back" in text_of(mia, f"/deals/{deal}/")

    def test_says_in_words_what_is_missing(self, deal: UUID, acme: Company) -> None:
        mia = browser_of(MIA)
        for data in ({"until": "date", "on": "2020-01-01"}, {"until": "never"}, {}):
            answer = press(mia, f"/inbox/{deal}/snooze/", data)
            assert answer.status_code == 422
            assert json.loads(answer["HX-Trigger"])["auctor:toast"]["tone"] == "high"
        assert stored(acme, deal).decision is None

    def test_works_without_scripts(self, deal: UUID, acme: Company) -> None:
        mia = browser_of(MIA)
        assert send(mia, f"/inbox/{deal}/not-a-risk/", DATA["not-a-risk"])["Location"] == f"/deals/{deal}/"
        told = text_of(mia, f"/deals/{deal}/")
        assert "Not a risk: it is agreed with the buyer" in told
        assert "Signed on Friday" in told


class TestRate:
    def test_keeps_the_answer_beside_what_the_signal_said(self, deal: UUID, acme: Company) -> None:
        mia = browser_of(MIA)
        answer = press(mia, f"/inbox/{deal}/right/", DATA["right"]).content.decode()
        assert "counts in the track record" in answer
        with scope.enter(acme.owner), transaction.atomic():
            (kept,) = queries.list_feedback(acme.owner, deal)
        assert (kept.signal, kept.answer.value) == ("next_step", "wrong")
        assert send(mia, f"/inbox/{deal}/right/", {"signal": "invented", "right": "yes"}).status_code == 302
