"""Servers on this machine that stand in for a vendor's, by an explicit setting of the installation and in no other way.

The address of a call is always made and checked as the vendor's own; only what is dialled is exchanged.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit


def stand_in(vendor: str, address: str, stand_ins: Mapping[str, str]) -> str:
    """The address at the vendor's stand-in; unchanged when it has none."""
    base = stand_ins.get(vendor)
    if base is None:
        return address
    parts = urlsplit(address)
    return f"{base}{parts.path}{'?' + parts.query if parts.query else ''}"
