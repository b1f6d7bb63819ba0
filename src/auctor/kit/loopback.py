"""Addresses of servers on this machine, such as a stand-in for somebody else's service."""

from urllib.parse import urlsplit


def require_loopback(address: str) -> None:
    """Raises ValueError unless it is http://, a literal loopback address and a port, and nothing else."""
    parts = urlsplit(address)
    is_plain = parts.scheme == "http" and not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if not is_plain or parts.hostname not in {"127.0.0.1", "::1"} or not parts.port:
        raise ValueError("an address on this machine looks like http://127.0.0.1:9101")
