"""Addresses and what kind of request asks for them."""

from django.http import QueryDict
from django.test import RequestFactory

from auctor.web.addresses import is_fragment, is_navigation, query_with


class TestQueryWith:
    def test_changes_and_drops_and_keeps_the_rest(self) -> None:
        query = QueryDict("q=a%20b&after=x&sort=name")
        assert query_with(query, drop=("after",), sort="-name") == "?q=a+b&sort=-name"

    def test_drops_what_became_empty(self) -> None:
        assert query_with(QueryDict("q=a"), q="") == "?"


class TestIsNavigation:
    def test_believes_browsers_and_programs_that_say_nothing(self) -> None:
        make = RequestFactory().get
        assert is_navigation(make("/"))
        assert is_navigation(make("/", headers={"Sec-Fetch-Mode": "navigate"}))
        assert not is_navigation(make("/", headers={"Sec-Fetch-Mode": "no-cors"}))


class TestIsFragment:
    def test_knows_parts_of_pages(self) -> None:
        make = RequestFactory().get
        assert is_fragment(make("/", headers={"HX-Request": "true"}))
        assert not is_fragment(make("/"))
