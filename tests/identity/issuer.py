"""A small OpenID Connect issuer on this machine, and one person who is signed in there."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT, SECRET = "auctor", "a-client-secret-of-the-tests-only-0123456789"


@dataclass
class Issuer:
    """What it will say of the person, and what it was asked."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    challenge: str = ""
    asked: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        """The document that names its endpoints."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, query: dict[str, list[str]]) -> str:
        """Where the browser goes back to, with a code; the person is signed in here, and is not asked."""
        self.challenge = query["code_challenge"][0]
        return f"{query['redirect_uri'][0]}?{urlencode({'code': 'good', 'state': query['state'][0]})}"

    def token(self, fields: dict[str, list[str]]) -> dict[str, Any] | None:
        """An id token for the right code, client and proof of possession (PKCE)."""
        verifier = hashlib.sha256(fields["code_verifier"][0].encode()).digest()
        proof = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (fields["code"][0], fields["client_secret"][0], proof) != ("good", SECRET, self.challenge):
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
        return {"access_token": "t", "token_type": "Bearer", "id_token": jwt.encode(claims, SECRET, algorithm="HS256")}


@contextmanager
def running(**claims: Any) -> Iterator[Issuer]:
    """The issuer, as long as the block lasts."""
    issuer = Issuer(claims=claims)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(issuer))
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers in JSON."""

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", issuer.authorize(parse_qs(asked.query)))
                self.end_headers()
                return
            pages = {"/.well-known/openid-configuration": issuer.discovery(), "/userinfo": issuer.claims}
            self._answer(pages.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(issuer.token(parse_qs(body)))

        def _answer(self, content: dict[str, Any] | None) -> None:
            issuer.asked.append(self.path)
            self.send_response(200 if content else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content or {"error": "invalid_grant"}).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Silent."""

    return Handler
