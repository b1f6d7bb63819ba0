"""What a vendor's record allows, and what it refuses."""

import pytest

from auctor.connectors.registry import NAMES, find_vendor
from auctor.connectors.vendor import CallRefused, Operation, Quota, host_matches

HUBSPOT, SALESFORCE = find_vendor("hubspot"), find_vendor("salesforce")


class TestHostMatches:
    @pytest.mark.parametrize(
        ("host", "pattern", "expected"),
        [
            ("api.hubapi.com", "api.hubapi.com", True),
            ("api.hubapi.com.evil.example", "api.hubapi.com", False),
            ("acme.my.salesforce.com", "*.my.salesforce.com", True),
            ("acme--dev.sandbox.my.salesforce.com", "*.my.salesforce.com", True),
            ("my.salesforce.com", "*.my.salesforce.com", False),
            (".my.salesforce.com", "*.my.salesforce.com", False),
            ("evil.example/.my.salesforce.com", "*.my.salesforce.com", False),
            ("evil.example#.my.salesforce.com", "*.my.salesforce.com", False),
            ("a..my.salesforce.com", "*.my.salesforce.com", False),
            ("ACME.my.salesforce.com", "*.my.salesforce.com", False),
            ("acme.my.salesforce.com.", "*.my.salesforce.com", False),
            ("x" * 250 + ".my.salesforce.com", "*.my.salesforce.com", False),
        ],
    )
    def test_takes_whole_names_only(self, host: str, pattern: str, *, expected: bool) -> None:
        assert host_matches(host, pattern) is expected


class TestOperation:
    def test_fills_each_place_as_one_segment(self) -> None:
        operation = Operation("x", "GET", "/crm/{kind}/{id}/list")
        assert operation.fill({"kind": "deals", "id": "a/../b?c"}) == "/crm/deals/a%2F..%2Fb%3Fc/list"

    @pytest.mark.parametrize("places", [{}, {"id": ""}, {"id": ".."}, {"id": "1", "more": "2"}, {"id": "x" * 201}])
    def test_refuses_other_places(self, places: dict[str, str]) -> None:
        with pytest.raises(CallRefused):
            Operation("x", "GET", "/crm/{id}").fill(places)

    def test_knows_its_own_paths(self) -> None:
        operation = Operation("x", "GET", "/crm/{id}/v1.0")
        assert operation.allows("/crm/7/v1.0")
        assert not operation.allows("/crm/7/8/v1.0")
        assert not operation.allows("/crm/7/v1x0")

    def test_refuses_what_the_vendor_would_ignore_in_silence(self) -> None:
        operation = Operation("x", "GET", "/crm", frozenset({"limit"}), frozenset({"a"}))
        operation.require_known({"limit": 1}, {"a": 1})
        with pytest.raises(CallRefused, match="since"):
            operation.require_known({"since": 1}, None)
        with pytest.raises(CallRefused, match="'b'"):
            operation.require_known({}, {"b": 1})


class TestQuota:
    def test_leaves_the_reserve_to_others_and_follows_the_plan(self) -> None:
        quota = Quota("day", 1000, 86400, reserve=80, plans={"big": 5000})
        assert quota.limit("") == 200
        assert quota.limit("big") == 1000


class TestVendor:
    @pytest.mark.parametrize(
        ("method", "address", "expected"),
        [
            ("GET", "https://api.hubapi.com/crm/objects/2026-03/deals?limit=100", True),
            ("POST", "https://api.hubapi.com/oauth/2026-03/token", True),
            ("POST", "https://api.hubapi.com/oauth/2026-03/token/revoke", True),
            ("GET", "https://api.hubapi.com/oauth/2026-03/token", False),
            ("DELETE", "https://api.hubapi.com/crm/objects/2026-03/deals", False),
            ("GET", "http://api.hubapi.com/crm/objects/2026-03/deals", False),
            ("GET", "https://api.hubapi.com:8443/crm/objects/2026-03/deals", False),
            ("GET", "https://user@api.hubapi.com/crm/objects/2026-03/deals", False),
            ("GET", "https://evil.example/crm/objects/2026-03/deals", False),
            ("GET", "https://api.hubapi.com/crm/objects/2026-03/deals/../contacts", False),
            ("GET", "https://api.hubapi.com/settings/users", False),
        ],
    )
    def test_lets_out_its_own_calls_only(self, method: str, address: str, *, expected: bool) -> None:
        assert HUBSPOT.is_allowed(method, address) is expected

    def test_takes_the_customers_own_domain_where_the_vendor_has_such(self) -> None:
        assert SALESFORCE.site("acme.my.salesforce.com").tokens == "https://acme.my.salesforce.com"
        for wrong in ("acme.example", "my.salesforce.com", "login.salesforce.com.evil.example"):
            with pytest.raises(CallRefused):
                SALESFORCE.site(wrong)

    def test_takes_the_first_site_when_none_is_named(self) -> None:
        assert SALESFORCE.site("").key == "production"

    @pytest.mark.parametrize("name", NAMES)
    def test_may_call_whatever_it_names_itself(self, name: str) -> None:
        vendor = find_vendor(name)
        assert vendor.operation(vendor.account)
        for site in vendor.sites:
            assert vendor.is_allowed("POST", f"{site.tokens}{vendor.token_path}")
            assert vendor.serves(site.sign_in.removeprefix("https://"))
        assert not vendor.uninstall or vendor.operation(vendor.uninstall).is_write
        assert all(quota.limit("") > 0 for quota in vendor.quotas)

    def test_has_no_other_call(self) -> None:
        with pytest.raises(CallRefused, match="no call named"):
            HUBSPOT.operation("users.delete")
