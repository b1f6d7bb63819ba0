"""Signing in at an OpenID Connect issuer, as the adapters allow it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount

from auctor.identity import invitations, queries
from auctor.identity.models import User
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from tests.cast import NOW, Company
from tests.identity.browser import Browser, at, code_for, later, signed_in, with_password
from tests.identity.issuer import CLIENT, SECRET, Issuer, running
from tests.identity.test_sign_in import tags

ALICE = "alice@acme.example"


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    with running(sub="a-1", email=ALICE, email_verified=True) as found:
        app = {
            "provider_id": "sso",
            "name": "Single sign-on",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": found.address},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield found


def go(browser: Browser, **fields: str) -> str:
    """Where the page leads that is shown on the way to the issuer."""
    page = browser.post("/account/oidc/sso/login/", fields).content.decode()
    found = re.search(r'content="0;url=([^"]+)"', page)
    assert found, page
    return unescape(found[1])


def come_back(browser: Browser, issuer: Issuer, *, code: str = "good", state: str = "", **fields: str) -> Any:
    """Go to the issuer, sign in there, and come back."""
    asked = parse_qs(urlsplit(go(browser, **fields)).query)
    issuer.challenge = asked["code_challenge"][0]
    given = {"code": code, "state": state or asked["state"][0]}
    return browser.get("/account/oidc/sso/login/callback/", given)


class TestIssuer:
    def test_is_offered_on_the_sign_in_page(self, db: None, issuer: Issuer) -> None:
        assert "/account/oidc/sso/login/" in Browser().get("/account/login/").content.decode()

    def test_still_asks_for_the_second_factor(self, acme: Company, issuer: Issuer) -> None:
        with_password(ALICE)
        browser = Browser()
        with at():
            assert come_back(browser, issuer).status_code == 302
            assert browser.get("/inbox/")["Location"].startswith("/account/2fa/totp/activate/")
            browser.enrol(now=NOW)
            assert browser.get("/inbox/").status_code == 200
        assert ("identity:linked", "ok") in tags(acme)

    def test_leaves_nothing_that_it_tells_in_the_database(self, acme: Company, issuer: Issuer) -> None:
        with_password(ALICE)
        issuer.claims |= {"name": "Alice Lind", "groups": ["sales"]}
        for _ in range(2):
            with at():
                come_back(Browser(), issuer)
        assert [row.extra_data for row in SocialAccount.objects.all()] == [{}]

    def test_takes_no_parameters_from_the_address(self, acme: Company, issuer: Issuer) -> None:
        page = Browser().post("/account/oidc/sso/login/?auth_params=scope%3Dall")
        address = unescape(page.content.decode().split('content="0;url=')[1].split('"')[0])
        (scope,) = parse_qs(urlsplit(address).query)["scope"]
        assert set(scope.split()) == {"openid", "profile", "email"}

    def test_is_asked_to_sign_in_and_for_nothing_else(self, acme: Company, issuer: Issuer) -> None:
        for process in ("connect", "redirect"):
            assert Browser().get(f"/account/oidc/sso/login/?process={process}").status_code == 404
            assert Browser().post("/account/oidc/sso/login/", {"process": process}).status_code == 404

    def test_asks_for_a_code_of_who_has_one(self, acme: Company, issuer: Issuer) -> None:
        signed_in(ALICE)
        browser, now = Browser(), later()
        with at(now):
            assert come_back(browser, issuer)["Location"] == "/account/2fa/authenticate/"
            browser.give_code(ALICE, now=now)
            assert browser.get("/inbox/").status_code == 200

    def test_makes_no_account(self, acme: Company, issuer: Issuer) -> None:
        issuer.claims = {"sub": "x", "email": "nobody@acme.example", "email_verified": True}
        before = User.objects.count()
        with at():
            browser = Browser()
            come_back(browser, issuer)
            assert browser.get("/inbox/").status_code == 302
        assert User.objects.count() == before

    @pytest.mark.parametrize("verified", [False, None])
    def test_is_not_believed_about_an_address_it_did_not_verify(
        self, acme: Company, issuer: Issuer, verified: bool | None
    ) -> None:
        with_password(ALICE)
        issuer.claims["email_verified"] = verified
        with at():
            browser = Browser()
            come_back(browser, issuer)
            assert browser.get("/inbox/")["Location"].startswith("/account/login/")
        assert not SocialAccount.objects.exists()

    @pytest.mark.parametrize(("code", "state"), [("bad", ""), ("good", "made-up")])
    def test_lets_nobody_in_with(self, acme: Company, issuer: Issuer, code: str, state: str) -> None:
        with_password(ALICE)
        with at():
            browser = Browser()
            come_back(browser, issuer, code=code, state=state)
            assert browser.get("/inbox/")["Location"].startswith("/account/login/")

    def test_that_is_away_is_told(self, acme: Company, issuer: Issuer, settings: Any) -> None:
        settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
        answer = Browser().post("/account/oidc/sso/login/")
        assert answer.status_code == 401
        assert "did not let you in" in answer.content.decode()

    def test_is_not_there_without_the_setting(self, db: None) -> None:
        assert Browser().post("/account/oidc/sso/login/").status_code == 404
        assert "oidc" not in Browser().get("/account/login/").content.decode()


class TestInvited:
    DANA = "dana@acme.example"

    @pytest.fixture(autouse=True)
    def told(self, issuer: Issuer) -> None:
        issuer.claims = {"sub": "d-1", "email": "Dana@acme.example", "email_verified": True, "name": "Dana Roth"}

    def invite(self, company: Company) -> str:
        with scope.enter(company.admin):
            made = invitations.invite_member(company.admin, email=self.DANA, role=Role.MANAGER, now=NOW)
        return urlsplit(made.address).path

    def test_joins_without_a_password_and_enrols_a_factor_next(self, acme: Company, issuer: Issuer) -> None:
        path, browser = self.invite(acme), Browser()
        with at():
            assert "Join with Single sign-on" in browser.get(path).content.decode()
            assert come_back(browser, issuer, next=path)["Location"] == "/"
            assert browser.get("/team/")["Location"].startswith("/account/2fa/totp/activate/")
            browser.enrol(now=NOW)
            assert "Dana Roth" in browser.get("/team/").content.decode()
        with scope.enter(acme.admin):
            found = queries.find_member_by_email(acme.admin, self.DANA)
        assert found is not None
        assert (found.role, found.name) == (Role.MANAGER, "Dana Roth")
        user = User.objects.get(id=found.user_id)
        assert not user.has_usable_password()
        assert user.emailaddress_set.get().verified
        written = tags(acme)
        for tag in ("invitation:accepted", "member:added", "identity:linked", "sign_in:attempted", "session:started"):
            assert (tag, "ok") in written

    def test_signs_in_again_by_issuer_and_code(self, acme: Company, issuer: Issuer) -> None:
        path, browser = self.invite(acme), Browser()
        with at():
            come_back(browser, issuer, next=path)
            browser.enrol(now=NOW)
        with at(later()):
            again = Browser()
            assert come_back(again, issuer)["Location"] == "/account/2fa/authenticate/"
            again.give_code(self.DANA, now=later())
            assert again.get("/inbox/").status_code == 200

    @pytest.mark.parametrize(
        "claims",
        [{"email": "eve@acme.example"}, {"email_verified": False}, {"email_verified": None}, {"email_verified": "no"}],
    )
    def test_needs_the_invited_address_verified(self, acme: Company, issuer: Issuer, claims: dict[str, Any]) -> None:
        path, browser = self.invite(acme), Browser()
        issuer.claims |= claims
        before = User.objects.count()
        with at():
            assert "by invitation" in come_back(browser, issuer, next=path).content.decode()
            assert browser.get("/inbox/")["Location"].startswith("/account/login/")
            assert browser.get(path).status_code == 200
        assert User.objects.count() == before

    @pytest.mark.parametrize("late", [False, True])
    def test_needs_a_link_that_opens(self, acme: Company, issuer: Issuer, late: bool) -> None:
        path, browser = self.invite(acme), Browser()
        with at(NOW + invitations.GOOD_FOR if late else NOW):
            come_back(browser, issuer, next=path if late else path[:-6] + "xxxxx/")
        assert not User.objects.filter(email=self.DANA).exists()

    def test_comes_back_to_the_page_when_there_is_an_account(
        self, acme: Company, borealis: Company, issuer: Issuer
    ) -> None:
        signed_in("carol@borealis.example")
        with scope.enter(acme.admin):
            made = invitations.invite_member(acme.admin, email="carol@borealis.example", role=Role.MEMBER, now=NOW)
        path, browser, now = urlsplit(made.address).path, Browser(), later()
        issuer.claims |= {"email": "carol@borealis.example"}
        with at(now):
            come_back(browser, issuer, next=path)
            answer = browser.give_code("carol@borealis.example", now=now)
            assert answer["Location"] == path
            assert browser.post(path, {"name": "Carol"})["Location"] == "/workspaces/"


class TestConfirming:
    """Somebody without a password does something sensitive."""

    PATH = "/account/reauthenticate/"
    MOMENT = NOW + timedelta(minutes=10)

    @pytest.fixture
    def browser(self, acme: Company, issuer: Issuer) -> Browser:
        user = with_password(ALICE)
        browser = Browser()
        with at():
            come_back(browser, issuer)
            browser.enrol(now=NOW)
            user.set_unusable_password()
            User.objects.filter(id=user.id).update(password=user.password)
        with at(later()):
            come_back(browser, issuer)
            browser.give_code(ALICE, now=later())
        return browser

    def confirm(self, browser: Browser, issuer: Issuer) -> bool:
        with at(self.MOMENT):
            come_back(browser, issuer, process="redirect", next=self.PATH)
            browser.post(self.PATH, {"code": code_for(ALICE, now=self.MOMENT), "next": "/team/"})
            return bool(browser.get("/settings/tokens/new/").status_code == 200)

    def test_signs_in_at_the_issuer_and_gives_a_code(self, acme: Company, browser: Browser, issuer: Issuer) -> None:
        with at(self.MOMENT):
            assert browser.get("/settings/tokens/new/").status_code == 302
            assert "Confirm with Single sign-on" in browser.get(self.PATH).content.decode()
            assert "prompt=login&max_age=0" in go(browser, process="redirect")
        assert self.confirm(browser, issuer)
        assert ("reauthentication:attempted", "ok") in tags(acme)

    def test_is_not_let_through_by_a_code_alone(self, browser: Browser) -> None:
        with at(self.MOMENT):
            browser.post(self.PATH, {"code": code_for(ALICE, now=self.MOMENT), "next": "/team/"})
            assert browser.get("/settings/tokens/new/").status_code == 302

    def test_is_held_to_when_the_issuer_asked(self, acme: Company, browser: Browser, issuer: Issuer) -> None:
        issuer.claims["auth_time"] = int(NOW.timestamp())
        assert not self.confirm(browser, issuer)
        assert ("reauthentication:attempted", "refused") in tags(acme)

    def test_is_the_same_person_there(self, browser: Browser, issuer: Issuer) -> None:
        issuer.claims |= {"sub": "somebody-else"}
        assert not self.confirm(browser, issuer)
