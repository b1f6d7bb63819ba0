"""Which vendors there are. Each is a folder of the same shape and is loaded by its name."""

from functools import cache
from importlib import import_module
from typing import ClassVar

from auctor.connectors.vendor import Vendor
from auctor.kit.errors import AuctorError

NAMES = ("hubspot", "salesforce", "pipedrive", "zoho")


class VendorUnknown(AuctorError):
    """There is no vendor of this name."""

    code: ClassVar[str] = "connectors.vendor_unknown"
    status: ClassVar[int] = 404


@cache
def find_vendor(name: str) -> Vendor:
    """The vendor's record. Raises `VendorUnknown`."""
    if name not in NAMES:
        raise VendorUnknown(f"There is no vendor {name[:40]!r}.", mend=f"Known: {', '.join(NAMES)}.")
    found: Vendor = import_module(f"auctor.connectors.{name}.auth").VENDOR
    return found


def list_vendors() -> tuple[Vendor, ...]:
    """All of them, in the order in which they are offered."""
    return tuple(find_vendor(name) for name in NAMES)
