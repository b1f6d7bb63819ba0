"""API tokens."""

import re
from datetime import timedelta

import pytest

from auctor.identity import tokens
from auctor.kit.ids import uuid7
from tests.cast import Company
from tests.identity.browser import at
from tests.web.pages.asking import ALICE, BOB, CAROL, NOBODY, TODAY, VERA, ask, browser_of, send, status

NEW = {"name": "Nightly export", "days": "30", "scopes": ["deal:read", "self:read"]}


class TestShow:
    @pytest.mark.parametrize(("who", "answer"), [(NOBODY, 302), (VERA, 200), (BOB, 200)])
    def test_is_for_everybody_s_own(self, acme: Company, who: str, answer: int) -> None:
        assert status(who, "/settings/tokens/") == answer

    def test_takes_no_other_method(self, acme: Company) -> None:
        assert status(BOB, "/settings/tokens/", "POST") == 405


class TestCreate:
    def test_shows_the_token_once(self, acme: Company) -> None:
        browser = browser_of(BOB)
        text = send(browser, "/settings/tokens/new/", NEW).content.decode()
        found = re.search(r"auctor_[\w-]{43}", text)
        assert found
        actor = tokens.authenticate_token(found.group(), now=TODAY)
        assert actor is not None
        assert actor.member_id == acme.member.member_id
        listed = ask(browser, "/settings/tokens/").content.decode()
        assert "Nightly export" in listed
        assert found.group() not in listed

    def test_offers_no_more_than_one_holds(self, acme: Company) -> None:
        browser = browser_of(VERA)
        assert "deal:write" not in ask(browser, "/settings/tokens/new/").content.decode()
        answer = send(browser, "/settings/tokens/new/", {**NEW, "scopes": ["deal:write"]})
        assert "not one of the available choices" in answer.content.decode()

    def test_wants_a_fresh_proof(self, acme: Company) -> None:
        browser = browser_of(BOB)
        with at(TODAY + timedelta(minutes=6)):
            assert browser.get("/settings/tokens/new/")["Location"].startswith("/account/reauthenticate/")


class TestRevoke:
    def test_is_for_one_s_own(self, acme: Company, borealis: Company) -> None:
        browser = browser_of(BOB)
        text = send(browser, "/settings/tokens/new/", NEW).content.decode()
        secret = re.findall(r"auctor_[\w-]{43}", text)[0]
        actor = tokens.authenticate_token(secret, now=TODAY)
        assert actor is not None
        address = f"/settings/tokens/{actor.token_id}/revoke/"
        stranger = browser_of(CAROL)
        answers = [send(stranger, one) for one in (address, f"/settings/tokens/{uuid7()}/revoke/")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert send(browser_of(VERA), address).status_code == 404
        assert tokens.authenticate_token(secret, now=TODAY)
        assert send(browser, address)["Location"] == "/settings/tokens/"
        assert tokens.authenticate_token(secret, now=TODAY, address="a") is None

    def test_takes_posts_only(self, acme: Company) -> None:
        assert status(ALICE, f"/settings/tokens/{uuid7()}/revoke/") == 405
