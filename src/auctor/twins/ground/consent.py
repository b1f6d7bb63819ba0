"""The page on which a person lets an application in, and the codes that it hands out (OAuth 2.0, RFC 6749 and 7636)."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from random import Random
from secrets import compare_digest
from urllib.parse import urlencode, urlsplit

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.messages import Answer, Request, to_page, to_redirect


class Refused(Exception):
    """A code, a verifier or a client that does not fit; `error` is OAuth's word for it."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(slots=True)
class Client:
    """An application that somebody registered at the vendor, with the exact addresses it may be sent back to."""

    id: str
    secret: str
    redirects: tuple[str, ...]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Code:
    """What the browser carries back; good once, for a short time, for one client and address."""

    value: str
    client_id: str
    redirect: str
    scopes: tuple[str, ...]
    challenge: str
    expires_at: datetime


@dataclass(slots=True)
class Desk:
    """Where codes are handed out and taken back."""

    vendor: str
    path: str
    clock: Clock
    random: Random
    code_life: timedelta
    clients: dict[str, Client] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    needs_challenge: bool = False
    any_scope: bool = False
    # Called with the code when a person lets the application in.
    let_in: Callable[[Code], None] | None = None

    def show(self, request: Request) -> Answer:
        """GET: the page that asks. What is wrong with the link is said here, never sent to an unknown address."""
        asked = {name: values[0] for name, values in request.query.items()}
        problem = self._problem(asked)
        return to_page(_error_page(self.vendor, problem), 400) if problem else to_page(self._page(asked))

    def decide(self, request: Request) -> Answer:
        """POST: the person said yes or no."""
        asked = request.form()
        if problem := self._problem(asked):
            return to_page(_error_page(self.vendor, problem), 400)
        state = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("decision") != "allow":
            return _back(asked, {"error": "access_denied", "error_description": "The person said no.", **state})
        code = self._issue(asked)
        if self.let_in:
            self.let_in(code)
        return _back(asked, {"code": code.value, **state})

    def redeem(self, form: dict[str, str]) -> Code:
        """Take a code back. Raises Refused; a code that was tried is gone, whatever came of it."""
        client = self.client(form)
        code = self.codes.pop(form.get("code", ""), None)
        if code is None or code.client_id != client.id or code.expires_at <= self.clock.now():
            raise Refused("invalid_grant", "missing or unknown auth code")
        if code.redirect != form.get("redirect_uri"):
            raise Refused("redirect_uri_mismatch", "redirect_uri must match the one of the authorization")
        if code.challenge and not _fits(code.challenge, form.get("code_verifier", "")):
            raise Refused("invalid_grant", "invalid code verifier")
        return code

    def client(self, form: dict[str, str]) -> Client:
        """The client with its secret. Raises Refused."""
        client = self.clients.get(form.get("client_id", ""))
        if client is None:
            raise Refused("invalid_client_id", "client identifier invalid")
        if not compare_digest(client.secret.encode(), form.get("client_secret", "").encode()):
            raise Refused("invalid_client", "invalid client credentials")
        return client

    def _problem(self, asked: dict[str, str]) -> str:
        client = self.clients.get(asked.get("client_id", ""))
        if client is None:
            return "The client id is not known here."
        if asked.get("redirect_uri") not in client.redirects:
            return "The redirect address is not one that was registered, letter by letter."
        if asked.get("response_type", "code") != "code":
            return "Only response_type=code is offered."
        if asked.get("code_challenge_method", "S256") != "S256":
            return "Only the code challenge method S256 is offered."
        if self.needs_challenge and not asked.get("code_challenge"):
            return "A code challenge is required."
        missing = sorted(set(_scopes(asked)) - client.scopes)
        return f"The application is not registered for: {', '.join(missing)}." if missing and not self.any_scope else ""

    def _issue(self, asked: dict[str, str]) -> Code:
        code = Code(
            value=f"code-{self.random.getrandbits(128):032x}",
            client_id=asked["client_id"],
            redirect=asked["redirect_uri"],
            scopes=tuple(_scopes(asked)),
            challenge=asked.get("code_challenge", ""),
            expires_at=self.clock.now() + self.code_life,
        )
        self.codes[code.value] = code
        return code

    def _page(self, asked: dict[str, str]) -> str:
        hidden = "".join(f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in asked.items())
        wanted = "".join(f"<li>{escape(scope)}</li>" for scope in _scopes(asked))
        return (
            f"<!DOCTYPE html><html lang=en><title>{self.vendor}: connect</title><h1>{self.vendor} (stand-in)</h1>"
            f"<p>An application asks to be let in, to:</p><ul>{wanted}</ul>"
            f'<form method="post" action="{self.path}">{hidden}'
            '<button name="decision" value="allow">Connect app</button> '
            '<button name="decision" value="deny">Cancel</button></form>'
        )


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _fits(challenge: str, verifier: str) -> bool:
    return compare_digest(challenge, challenge_of(verifier))


def _scopes(asked: dict[str, str]) -> list[str]:
    return f"{asked.get('scope', '')} {asked.get('optional_scope', '')}".split()


def _back(asked: dict[str, str], values: dict[str, str]) -> Answer:
    address = asked["redirect_uri"]
    joint = "&" if urlsplit(address).query else "?"
    return to_redirect(f"{address}{joint}{urlencode(values)}")


def _error_page(vendor: str, problem: str) -> str:
    return f"<!DOCTYPE html><html lang=en><title>{vendor}: error</title><h1>{vendor} (stand-in)</h1><p>{problem}</p>"
