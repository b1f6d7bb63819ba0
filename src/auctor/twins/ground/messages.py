"""What comes in and what goes out, in the plainest form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit


class BadBody(Exception):
    """The body is not what the content type, or the vendor, calls for."""


class Refusal(Exception):
    """What a vendor says no with; each has a form of its own."""


# What a body of an unexpected shape ends in, somewhere on its way.
ILL_FORMED = (BadBody, ValueError, LookupError, TypeError, AttributeError, StopIteration)


@dataclass(slots=True)
class Request:
    """One request. Header names are lower case, `path` is decoded, `params` are the named parts of the route."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    path: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target)
        self.path = unquote(parts.path)
        self.query = parse_qs(parts.query, keep_blank_values=True)

    def first(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def json(self) -> dict[str, Any]:
        """The body as one JSON object; an empty body is an empty object. Raises BadBody."""
        found = self.any_json() if self.body else {}
        if not isinstance(found, dict):
            raise BadBody("A JSON object is expected.")
        return found

    def any_json(self) -> Any:
        """The body as JSON of any kind. Raises BadBody."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise BadBody("The body is no JSON.") from error

    def form(self) -> dict[str, str]:
        """The body as a form; the last of two equal names wins."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def bearer(self) -> str:
        """The token of the Authorization header, empty without one."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""


@dataclass(slots=True)
class Answer:
    """One answer; the server adds length and date."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def to_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON; underscores of header names become hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json;charset=utf-8", **named})


def to_page(text: str, status: int = 200) -> Answer:
    """An answer for a browser."""
    headers = {"Content-Type": "text/html;charset=utf-8", "Content-Security-Policy": "default-src 'none'"}
    return Answer(status, text.encode(), headers)


def to_redirect(address: str) -> Answer:
    """Send the browser elsewhere."""
    return Answer(302, headers={"Location": address})
