"""Stand-ins for vendors."""

from auctor.connectors.stand_in import stand_in

ADDRESS = "https://api.hubapi.com/oauth/2026-03/token?a=1"


class TestStandIn:
    def test_exchanges_the_host_and_nothing_else(self) -> None:
        assert stand_in("hubspot", ADDRESS, {"hubspot": "http://127.0.0.1:9"}) == (
            "http://127.0.0.1:9/oauth/2026-03/token?a=1"
        )

    def test_is_there_by_an_explicit_setting_only(self) -> None:
        assert stand_in("hubspot", ADDRESS, {}) == ADDRESS
        assert stand_in("hubspot", ADDRESS, {"zoho": "http://127.0.0.1:9"}) == ADDRESS
