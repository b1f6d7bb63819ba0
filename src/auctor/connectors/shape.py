"""OAuth 2.0 as values: the address of the vendor's page, the forms that are sent, the tokens that come back."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from auctor.connectors.refusals import VendorUnreadable
from auctor.connectors.vendor import Vendor

# A token is renewed when this part of its life is over.
DUE_AFTER = 0.8
LONGEST_TOKEN = 16 * 1024


@dataclass(frozen=True, slots=True)
class Tokens:
    """What opens a connection. Shows nothing of itself. `base` is where calls go: `https://host`."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    base: str
    scopes: tuple[str, ...]
    expires_at: datetime
    due_at: datetime

    def to_value(self) -> dict[str, str]:
        """What is sealed."""
        return {"access": self.access, "refresh": self.refresh, "base": self.base}


def challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Page:
    """What the vendor's page is asked for."""

    site: str
    client_id: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    with_writes: bool = False


def authorize_address(vendor: Vendor, page: Page) -> str:
    """Where the person goes to grant it. Write scopes are asked for only when an action needs them."""
    words = {
        "client_id": page.client_id,
        "redirect_uri": page.redirect,
        "response_type": "code",
        "state": page.state,
        "scope": vendor.scope_separator.join(asked_scopes(vendor, with_writes=page.with_writes)),
        **vendor.authorize_words,
    }
    if vendor.has_pkce:
        words |= {"code_challenge": challenge(page.verifier), "code_challenge_method": "S256"}
    return f"{vendor.site(page.site).sign_in}{vendor.authorize_path}?{urlencode(words)}"


def asked_scopes(vendor: Vendor, *, with_writes: bool) -> tuple[str, ...]:
    """Read first."""
    return (*vendor.read_scopes, *(vendor.write_scopes if with_writes else ()))


def exchange_form(vendor: Vendor, *, code: str, redirect: str, verifier: str) -> dict[str, str]:
    """The form that turns a code into tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    return {**form, "code_verifier": verifier} if vendor.has_pkce else form


def refresh_form(refresh: str) -> dict[str, str]:
    """The form that turns a refresh token into a new access token."""
    return {"grant_type": "refresh_token", "refresh_token": refresh}


def basic(client_id: str, secret: str) -> str:
    """The value of `Authorization` for a client that proves itself so."""
    return f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"


def to_tokens(
    vendor: Vendor, answer: Mapping[str, Any], *, site: str, before: Mapping[str, str], now: datetime
) -> Tokens:
    """Read the token endpoint's answer. Raises `VendorUnreadable` when it holds no usable token.

    An answer to a refresh that names no new refresh token leaves the old one in force, and likewise the address.
    """
    access = _token(answer.get("access_token"), vendor)
    fresh = answer.get("refresh_token")
    refresh = _token(fresh, vendor) if fresh else before.get("refresh", "")
    base = before.get("base") or vendor.site(site).api
    if vendor.base_from and answer.get(vendor.base_from):
        base = _base(vendor, str(answer[vendor.base_from]))
    seconds = answer.get("expires_in")
    life = int(seconds) if isinstance(seconds, int | str) and str(seconds).isdecimal() else vendor.access_seconds
    life = min(max(life, 1), 30 * 24 * 3600)
    said = answer.get("scope") or answer.get("scopes") or ""
    parts = said.replace(",", " ").split() if isinstance(said, str) else said if isinstance(said, list) else []
    scopes = tuple(str(one)[:80] for one in parts)
    until, due = (now + timedelta(seconds=life * part) for part in (1, DUE_AFTER))
    return Tokens(access, refresh, base, scopes, until, due)


def find_field(answer: Any, dotted: str) -> str:
    """A field inside an answer, such as `org.0.name`; empty when it is not there."""
    for part in dotted.split("."):
        if isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        elif isinstance(answer, dict) and part in answer:
            answer = answer[part]
        else:
            return ""
    return str(answer)[:200] if isinstance(answer, str | int) else ""


def _token(value: object, vendor: Vendor) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_TOKEN or not value.isascii() or " " in value:
        raise VendorUnreadable(f"{vendor.label} answered without a token that can be used.")
    return value


def _base(vendor: Vendor, said: str) -> str:
    """The address for calls that a vendor names; believed only when it is the vendor's own."""
    parts = urlsplit(said if "//" in said else f"https://{said}")
    if parts.scheme != "https" or parts.port not in {None, 443} or not vendor.serves(parts.hostname or ""):
        raise VendorUnreadable(f"{vendor.label} named an address for its calls that is not its own.")
    return f"https://{parts.hostname}"
