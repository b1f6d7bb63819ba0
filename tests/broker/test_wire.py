"""The way out: nothing is called but what was checked."""

import asyncio
import gzip
import socket
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from auctor.broker.wire import MOST_BYTES, Pinned, Request, Wire
from auctor.connectors.refusals import AddressRefused, VendorUnreadable
from auctor.connectors.registry import find_vendor
from tests.broker.corpus import corpus
from tests.broker.vendor import Vendor

HUBSPOT = find_vendor("hubspot")
DEALS = Request("GET", "https://api.hubapi.com/crm/objects/2026-03/deals", {})
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


class TestPinned:
    def test_connects_to_none_of_the_addresses_that_a_thief_would_like(self) -> None:
        tried = corpus()

        async def try_all(port: int) -> int:
            refused = 0
            for address in tried:

                async def look_up(_host: str, _port: int, found: str = address) -> list[str]:
                    return [found]

                try:
                    await Pinned(look_up, frozenset()).connect_tcp("api.hubapi.com", port)
                except AddressRefused:
                    refused += 1
            return refused

        with socket.create_server(("", 0)) as server:
            server.settimeout(0.2)
            assert run(try_all(server.getsockname()[1])) == len(tried) >= 300
            with pytest.raises(TimeoutError):
                server.accept()

    def test_refuses_a_name_of_which_a_single_address_is_not_public(self) -> None:
        async def look_up(_host: str, _port: int) -> list[str]:
            return ["8.8.8.8", "127.0.0.1"]

        with pytest.raises(AddressRefused):
            run(Pinned(look_up, frozenset()).connect_tcp("api.hubapi.com", 443))

    def test_asks_once_so_that_a_name_cannot_change_between_check_and_call(self) -> None:
        asked = []

        async def look_up(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) > 1 else ["10.0.0.1"]

        with pytest.raises(AddressRefused):
            run(Pinned(look_up, frozenset()).connect_tcp("api.hubapi.com", 443))
        assert asked == ["api.hubapi.com"]

    def test_opens_no_socket_of_this_machine(self) -> None:
        async def look_up(_host: str, _port: int) -> list[str]:
            return []

        with pytest.raises(AddressRefused):
            run(Pinned(look_up, frozenset()).connect_unix_socket("/run/docker.sock"))


class TestSend:
    def send(self, vendor: Vendor, request: Request = DEALS, **stand_ins: str) -> Any:
        async def one() -> Any:
            wire = Wire(stand_ins=stand_ins or {"hubspot": vendor.base})
            try:
                return await wire.send(HUBSPOT, request)
            finally:
                await wire.close()

        return run(one())

    def test_dials_a_stand_in_only_by_setting(self, vendor: Vendor) -> None:
        assert self.send(vendor).status == 401
        assert vendor.seen[0][:2] == ("GET", "/crm/objects/2026-03/deals")

    @pytest.mark.parametrize(
        "address",
        [
            "https://evil.example/crm/objects/2026-03/deals",
            "http://api.hubapi.com/crm/objects/2026-03/deals",
            "http://127.0.0.1/crm/objects/2026-03/deals",
            "https://api.hubapi.com@evil.example/crm/objects/2026-03/deals",
            "https://api.hubapi.com/settings",
            "file:///etc/passwd",
        ],
    )
    def test_sends_nothing_to_an_address_that_is_not_on_the_list(self, vendor: Vendor, address: str) -> None:
        with pytest.raises(AddressRefused):
            self.send(vendor, replace(DEALS, address=address))
        assert vendor.seen == []

    def test_sends_nothing_by_another_method(self, vendor: Vendor) -> None:
        with pytest.raises(AddressRefused):
            self.send(vendor, replace(DEALS, method="DELETE"))

    def test_names_no_token_in_the_error(self, vendor: Vendor) -> None:
        with pytest.raises(AddressRefused) as refused:
            self.send(vendor, replace(DEALS, address="https://evil.example/x?token=geheim"))
        assert "geheim" not in str(refused.value)

    def test_reads_no_more_than_it_may_also_when_it_is_packed(self, vendor: Vendor) -> None:
        packed = gzip.compress(b"0" * (MOST_BYTES + 1))
        vendor.faults["/crm/objects/2026-03/deals"] = [(200, {"content-encoding": "gzip"}, packed)]
        with pytest.raises(VendorUnreadable, match="bytes"):
            self.send(vendor)
