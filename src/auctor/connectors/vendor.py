"""What a vendor is like: one record each, with every figure that costs money or breaks a connection.

Vendors do not know each other; `registry.py` loads them by name. Everything is judged here by value: no network, no
database, no clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from urllib.parse import quote, urlsplit

from auctor.kit.errors import AuctorError

_NAME = re.compile(r"\{(\w+)\}")


class CallRefused(AuctorError):
    """A call that the vendor's record does not hold: another operation, place, parameter or value."""

    code: ClassVar[str] = "connectors.call_refused"
    status: ClassVar[int] = 422


class ClientProof(StrEnum):
    """How the installation proves to the vendor's token endpoint which client it is."""

    BODY = "body"
    BASIC = "basic"


class QuotaScope(StrEnum):
    """Whose budget a quota is: the vendor account's as a whole, or that of one client in it."""

    ACCOUNT = "account"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` units in a window of `seconds`; `reserve` per cent are left to the customer's other programs.

    `plans` name other figures by plan of the account. `search_only` counts searches and nothing else.
    """

    name: str
    most: int
    seconds: int
    scope: QuotaScope = QuotaScope.ACCOUNT
    reserve: int = 0
    plans: Mapping[str, int] = field(default_factory=dict)
    search_only: bool = False

    def limit(self, plan: str) -> int:
        """Units that we may use ourselves."""
        return self.plans.get(plan, self.most) * (100 - self.reserve) // 100


@dataclass(frozen=True, slots=True)
class Operation:
    """One call that may be made: method, path with {places}, the query parameters and top-level body keys it takes.

    A parameter that is not listed is refused: several vendors ignore unknown ones in silence, and what was meant as a
    part becomes a read of everything. `cost` is in the units of the vendor's quotas.
    """

    name: str
    method: str
    path: str
    query: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()
    cost: int = 1
    is_search: bool = False
    is_write: bool = False

    def fill(self, places: Mapping[str, str]) -> str:
        """The path with its places filled in, each as one segment. Raises `CallRefused`."""
        wanted = set(_NAME.findall(self.path))
        if wanted != set(places):
            raise CallRefused(f"The call {self.name} takes the places {', '.join(sorted(wanted)) or 'none'}.")
        for name, value in places.items():
            if not value or value in {".", ".."} or len(value) > 200:
                raise CallRefused(f"The place {name} of the call {self.name} cannot be filled with that.")
        return _NAME.sub(lambda found: quote(places[found.group(1)], safe=""), self.path)

    def allows(self, path: str) -> bool:
        """Whether a path is one of this operation's."""
        pattern = "".join(
            "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", self.path)
        )
        return re.fullmatch(pattern, path) is not None

    def require_known(self, query: Mapping[str, object], body: Mapping[str, object] | None) -> None:
        """Raises `CallRefused` naming the first parameter or key that the operation does not have."""
        for what, given, known in (("parameter", query, self.query), ("key", body or {}, self.body)):
            unknown = sorted(set(given) - known)
            if unknown:
                raise CallRefused(f"The call {self.name} has no {what} {unknown[0]!r}.")


@dataclass(frozen=True, slots=True)
class Site:
    """One of the vendor's data centres, or kinds of log-in; `key` is stored with the client. `home` shows its pages."""

    key: str
    label: str
    sign_in: str
    tokens: str
    api: str = ""


@dataclass(frozen=True, slots=True)
class Vendor:
    """Everything that is the vendor's and not ours. Addresses are `https://host/path`; hosts may begin with `*.`.

    `sites` has at least one; `own_site` says that the customer's own domain (`*.` below) is one, too. `base_from`
    names the field of the token answer with the address for calls; empty: the site's `api`. `access_seconds` is how
    long an access token lives when the answer does not say; `refresh_days` after how many days without use a refresh
    token dies (0: never told). `account` is the operation that tells whose account it is.
    """

    name: str
    label: str
    sites: tuple[Site, ...]
    authorize_path: str
    token_path: str
    hosts: tuple[str, ...]
    read_scopes: tuple[str, ...]
    write_scopes: tuple[str, ...]
    operations: tuple[Operation, ...]
    quotas: tuple[Quota, ...]
    account: str
    # The names of two fields of that operation's answer, dotted: the account's id and its name.
    account_fields: tuple[str, str]
    access_seconds: int
    setup: tuple[str, ...]
    revoke_path: str = ""
    # Operation that takes the client out of the customer's account when it is disconnected; empty: there is none.
    uninstall: str = ""
    own_site: str = ""
    base_from: str = ""
    site_from: str = ""
    has_pkce: bool = True
    client_proof: ClientProof = ClientProof.BODY
    scope_separator: str = " "
    optional_scopes_in: str = ""
    authorize_words: Mapping[str, str] = field(default_factory=dict)
    authorization: str = "Bearer"
    refresh_days: int = 0
    rotates_refresh: bool = False
    # Calls in an hour above which something of ours has gone wrong: the connection pauses and says so.
    alarm_calls: int = 20_000

    def site(self, key: str) -> Site:
        """One of its sites by key, the first for an empty one; or the customer's own domain. Raises `CallRefused`."""
        for one in self.sites:
            if key in {one.key, ""}:
                return one
        if self.own_site and host_matches(key, self.own_site):
            return Site(key, key, f"https://{key}", f"https://{key}", f"https://{key}")
        raise CallRefused(f"{self.label} has no site {key[:80]!r}.", mend=f"Known: {self.site_names()}.")

    def site_names(self) -> str:
        """For messages."""
        return ", ".join([*(one.key for one in self.sites), *([self.own_site] if self.own_site else [])])

    def operation(self, name: str) -> Operation:
        """One of its operations. Raises `CallRefused`."""
        for one in self.operations:
            if one.name == name:
                return one
        raise CallRefused(f"{self.label} has no call named {name[:80]!r}.")

    def serves(self, host: str) -> bool:
        """Whether a host is the vendor's own."""
        return any(host_matches(host, pattern) for pattern in self.hosts)

    def is_allowed(self, method: str, address: str) -> bool:
        """The allow-list: https, a host of the vendor's, and a method and path of OAuth or of an operation."""
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.username or parts.password or parts.fragment:
            return False
        if parts.port not in {None, 443} or not self.serves(parts.hostname or ""):
            return False
        if method == "POST" and parts.path in {self.token_path, self.revoke_path} - {""}:
            return True
        return any(one.method == method and one.allows(parts.path) for one in self.operations)


def host_matches(host: str, pattern: str) -> bool:
    """Whether a host name is the pattern's; `*.example.com` takes any name below it, of plain labels only."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", host) or len(host) > 253:
        return False
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern
