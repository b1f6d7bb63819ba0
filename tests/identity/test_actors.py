"""Who a request is, and how few statements that takes."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory, override_settings

from auctor.identity import members
from auctor.identity.actors import address_of
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.identity.browser import Browser, at, signed_in


class TestActorOf:
    def test_takes_one_statement_before_the_page(self, acme: Company, django_assert_num_queries: Any) -> None:
        browser = signed_in("bob@acme.example")
        with at():
            browser.get("/account/2fa/")
            # Who holds the session; then the savepoint of the page and its release.
            with django_assert_num_queries(3) as caught:
                assert browser.get("/").status_code == 302
        texts = [query["sql"] for query in caught.captured_queries]
        assert [text for text in texts if "SELECT" in text and "session_holder" not in text] == []

    def test_asks_nothing_for_a_browser_without_a_session(self, db: None, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert Browser().get("/static/none.css").status_code == 404

    def test_is_nobody_after_the_membership_ended(self, acme: Company) -> None:
        browser = signed_in("bob@acme.example")
        assert acme.member.member_id is not None
        with scope.enter(acme.owner):
            members.deactivate_member(acme.owner, member_id=acme.member.member_id, now=NOW)
        with at():
            assert browser.get("/inbox/").status_code == 302

    def test_believes_no_header_about_the_address(self, acme: Company) -> None:
        browser = signed_in("bob@acme.example")
        with at():
            browser.get("/sessions/", headers={"X-Forwarded-For": "198.51.100.9"})
            assert b"198.51.100.9" not in browser.get("/sessions/").content


PROXIES = override_settings(AUCTOR_TRUSTED_PROXIES=(ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")))


class TestAddressOf:
    @pytest.mark.parametrize(
        ("peer", "named", "address"),
        [
            ("192.0.2.7", "198.51.100.9", "192.0.2.7"),
            ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
            ("10.0.0.1", "203.0.113.5, 198.51.100.9", "198.51.100.9"),
            ("10.0.0.1", "198.51.100.9, 10.2.3.4", "198.51.100.9"),
            ("2001:db8::1", "2001:db8:1::5, 198.51.100.9", "198.51.100.9"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.9, <script>", "10.0.0.1"),
            ("10.0.0.1", "10.9.9.9", "10.9.9.9"),
        ],
    )
    def test_is_the_last_one_that_no_trusted_proxy_has(self, peer: str, named: str, address: str) -> None:
        request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": named})
        with PROXIES:
            assert address_of(request) == address

    def test_is_the_peer_s_where_nobody_is_trusted(self) -> None:
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "198.51.100.9"})
        assert address_of(request) == "10.0.0.1"
