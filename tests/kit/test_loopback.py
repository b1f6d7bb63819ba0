"""Addresses of this machine."""

import pytest

from auctor.kit.loopback import require_loopback


class TestRequireLoopback:
    @pytest.mark.parametrize("address", ["http://127.0.0.1:9101", "http://[::1]:80"])
    def test_takes_literal_addresses_of_this_machine(self, address: str) -> None:
        require_loopback(address)

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "http://127.0.0.1",
            "http://localhost:9101",
            "http://10.0.0.1:80",
            "http://169.254.169.254:80",
            "https://127.0.0.1:9101",
            "http://127.0.0.1:9101/x",
            "http://127.0.0.1:9101?x",
            "http://u@127.0.0.1:9101",
            "http://127.0.0.1.evil.example:80",
            "http://0.0.0.0:80",
        ],
    )
    def test_refuses_everything_else(self, address: str) -> None:
        with pytest.raises(ValueError, match="looks like"):
            require_loopback(address)
