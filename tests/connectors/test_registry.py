"""Vendors are loaded by name."""

import pytest

from auctor.connectors.registry import NAMES, VendorUnknown, find_vendor, list_vendors


class TestFindVendor:
    def test_loads_each_by_its_name(self) -> None:
        assert [vendor.name for vendor in list_vendors()] == list(NAMES)

    @pytest.mark.parametrize("name", ["", "oracle", "../hubspot", "hubspot.auth"])
    def test_knows_no_other(self, name: str) -> None:
        with pytest.raises(VendorUnknown):
            find_vendor(name)
