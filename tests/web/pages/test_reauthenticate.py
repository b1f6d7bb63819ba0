"""Confirming that it is you."""

from datetime import timedelta

import pytest

from auctor.identity.models import User
from tests.cast import Company
from tests.identity.browser import PASSWORD, Browser, at, code_for
from tests.identity.test_sign_in import tags
from tests.web.pages.asking import ALICE, TODAY, ask, browser_of, send

PATH = "/account/reauthenticate/"
LATER = TODAY + timedelta(minutes=10)


@pytest.fixture
def browser(acme: Company) -> Browser:
    return browser_of(ALICE)


def answer_at(browser: Browser, *, password: str = PASSWORD, code: str = "", back: str = "/team/") -> object:
    with at(LATER):
        code = code or code_for(ALICE, now=LATER)
        return browser.post(PATH, {"password": password, "code": code, "next": back})


def may_now(browser: Browser) -> bool:
    with at(LATER):
        return bool(browser.get("/settings/tokens/new/").status_code == 200)


class TestShow:
    def test_is_for_who_is_signed_in(self, db: None) -> None:
        assert ask(Browser(), PATH).status_code == 302

    def test_takes_both_at_once_and_goes_back(self, browser: Browser, acme: Company) -> None:
        assert not may_now(browser)
        answer = answer_at(browser)
        assert answer["Location"] == "/team/"  # type: ignore[index]
        assert may_now(browser)
        assert ("reauthentication:attempted", "ok") in tags(acme)
        with at(LATER + timedelta(minutes=5)):
            assert browser.get("/settings/tokens/new/").status_code == 302

    def test_opens_for_neither_alone(self, browser: Browser, acme: Company) -> None:
        answer_at(browser, password="something-else-entirely")
        assert not may_now(browser)
        answer_at(browser, code="000000")
        assert not may_now(browser)
        assert ("reauthentication:attempted", "refused") in tags(acme)

    def test_is_limited(self, browser: Browser) -> None:
        for _ in range(5):
            answer_at(browser, password="something-else-entirely")
        answer = answer_at(browser)
        assert answer.status_code == 429  # type: ignore[attr-defined]
        assert not may_now(browser)

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
    def test_goes_nowhere_else(self, browser: Browser, back: str) -> None:
        assert answer_at(browser, back=back)["Location"] == "/"  # type: ignore[index]

    def test_takes_no_code_alone_without_a_password(self, browser: Browser) -> None:
        user = User.objects.get(email=ALICE)
        user.set_unusable_password()
        User.objects.filter(id=user.id).update(password=user.password)
        assert send(browser, PATH).status_code == 302
