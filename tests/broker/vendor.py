"""A vendor of the tests: a real HTTP server on this machine with OAuth, tokens that end, and faults on demand.

It answers under HubSpot's and Salesforce's paths; Salesforce's refresh tokens rotate and are good once.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

REPLIES = {"account": {"portalId": 7, "uiDomain": "acme.example", "organization_id": "00D7", "name": "Acme"}}


@dataclass
class Vendor:
    """What the server knows and has seen. `faults` are answers given in place of the next ones, by path."""

    life: int = 1800
    rotates: bool = False
    base: str = ""
    codes: set[str] = field(default_factory=lambda: {"code-1"})
    refresh_tokens: set[str] = field(default_factory=set)
    access_tokens: set[str] = field(default_factory=set)
    made: int = 0
    refreshes: int = 0
    uninstalls: int = 0
    forgets_uninstall: bool = False
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    faults: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    before_refresh_answer: Callable[[], None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, headers: dict[str, str], form: dict[str, str]) -> tuple[int, object]:
        """Status and JSON."""
        if path.endswith("/token"):
            self.forms.append(form)
            return self._token(form)
        if path.endswith("/revoke"):
            self.refresh_tokens.discard(form.get("token", ""))
            return 200, {}
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.access_tokens:
            return 401, {"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": "The token expired."}
        if method == "DELETE":
            self.uninstalls += 1
            if not self.forgets_uninstall:
                self.access_tokens.clear()
            return 204, None
        return 200, REPLIES["account"] if "account-info" in path or "userinfo" in path else {"results": [{"id": "1"}]}

    def _token(self, form: dict[str, str]) -> tuple[int, object]:
        if form["grant_type"] == "authorization_code":
            if form["code"] not in self.codes:
                return 400, {"error": "invalid_grant", "error_description": "The code is unknown or was used."}
            self.codes.discard(form["code"])
            return 200, self.give()
        with self.lock:
            self.refreshes += 1
            if form["refresh_token"] not in self.refresh_tokens:
                return 400, {"error": "invalid_grant", "error_description": "The refresh token is not known."}
            if self.rotates:
                self.refresh_tokens.discard(form["refresh_token"])
            given = self.give(None if self.rotates else form["refresh_token"])
        self.before_refresh_answer()
        return 200, given

    def give(self, refresh: str | None = None) -> dict[str, object]:
        """A new pair; the refresh token stays when it is named."""
        self.made += 1
        access, refresh = f"access-{self.made}", refresh or f"refresh-{self.made}"
        self.access_tokens.add(access)
        self.refresh_tokens.add(refresh)
        words: dict[str, object] = {"access_token": access, "refresh_token": refresh, "scope": "oauth read"}
        return {**words, "expires_in": self.life, "instance_url": "https://acme.my.salesforce.com"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    vendor: Vendor

    def _do(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        path = self.path.split("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.vendor.seen.append((self.command, self.path, headers))
        faults = self.vendor.faults.get(path, [])
        if faults:
            status, extra, content = faults.pop(0)
            if status == 0:
                self.close_connection = True
                return
        else:
            status, said = self.vendor.answer(self.command, path, headers, form)
            extra, content = {"content-type": "application/json"}, b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        if status != 204:
            self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _do  # noqa: N815 - the names of the base

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A broker that was killed hangs up in the middle; that is what some tests are about."""


@contextmanager
def running(vendor: Vendor) -> Iterator[Vendor]:
    """The server for as long as the block lasts; its address is in `base`."""
    handler = type("Handler", (_Handler,), {"vendor": vendor})
    with _Server(("127.0.0.1", 0), handler) as server:
        vendor.base = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield vendor
        finally:
            server.shutdown()
            thread.join(10)
