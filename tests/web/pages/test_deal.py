"""The page of one deal."""

from datetime import timedelta
from pathlib import Path

import pytest

from auctor.kit.ids import uuid7
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, CAROL, MIA, NOBODY, TODAY, VERA, ask, browser_of, recorded, status
from tests.web.pages.judged import judge, text_of, worst_deal

UNKNOWN = "01a20486-4f5c-77b3-8ee2-9db0e67e4a7f"


class TestLadder:
    @pytest.mark.parametrize("path", [f"/deals/{UNKNOWN}/", f"/deals/{UNKNOWN}/timeline/"])
    def test_sends_nobody_in_without_a_sign_in(self, db: None, path: str) -> None:
        assert status(NOBODY, path) == 302
        assert status(NOBODY, path, "POST") == 405

    def test_knows_no_deal_that_is_not_there(self, acme: Company) -> None:
        alice = browser_of(ALICE)
        for path in (f"/deals/{uuid7()}/", f"/deals/{uuid7()}/timeline/", f"/deals/{uuid7()}/?at=2026-01-01"):
            assert ask(alice, path).status_code == 404


class TestShow:
    def test_tells_everything_to_those_who_may_see_it(
        self, committed: None, acme: Company, borealis: Company, tmp_path: Path
    ) -> None:
        judge(acme, tmp_path)
        deal = worst_deal(acme)
        for email, answer in ((MIA, 200), (VERA, 200), (BOB, 404), (CAROL, 404)):
            assert status(email, f"/deals/{deal}/") == answer, email
        alice = browser_of(ALICE)
        told = text_of(alice, f"/deals/{deal}/")
        for part in (
            "Points against your average open deal",
            "What clears it",
            "Twelve weeks of contact",
            "Judgements",
        ):
            assert part in told
        assert "Let the deal rest" in told
        assert "deal:read" in recorded(acme)

    def test_offers_no_change_to_an_analyst(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        assert "Say another value" not in text_of(browser_of(VERA), f"/deals/{worst_deal(acme)}/")

    def test_shows_a_past_day_by_what_was_on_record_then(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        deal, alice = worst_deal(acme), browser_of(ALICE)
        past = (TODAY - timedelta(days=7)).date()
        told = text_of(alice, f"/deals/{deal}/?at={past}")
        assert "from what was on record then" in told
        assert "Let the deal rest" not in told
        for odd in ("0001-01-01", "9999-12-31", "soon", (TODAY + timedelta(days=9)).date()):
            assert "from what was on record then" not in text_of(alice, f"/deals/{deal}/?at={odd}")


class TestTimeline:
    def test_shows_the_kind_that_is_asked_for(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        deal, alice = worst_deal(acme), browser_of(ALICE)
        assert "E-mail" not in text_of(alice, f"/deals/{deal}/timeline/?show=changes").split("</nav>")[1]
        assert "timeline-evidence" in text_of(alice, f"/deals/{deal}/timeline/?show=evidence")
        assert "Stage:" not in text_of(alice, f"/deals/{deal}/timeline/?show=mail")
        assert "E-mail" in text_of(alice, f"/deals/{deal}/timeline/?show=invented&before=yesterday")
