"""OAuth as values."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from auctor.connectors import shape
from auctor.connectors.refusals import VendorUnreadable
from auctor.connectors.registry import find_vendor
from auctor.connectors.vendor import Vendor
from tests.cast import NOW

HUBSPOT, SALESFORCE, PIPEDRIVE, ZOHO = (find_vendor(name) for name in ("hubspot", "salesforce", "pipedrive", "zoho"))
ANSWER = {"access_token": "a", "refresh_token": "r", "expires_in": 1800}


def words_of(vendor: Vendor, **changes: object) -> dict[str, list[str]]:
    words = {"site": "", "client_id": "id", "redirect": "https://here/back", "state": "s", "verifier": "v" * 43}
    page = shape.Page(**{**words, **changes})  # type: ignore[arg-type]
    return parse_qs(urlsplit(shape.authorize_address(vendor, page)).query)


class TestChallenge:
    def test_is_that_of_the_standards_own_example(self) -> None:
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        assert shape.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class TestAuthorizeAddress:
    def test_names_the_exact_redirect_address_and_the_state(self) -> None:
        words = words_of(HUBSPOT)
        assert words["redirect_uri"] == ["https://here/back"]
        assert words["state"] == ["s"]
        assert words["code_challenge_method"] == ["S256"]
        assert "verifier" not in str(words)

    def test_asks_for_write_scopes_only_when_wanted(self) -> None:
        assert "write" not in words_of(HUBSPOT)["scope"][0]
        assert "crm.objects.deals.write" in words_of(HUBSPOT, with_writes=True)["scope"][0]

    def test_leaves_the_challenge_out_where_the_vendor_has_none(self) -> None:
        assert "code_challenge" not in words_of(PIPEDRIVE)

    def test_asks_zoho_for_a_refresh_token_at_the_right_data_centre(self) -> None:
        words = words_of(ZOHO)
        assert (words["access_type"], words["prompt"]) == (["offline"], ["consent"])
        address = shape.authorize_address(ZOHO, shape.Page("eu", "i", "https://h", "s", "v"))
        assert address.startswith("https://accounts.zoho.eu/oauth/v2/auth?")


class TestToTokens:
    def test_are_due_at_four_fifths_of_their_life(self) -> None:
        tokens = shape.to_tokens(HUBSPOT, ANSWER, site="", before={}, now=NOW)
        assert tokens.due_at - NOW == timedelta(seconds=1440)
        assert tokens.expires_at - NOW == timedelta(seconds=1800)
        assert tokens.base == "https://api.hubapi.com"

    def test_take_the_vendors_usual_life_when_the_answer_names_none(self) -> None:
        answer = {**ANSWER, "instance_url": "https://acme.my.salesforce.com"} | {"expires_in": None}
        tokens = shape.to_tokens(SALESFORCE, answer, site="", before={}, now=NOW)
        assert tokens.expires_at - NOW == timedelta(seconds=7200)
        assert tokens.base == "https://acme.my.salesforce.com"

    def test_name_what_was_granted_however_the_vendor_writes_it(self) -> None:
        for answer in ({"scope": "a b"}, {"scope": "a,b"}, {"scopes": ["a", "b"]}):
            assert shape.to_tokens(HUBSPOT, {**ANSWER, **answer}, site="", before={}, now=NOW).scopes == ("a", "b")

    def test_keep_the_refresh_token_and_the_address_that_an_answer_does_not_name(self) -> None:
        before = {"refresh": "old", "base": "https://www.zohoapis.eu"}
        tokens = shape.to_tokens(ZOHO, {"access_token": "a"}, site="us", before=before, now=NOW)
        assert (tokens.refresh, tokens.base) == ("old", "https://www.zohoapis.eu")

    def test_take_the_refresh_token_that_rotates(self) -> None:
        assert shape.to_tokens(SALESFORCE, ANSWER, site="", before={"refresh": "old"}, now=NOW).refresh == "r"

    def test_show_nothing_of_themselves(self) -> None:
        shown = repr(shape.to_tokens(HUBSPOT, {**ANSWER, "access_token": "geheim"}, site="", before={}, now=NOW))
        assert "geheim" not in shown

    @pytest.mark.parametrize("access", [None, "", 7, "a b", "ü", "x" * 20000])
    def test_refuse_what_is_no_token(self, access: object) -> None:
        with pytest.raises(VendorUnreadable):
            shape.to_tokens(HUBSPOT, {**ANSWER, "access_token": access}, site="", before={}, now=NOW)

    @pytest.mark.parametrize(
        "base",
        [
            "https://evil.example",
            "http://acme.my.salesforce.com",
            "https://acme.my.salesforce.com:1",
            "https://10.0.0.1",
        ],
    )
    def test_refuse_an_address_that_is_not_the_vendors(self, base: str) -> None:
        with pytest.raises(VendorUnreadable, match="not its own"):
            shape.to_tokens(SALESFORCE, {**ANSWER, "instance_url": base}, site="", before={}, now=NOW)


class TestFindField:
    @pytest.mark.parametrize(
        ("dotted", "expected"), [("a.0.b", "7"), ("a.1.b", ""), ("a.b", ""), ("c", ""), ("d", "x"), ("a", "")]
    )
    def test_finds_texts_and_numbers_inside(self, dotted: str, expected: str) -> None:
        assert shape.find_field({"a": [{"b": 7}], "d": "x"}, dotted) == expected


class TestBasic:
    def test_is_that_of_the_standard(self) -> None:
        assert shape.basic("id", "secret") == "Basic aWQ6c2VjcmV0"
