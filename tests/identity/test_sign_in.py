"""From a closed door to a page, step by step."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import override_settings

from auctor.config import settings as product
from auctor.identity.models import Session
from auctor.identity.sessions import digest_of
from auctor.identity.sign_in import coarse
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.identity.browser import PASSWORD, Browser, at, later, signed_in, with_password

ALICE = "alice@acme.example"


def tags(company: Company) -> list[tuple[str, str]]:
    with scope.enter(company.system), connection.cursor() as cursor:
        cursor.execute("SELECT action, body::jsonb ->> 'outcome' FROM audit.entry ORDER BY id")
        return [(str(tag), str(outcome)) for tag, outcome in cursor.fetchall()]


class TestSignIn:
    def test_shows_nothing_before_the_second_factor_is_enrolled(self, acme: Company) -> None:
        with_password(ALICE)
        browser = Browser()
        with at():
            assert browser.sign_in(ALICE).status_code == 302
            answer = browser.get("/inbox/")
            assert answer.status_code == 302
            assert answer["Location"].startswith("/account/2fa/totp/activate/")
            assert browser.get("/account/2fa/").status_code == 302
            assert browser.post("/inbox/").status_code == 403
            assert browser.get("/inbox/", headers={"Sec-Fetch-Mode": "no-cors"}).status_code == 403
            assert browser.get("/inbox/", headers={"HX-Request": "true"}).status_code == 401

    def test_opens_after_enrolment(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        with at():
            answer = browser.get("/inbox/")
            assert answer.status_code == 200
            assert b"Recovery codes" in browser.get("/account/2fa/recovery-codes/").content

    @override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS)
    def test_takes_passwords_that_were_hashed_as_the_product_does(self, acme: Company) -> None:
        user = with_password(ALICE)
        user.password = make_password(PASSWORD)
        user.save()
        # Sixteen MiB of memory for every guess.
        assert user.password.startswith("scrypt$16384$")
        with at():
            assert Browser().sign_in(ALICE, "quiet-harbour-lanterns").status_code == 200
            assert Browser().sign_in(ALICE).status_code == 302

    def test_asks_for_a_code_the_next_time(self, acme: Company) -> None:
        signed_in(ALICE)
        browser, now = Browser(), later()
        with at(now):
            assert browser.sign_in(ALICE)["Location"] == "/account/2fa/authenticate/"
            assert browser.get("/inbox/").status_code == 302
            assert browser.give_code(ALICE, now=now).status_code == 302
            assert browser.get("/inbox/").status_code == 200
        assert ("factor:attempted", "ok") in tags(acme)
        assert ("session:started", "ok") in tags(acme)

    def test_takes_a_code_once(self, acme: Company) -> None:
        signed_in(ALICE)
        first, second, now = Browser(), Browser(), later()
        with at(now):
            first.sign_in(ALICE)
            second.sign_in(ALICE)
            assert first.give_code(ALICE, now=now).status_code == 302
            answer = second.give_code(ALICE, now=now)
            assert answer.status_code == 200
            assert b"used already" in answer.content
            assert second.get("/inbox/").status_code == 302
        assert ("factor:attempted", "refused") in tags(acme)

    def test_does_not_take_the_code_of_the_enrolment_again(self, acme: Company) -> None:
        signed_in(ALICE)
        browser = Browser()
        with at():
            browser.sign_in(ALICE)
            assert b"used already" in browser.give_code(ALICE, now=NOW).content

    def test_takes_no_code_of_another_half_minute(self, acme: Company) -> None:
        signed_in(ALICE)
        now = later(5)
        for wrong in (now - timedelta(seconds=30), now + timedelta(seconds=30)):
            browser = Browser()
            with at(now):
                browser.sign_in(ALICE)
                assert b"not right" in browser.give_code(ALICE, now=wrong).content

    def test_gives_the_session_new_keys(self, acme: Company) -> None:
        signed_in(ALICE)
        browser, now, keys = Browser(), later(), []
        with at(now):
            browser.sign_in(ALICE)
            keys.append(browser.cookies["__Host-session"].value)
            browser.give_code(ALICE, now=now)
            keys.append(browser.cookies["__Host-session"].value)
        assert keys[0] != keys[1]
        assert not Session.objects.filter(digest=digest_of(keys[0])).exists()

    def test_sets_two_cookies_that_stay_on_this_host(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        with at():
            browser.get("/inbox/")
        assert set(browser.cookies) <= {"__Host-session", "__Host-csrf"}
        for cookie in browser.cookies.values():
            assert cookie["secure"]
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
            assert cookie["path"] == "/"
            assert not cookie["domain"]

    def test_knows_no_difference_between_a_wrong_password_and_an_unknown_address(self, acme: Company) -> None:
        with_password(ALICE)
        with at():
            wrong = Browser().sign_in(ALICE, "something-else-entirely")
            unknown = Browser().sign_in("nobody@acme.example", "something-else-entirely")
        clean = [strip(answer, ALICE, "nobody@acme.example") for answer in (wrong, unknown)]
        assert clean[0] == clean[1]
        assert (wrong.status_code, unknown.status_code) == (200, 200)
        assert ("sign_in:attempted", "refused") in tags(acme)


def strip(answer: Any, *addresses: str) -> str:
    import re

    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", answer.content.decode())
    for address in addresses:
        text = text.replace(address, "")
    return text


class TestLimits:
    def test_stop_the_sixth_password(self, acme: Company) -> None:
        with_password(ALICE)
        browser = Browser()
        with at():
            assert [browser.sign_in(ALICE, f"wrong-password-{i}").status_code for i in range(5)] == [200] * 5
            answer = browser.sign_in(ALICE)
            assert answer.status_code == 429
            assert answer["Retry-After"] == "300"
        assert ("sign_in:limited", "limited") in tags(acme)
        with at(NOW + timedelta(minutes=5, seconds=1)):
            assert browser.sign_in(ALICE).status_code == 302

    def test_hold_for_the_account_from_any_address(self, acme: Company) -> None:
        with_password(ALICE)
        with at():
            for i in range(5):
                Browser(f"192.0.2.{i}").sign_in(ALICE, "wrong-password-x")
            assert Browser("192.0.2.99").sign_in(ALICE).status_code == 429

    def test_count_failures_only(self, acme: Company) -> None:
        signed_in(ALICE)
        with at():
            assert [Browser().sign_in(ALICE).status_code for _ in range(8)] == [302] * 8

    def test_stop_the_sixth_code(self, acme: Company) -> None:
        signed_in(ALICE)
        browser, now = Browser(), later()
        with at(now):
            browser.sign_in(ALICE)
            for _ in range(5):
                assert b"not right" in browser.give_code(ALICE, now=now, code="000000").content
            answer = browser.give_code(ALICE, now=now)
            assert (answer.status_code, answer["Retry-After"]) == (429, "300")
            assert browser.get("/inbox/").status_code == 302


class TestSignOut:
    def test_ends_the_session_in_the_database(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        key = browser.cookies["__Host-session"].value
        with at():
            assert browser.post("/account/logout/").status_code == 302
            assert browser.get("/inbox/").status_code == 302
        assert not Session.objects.filter(digest=digest_of(key)).exists()
        assert ("session:ended", "ok") in tags(acme)


class TestSession:
    def test_is_sealed_and_known_by_its_digest(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        key = browser.cookies["__Host-session"].value
        with connection.cursor() as cursor:
            cursor.execute("SELECT s::text, encode(s.data, 'escape') FROM identity_session s WHERE user_id IS NOT NULL")
            text = " ".join(cursor.fetchone())
        assert key not in text
        assert "alice" not in text
        assert "192.0.2.7" not in text
        assert "auctor.factor" not in text

    def test_is_described_for_people(self, acme: Company) -> None:
        signed_in(ALICE)
        row = Session.objects.get(user_id=acme.owner.user_id)
        assert (row.agent, row.address, row.factor) == ("Firefox on Linux", "192.0.2.7", "totp")

    def test_ends_when_the_password_changes(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        user = with_password(ALICE)
        user.set_password(PASSWORD + "2")
        user.save()
        with at():
            assert browser.get("/inbox/").status_code == 302
        assert not Session.objects.filter(user_id=user.id).exists()

    def test_gets_a_new_key_after_a_role_change(self, acme: Company) -> None:
        browser = signed_in(ALICE)
        before = browser.cookies["__Host-session"].value
        Session.objects.update(must_rotate=True)
        with at():
            assert browser.get("/inbox/").status_code == 200
            assert browser.cookies["__Host-session"].value != before
            assert browser.get("/inbox/").status_code == 200


class TestCoarse:
    def test_tells_what_people_recognise(self) -> None:
        chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
        assert coarse(chrome) == "Chrome on Windows"
        assert coarse("curl/8") == "Unknown browser on unknown system"
