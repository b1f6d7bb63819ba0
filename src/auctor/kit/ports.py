"""Is a port free, is somebody listening?"""

import socket
from typing import ClassVar

from auctor.kit.errors import AuctorError


class PortInUse(AuctorError):
    """Somebody else listens where we want to."""

    code: ClassVar[str] = "kit.port_in_use"
    status: ClassVar[int] = 409


def require_free_port(host: str, port: int) -> None:
    """Raise `PortInUse` unless this host and port can be listened on alone.

    Servers that bind with SO_REUSEPORT would share the port with a stranger in silence, so they cannot tell.
    """
    family, kind, protocol, _name, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise PortInUse(
                f"Port {port} cannot be listened on: {error.strerror}.",
                where=f"{host}:{port}",
                mend="Stop the program that uses it, or choose another port.",
            ) from error


def is_listening(host: str, port: int, *, within: float = 0.5) -> bool:
    """Does somebody accept connections there, within so many seconds?"""
    try:
        with socket.create_connection((host, port), timeout=within):
            return True
    except OSError:
        return False
