"""Which addresses of the network may be called at all. Pure."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# What is routed in the public network of version 6; everything outside is of some machine or somebody's own network.
_ROUTED = IPv6Network("2000::/3")
# Version 4 inside version 6, and what was set aside: the address behind them is another than the one that is seen.
_SET_ASIDE = tuple(
    IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "3ffe::/16", "2620:4f:8000::/48")
)


def is_public(text: str) -> bool:
    """Whether a literal address is of the public network: not private, loopback, link-local, multicast or set aside."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_4(address)
    return _is_public_6(address)


def _is_public_4(address: IPv4Address) -> bool:
    closed = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    # 192.88.99.0/24 was a way into version 6 and leads wherever somebody says; 192.0.0.0/24 is for protocols, and a
    # cloud keeps the keys of its machines there.
    return address.is_global and not closed and address.packed[:3] not in {bytes([192, 88, 99]), bytes([192, 0, 0])}


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _ROUTED:
        return False
    return address.is_global and not any(address in network for network in _SET_ASIDE)
