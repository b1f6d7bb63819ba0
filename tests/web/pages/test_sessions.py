"""Where one is signed in."""

from datetime import timedelta
from uuid import UUID

from auctor.identity.models import Session
from auctor.identity.sessions import digest_of
from auctor.kit.ids import uuid7
from tests.cast import Company
from tests.identity.browser import Browser, at, code_for
from tests.web.pages.asking import ALICE, CAROL, NOBODY, TODAY, ask, browser_of, send, status


def another(email: str) -> Browser:
    """A second browser of somebody who is signed in, by a code of the next half minute."""
    browser, moment = Browser(), TODAY + timedelta(seconds=30)
    with at(moment):
        browser.sign_in(email)
        browser.give_code(email, now=moment, code=code_for(email, now=moment))
    return browser


class TestShow:
    def test_is_for_who_is_signed_in(self, acme: Company) -> None:
        assert status(NOBODY, "/sessions/") == 302
        assert status(ALICE, "/sessions/") == 200

    def test_marks_this_one(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        another(ALICE)
        text = ask(browser, "/sessions/").content.decode()
        assert text.count("This one") == 1
        assert text.count("Firefox on Linux</th>") + text.count("Firefox on Linux <span") == 2
        assert "192.0.2.7" in text


class TestRevoke:
    def test_ends_one(self, acme: Company) -> None:
        browser, other = browser_of(ALICE), another(ALICE)
        row = Session.objects.exclude(id=_id_of(browser)).get(user_id=acme.owner.user_id)
        assert ask(other, "/inbox/").status_code == 200
        assert send(browser, f"/sessions/{row.id}/")["Location"] == "/sessions/"
        assert ask(other, "/inbox/").status_code == 302
        assert ask(browser, "/inbox/").status_code == 200

    def test_ends_one_s_own(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        assert send(browser, f"/sessions/{_id_of(browser)}/")["Location"] == "/account/login/"
        assert ask(browser, "/inbox/").status_code == 302

    def test_answers_a_stranger_s_like_a_random_one(self, acme: Company, borealis: Company) -> None:
        alice, carol = browser_of(ALICE), browser_of(CAROL)
        answers = [send(carol, f"/sessions/{one}/") for one in (_id_of(alice), uuid7())]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert ask(alice, "/inbox/").status_code == 200

    def test_takes_posts_only(self, acme: Company) -> None:
        assert status(ALICE, f"/sessions/{uuid7()}/") == 405


class TestRevokeOthers:
    def test_signs_out_everywhere_else(self, acme: Company) -> None:
        browser, other = browser_of(ALICE), another(ALICE)
        send(browser, "/sessions/others/")
        assert ask(other, "/inbox/").status_code == 302
        assert ask(browser, "/inbox/").status_code == 200


def _id_of(browser: Browser) -> UUID:
    return Session.objects.get(digest=digest_of(browser.cookies["__Host-session"].value)).id
