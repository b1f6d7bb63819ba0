"""The list of deals and the page of one."""

import pytest

from auctor.kit.ids import uuid7
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, MIA, NOBODY, VERA, ask, browser_of, status


class TestLadder:
    @pytest.mark.parametrize("path", ["/deals/", "/deals/01a20486-4f5c-77b3-8ee2-9db0e67e4a7f/"])
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
