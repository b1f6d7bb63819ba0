"""Signing in at an OpenID Connect issuer, as the adapters allow it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount

from auctor.identity.models import User
from tests.cast import NOW, Company
from tests.identity.browser import Browser, at, later, signed_in, with_password
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


def come_back(browser: Browser, issuer: Issuer, *, code: str = "good", state: str = "") -> Any:
    """Go to the issuer, sign in there, and come back."""
    asked = parse_qs(urlsplit(browser.post("/account/oidc/sso/login/")["Location"]).query)
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

    def test_is_not_there_without_the_setting(self, db: None) -> None:
        assert Browser().post("/account/oidc/sso/login/").status_code == 404
        assert "oidc" not in Browser().get("/account/login/").content.decode()
