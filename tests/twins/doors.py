"""How tests reach a stand-in: as an application, as a person in the vendor's pages, as the vendor's own client."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from auctor.twins.ground.consent import challenge_of
from auctor.twins.ground.server import Server
from auctor.twins.launch import Wish, open_server

TODAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "opens the control door"
BACK = "http://127.0.0.1:9/oauth/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123456789"


class Door:
    """One running stand-in. `vendor` speaks without credentials, `control` with the secret."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.address = server.address
        self.vendor = httpx2.Client(base_url=server.address, timeout=30)
        self._control = httpx2.Client(base_url=f"{server.address}/_twin", headers={"X-Twin-Secret": SECRET}, timeout=30)

    def close(self) -> None:
        self.vendor.close()
        self._control.close()

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        answer = self._control.request(method, f"/{path}", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, act: str, /, **wish: Any) -> Any:
        return self.control("POST", f"act/{act}", wish)

    def credentials(self) -> dict[str, str]:
        found: dict[str, str] = self.control("GET", "credentials")
        return found

    def allow(self, **asked: str) -> dict[str, str]:
        """Say yes on the consent page; what the browser carries back."""
        answer = self.decide("allow", **asked)
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    def decide(self, decision: str, **asked: str) -> httpx2.Response:
        known = self.credentials()
        link = {"client_id": known["client_id"], "redirect_uri": BACK, "state": "s", "response_type": "code", **asked}
        path = urlsplit(known["authorize"]).path
        page = self.vendor.get(path, params=link)
        assert page.status_code == 200, page.text
        return self.vendor.post(path, data={**link, "decision": decision})

    def exchange(self, **values: str) -> httpx2.Response:
        """Ask for tokens with the client's credentials."""
        known = self.credentials()
        form = {"client_id": known["client_id"], "client_secret": known["client_secret"], **values}
        return self.vendor.post(urlsplit(known["token"]).path, data=form)

    def redeem(self, code: str, **values: str) -> httpx2.Response:
        return self.exchange(grant_type="authorization_code", code=code, redirect_uri=BACK, **values)

    def connect(self, scope: str) -> dict[str, Any]:
        """The whole way to a pair of tokens, with PKCE."""
        back = self.allow(scope=scope, code_challenge=challenge_of(VERIFIER), code_challenge_method="S256")
        answer = self.redeem(back["code"], code_verifier=VERIFIER)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @contextmanager
    def as_app(self, token: str) -> Iterator[httpx2.Client]:
        """A client that carries a token."""
        headers = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(base_url=self.address, headers=headers, timeout=30) as client:
            yield client


@contextmanager
def opened(vendor: str, *, deals: int = 30, has_quota: bool = False) -> Iterator[Door]:
    """A small stand-in on a free port, served by this process."""
    wish = Wish(vendor, secret=SECRET, deals=deals, now=TODAY, has_quota=has_quota, redirects=[BACK])
    server = open_server(wish)
    server.start()
    door = Door(server)
    try:
        yield door
    finally:
        door.close()
        server.stop()
