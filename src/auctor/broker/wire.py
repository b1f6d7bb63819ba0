"""The way out: one HTTP client that goes to checked addresses, follows no redirect, and reads no more than it may."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2

from auctor.broker.addresses import is_public
from auctor.connectors.refusals import AddressRefused, VendorUnreadable
from auctor.connectors.stand_in import stand_in
from auctor.connectors.vendor import Vendor

MOST_BYTES = 24 * 1024 * 1024
WHOLE_SECONDS = 60.0
STEPS = httpx2.Timeout(connect=10.0, read=30.0, write=30.0, pool=30.0)
AGENT = "auctor"

Resolve = Callable[[str, int], Coroutine[Any, Any, list[str]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered. `headers` have small names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `address` is the vendor's own, also when a stand-in is dialled."""

    method: str
    address: str
    headers: Mapping[str, str]
    query: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Pinned(httpcore2.AsyncNetworkBackend):
    """Connects to the very address that was checked: a name is looked up once, and never between check and call."""

    def __init__(self, look_up: Resolve, doors: frozenset[tuple[str, int]]) -> None:
        self._look_up = look_up
        self._doors = doors
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Look up, check all, connect to the first. Raises `AddressRefused` when a single one is not public."""
        if (host, port) in self._doors:
            return await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        try:
            found = await self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{type(error).__name__}") from error
        if not found or not all(is_public(one) for one in found):
            raise AddressRefused(
                "The vendor's name leads to an address that is not in the public network.",
                where=host,
                mend="Is the name server right? Addresses of one's own network are never called.",
            )
        return await self._inner.connect_tcp(found[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the signature of the base
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Never."""
        raise AddressRefused("A socket of this machine is no vendor.", where=path)

    async def sleep(self, seconds: float) -> None:
        """Between the tries of a connection."""
        await asyncio.sleep(seconds)


class _Transport(httpx2.AsyncHTTPTransport):
    """httpx2's own, on a pool whose connections are pinned."""

    def __init__(self, backend: Pinned, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context, max_connections=32, max_keepalive_connections=16, network_backend=backend
        )


class Wire:
    """Sends requests to vendors, and nowhere else. `stand_ins` name a loopback address by vendor."""

    def __init__(self, *, stand_ins: Mapping[str, str], look_up: Resolve = resolve) -> None:
        self.stand_ins = dict(stand_ins)
        doors = frozenset((url.host, url.port or 80) for url in map(httpx2.URL, self.stand_ins.values()))
        transport = _Transport(Pinned(look_up, doors), ssl.create_default_context())
        self._client = httpx2.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=STEPS)

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def send(self, vendor: Vendor, request: Request) -> Answer:
        """One request, once. Raises `AddressRefused`, `VendorUnreadable`, and what httpx2 raises on the way."""
        if not vendor.is_allowed(request.method, request.address):
            raise AddressRefused(f"{vendor.label} is not called there.", where=_without_query(request.address))
        target = stand_in(vendor.name, request.address, self.stand_ins)
        async with (
            asyncio.timeout(WHOLE_SECONDS),
            self._client.stream(
                request.method,
                target,
                params=dict(request.query) if request.query else None,
                data=dict(request.form) if request.form is not None else None,
                json=request.json,
                headers={"user-agent": AGENT, "accept": "application/json", "accept-encoding": "gzip"}
                | dict(request.headers),
            ) as answer,
        ):
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise VendorUnreadable(f"{vendor.label} answered more than {MOST_BYTES} bytes.")
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status_code, headers, bytes(body))


def _without_query(address: str) -> str:
    return address.split("?", 1)[0][:200]
