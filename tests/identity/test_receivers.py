"""A security key as the second factor: what happens around allauth when one is enrolled, used, removed."""

import json
from typing import Any

from allauth.mfa.models import Authenticator

from tests.cast import NOW, Company
from tests.identity.browser import Browser, at, later, signed_in, with_password
from tests.identity.security_key import SecurityKey
from tests.identity.test_sign_in import tags

ALICE = "alice@acme.example"


def options_of(response: Any, name: str) -> dict[str, Any]:
    """What the page's script is given, in the form it reads."""
    found: dict[str, Any] = json.loads(json.dumps(response.context["js_data"][name]))
    return found


def enrol(browser: Browser) -> SecurityKey:
    key = SecurityKey()
    page = browser.get("/account/2fa/webauthn/add/")
    answer = browser.post(
        "/account/2fa/webauthn/add/",
        {"name": "Key ring", "credential": key.create(options_of(page, "creation_options"))},
    )
    assert answer.status_code == 302, answer.content.decode()
    return key


class TestSecurityKey:
    def test_can_be_the_first_factor_that_is_enrolled(self, acme: Company) -> None:
        with_password(ALICE)
        browser = Browser()
        with at():
            browser.sign_in(ALICE)
            enrol(browser)
            assert browser.get("/inbox/").status_code == 200
        assert ("factor:enrolled", "ok") in tags(acme)

    def test_signs_in_beside_the_authenticator_app(self, acme: Company) -> None:
        first = signed_in(ALICE)
        with at():
            key = enrol(first)
        browser = Browser()
        with at(later(3)):
            browser.sign_in(ALICE)
            page = browser.get("/account/2fa/authenticate/")
            answer = browser.post(
                "/account/2fa/authenticate/", {"credential": key.get(options_of(page, "request_options"))}
            )
            assert answer["Location"] == "/"
            assert browser.get("/inbox/").status_code == 200

    def test_is_bound_to_this_host(self, acme: Company) -> None:
        first = signed_in(ALICE)
        with at():
            key = enrol(first)
        browser = Browser()
        with at(later(3)):
            browser.sign_in(ALICE)
            options = options_of(browser.get("/account/2fa/authenticate/"), "request_options")
            forged = key.get(options, origin="https://localhost.evil.example")
            assert browser.post("/account/2fa/authenticate/", {"credential": forged}).status_code == 200
            assert browser.get("/inbox/").status_code == 302

    def test_answers_a_question_once(self, acme: Company) -> None:
        first = signed_in(ALICE)
        with at():
            key = enrol(first)
        browser, other = Browser(), Browser()
        with at(later(3)):
            browser.sign_in(ALICE)
            answer = key.get(options_of(browser.get("/account/2fa/authenticate/"), "request_options"))
            assert browser.post("/account/2fa/authenticate/", {"credential": answer})["Location"] == "/"
            other.sign_in(ALICE)
            assert other.post("/account/2fa/authenticate/", {"credential": answer}).status_code == 200

    def test_is_followed_by_another_enrolment_when_the_last_is_removed(self, acme: Company) -> None:
        with_password(ALICE)
        browser, other = Browser(), Browser()
        with at():
            browser.sign_in(ALICE)
            key = enrol(browser)
            other.sign_in(ALICE)
            options = options_of(other.get("/account/2fa/authenticate/"), "request_options")
            other.post("/account/2fa/authenticate/", {"credential": key.get(options)})
            assert other.get("/inbox/").status_code == 200
            row = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
            browser.post(f"/account/2fa/webauthn/keys/{row.pk}/remove/")
            assert browser.get("/inbox/")["Location"].startswith("/account/2fa/totp/activate/")
            assert other.get("/inbox/")["Location"].startswith("/account/login/")
            browser.enrol(now=NOW)
            assert browser.get("/inbox/").status_code == 200
