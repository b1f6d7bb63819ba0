"""Whether a one-time code opens twice when the same code reaches four server processes at the same moment.

Each person has signed in with a password in five browsers, spread over four real servers on one database. All five send
the code that the app shows now, at once; then every one of them sends it again. Exactly one may be let in.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

from bench.support.cluster import product

SERVERS = 4
BROWSERS = 5
PEOPLE = 20
PORT = 18440
PASSWORD = "quiet-harbour-lantern"
TOKEN = "t" * 32


@dataclass
class Browser:
    """One session on one of the servers."""

    port: int
    cookies: dict[str, str] = field(default_factory=lambda: {"__Host-csrf": TOKEN})

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Status and where it leads."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": TOKEN,
        }
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        response.read()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return response.status, response.headers.get("Location", "")

    def sign_in(self, email: str) -> None:
        """The first step; the second is asked for."""
        status, where = self.post("/account/login/", {"login": email, "password": PASSWORD})
        assert (status, where) == (302, "/account/2fa/authenticate/"), (status, where)

    def give(self, code: str) -> bool:
        """Whether the code let this browser in."""
        status, where = self.post("/account/2fa/authenticate/", {"code": code})
        return status == 302 and where == "/"


def main() -> None:
    """Print the counts; exit code 1 when a code opened twice."""
    from auctor.vault import startup

    with product() as data, ExitStack() as servers:
        startup.prepare(data)
        seeds = make_people()
        for number in range(SERVERS):
            servers.enter_context(server(PORT + number, str(data)))
        accepted, replays, refused = 0, 0, 0
        for email, seed in seeds.items():
            opened = race(email, seed)
            accepted += opened > 0
            replays += max(0, opened - 1)
            refused += 2 * BROWSERS - opened
    result = {"people": PEOPLE, "servers": SERVERS, "accepted": accepted, "replays": replays, "refused": refused}
    print(json.dumps(result))
    sys.exit(replays > 0 or accepted < PEOPLE)


def make_people() -> dict[str, str]:
    """Users who have enrolled an authenticator app: address -> seed."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from django.contrib.auth.hashers import make_password

    from auctor.identity import seeds
    from auctor.identity.models import User

    hashed, found = make_password(PASSWORD), {}
    for number in range(PEOPLE):
        email, seed = f"person{number}@bench.example", "JBSWY3DPEHPK3PXP" * 2
        user = User.objects.create(email=email, password=hashed)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        Authenticator.objects.create(user=user, type="totp", data={"secret": seeds.keep(user.id, seeds.TOTP, seed)})
        found[email] = seed
    return found


def race(email: str, seed: str) -> int:
    """How many browsers one code let in: all at once, then each again."""
    from auctor.identity import codes

    browsers = [Browser(PORT + number % SERVERS) for number in range(BROWSERS)]
    with ThreadPoolExecutor(BROWSERS) as pool:
        list(pool.map(lambda one: one.sign_in(email), browsers))
        wait_for_a_young_step()
        code = codes.code_of(seed, codes.counter_at(datetime.now(UTC).timestamp()))
        start = Barrier(BROWSERS)

        def together(one: Browser) -> bool:
            start.wait()
            return one.give(code)

        opened: list[bool] = list(pool.map(together, browsers))
        again = list(pool.map(lambda pair: not pair[0] and pair[1].give(code), zip(opened, browsers, strict=True)))
    return sum(1 for let_in in [*opened, *again] if let_in)


def wait_for_a_young_step() -> None:
    """A code that is about to end would be refused for its age and prove nothing."""
    left = 30 - time.time() % 30
    if left < 12:
        time.sleep(left + 0.2)


@contextmanager
def server(port: int, data: str) -> Iterator[subprocess.Popen[bytes]]:
    """One real server process with three threads."""
    words = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    words += ["--blocking-threads", "3", "--log-level", "warning", "auctor.config.wsgi:application"]
    quiet: Any = subprocess.DEVNULL
    environment = {**os.environ, "AUCTOR_DATA": data, "AUCTOR_LOG_LEVEL": "error"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "granian", *words], env=environment, stdout=quiet, stderr=quiet
    )
    try:
        wait_until_up(port)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_up(port: int) -> None:
    """TimeoutError when it does not answer within a minute."""
    for _ in range(600):
        try:
            http.client.HTTPConnection("localhost", port, timeout=1).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")


if __name__ == "__main__":
    main()
