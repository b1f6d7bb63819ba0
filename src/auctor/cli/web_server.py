"""The web server's certificate and command line."""

import socket
import ssl
import sys
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from auctor.kit import certificates

# Twice a thread's appetite waits; more is told to come back.
BACKPRESSURE_PER_THREAD = 16


def command(env: Any) -> list[str]:
    """granian over WSGI, with the given certificate or the local authority's."""
    chain, key = _certificate(env)
    return [
        *(sys.executable, "-P", "-m", "granian", "--interface", "wsgi"),
        *("--host", env.host, "--port", str(env.port)),
        *("--workers", str(env.web_processes), "--blocking-threads", str(env.web_threads)),
        *("--backpressure", str(env.web_threads * BACKPRESSURE_PER_THREAD)),
        *("--ssl-certificate", str(chain), "--ssl-keyfile", str(key), "--ssl-protocol-min", "tls1.3"),
        *("--no-ws", "--log-level", "warning", "--respawn-failed-workers"),
        "auctor.config.wsgi:application",
    ]


def answers(host: str, port: int) -> bool:
    """Does the product itself answer there? The port alone is open before the product is loaded."""
    # Asked of our own child on this machine: it is not a question of trust.
    context = ssl._create_unverified_context()  # noqa: S323
    try:
        with (
            socket.create_connection((host, port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return secure.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _certificate(env: Any) -> tuple[Any, Any]:
    if env.certificate is not None and env.certificate_key is not None:
        return env.certificate, env.certificate_key
    host = urlsplit(env.address).hostname or "localhost"
    made = certificates.ensure_certificate(
        env.data / "certificates",
        hosts=sorted({host, *env.allowed_hosts} - {"localhost"}),
        organisation="auctor",
        now=datetime.now(UTC),
    )
    return made.chain, made.key
