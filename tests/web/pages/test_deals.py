"""The list of deals and the page of one."""

import re
from pathlib import Path

import pytest

from auctor.kit.ids import uuid7
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, MIA, NOBODY, VERA, ask, browser_of, status
from tests.web.pages.judged import judge, text_of


class TestLadder:
    @pytest.mark.parametrize("path", ["/deals/"])
    def test_sends_nobody_in_without_a_sign_in(self, db: None, path: str) -> None:
        assert status(NOBODY, path) == 302

    @pytest.mark.parametrize("email", [ALICE, MIA, VERA, BOB])
    def test_opens_for_everybody_of_the_workspace(self, committed: None, acme: Company, email: str) -> None:
        assert status(email, "/deals/") == 200

    def test_knows_no_deal_that_is_not_there(self, acme: Company) -> None:
        assert status(ALICE, f"/deals/{uuid7()}/") == 404

    def test_takes_no_other_method(self, acme: Company) -> None:
        assert status(ALICE, "/deals/", "POST") == 405


class TestShow:
    def test_says_what_will_stand_here(self, acme: Company) -> None:
        assert "No deals yet" in ask(browser_of(ALICE), "/deals/").content.decode()


class TestFind:
    def test_filters_by_band_and_orders_by_score(self, committed: None, acme: Company, tmp_path: Path) -> None:
        judge(acme, tmp_path)
        alice = browser_of(ALICE)
        scores = [int(one) for one in re.findall(r"</svg> (\d+) <small>", text_of(alice, "/deals/?sort=-score"))]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) > 3
        high = text_of(alice, "/deals/?band=high")
        assert "high-text" in high
        assert "medium-text" not in high
        assert "medium-text" not in text_of(alice, "/deals/?band=high&sort=score")

    @pytest.mark.parametrize(
        "query",
        ["from=0001-01-01", "until=nonsense", "stage=1", "band=worst", "kind=odd&sort=-score", "sort=-score&q=x"],
    )
    def test_bears_any_query(self, committed: None, acme: Company, query: str) -> None:
        text_of(browser_of(ALICE), f"/deals/?{query}")

    def test_refuses_a_cursor_that_it_did_not_hand_out(self, acme: Company) -> None:
        assert ask(browser_of(ALICE), "/deals/?sort=-score&after=x").status_code == 400
