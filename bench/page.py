"""A page with one query: the same view inside the product and in a bare Django project, under the same server.

Both are served by one granian process with the product's own words (WSGI, TLS 1.3, the same number of threads) from
one PostgreSQL, with transactions per request and kept connections in both. Rounds alternate, so that a noisy machine
harms both alike. Told are requests a second and what the server spent of the processor for one request; the figure is
the ratio of the second, because the clients share the machine with the server.
"""

import http.client
import json
import os
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.support.cluster import product
from bench.support.web import answers, cpu_seconds, free_port

CLIENTS = 4
SECONDS = 1.5
ROUNDS = 6
LIMIT = 0.7
NOTES = """
CREATE TABLE bench_note (id integer PRIMARY KEY, stage smallint NOT NULL, amount bigint NOT NULL);
INSERT INTO bench_note SELECT n, n % 7, n * 17 % 1000003 FROM generate_series(1, 10000) n;
CREATE INDEX ON bench_note (stage, id);
GRANT SELECT ON bench_note TO PUBLIC;
ANALYZE bench_note;
CREATE DATABASE bare OWNER bare;
"""


@dataclass
class Site:
    """A running server, and the cookie of somebody who signed in there."""

    port: int
    pid: int
    cookie: str

    def get(self, connection: http.client.HTTPSConnection, path: str) -> None:
        """One page; it must be there."""
        headers = {"Host": "localhost", "Cookie": self.cookie, "Sec-Fetch-Mode": "navigate"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, path)
        assert b"<td>" in body


def main() -> None:
    """Print the ratios; exit code 1 when one is below the limit."""
    with product() as data, ExitStack() as stack:
        sites = {"bare": stack.enter_context(bare(data)), "product": stack.enter_context(ours(data))}
        figures = {kind: compare(sites, f"/bench/{kind}/") for kind in ("anonymous", "signed-in")}
    print(json.dumps({"clients": CLIENTS, **figures, "limit": LIMIT}))
    sys.exit(any(figure["ratio"] < LIMIT for figure in figures.values()))


def compare(sites: dict[str, Site], path: str) -> dict[str, float]:
    """Medians over the rounds; `ratio` is what the bare project spends on a request over what the product does."""
    rates: dict[str, list[float]] = {name: [] for name in sites}
    costs: dict[str, list[float]] = {name: [] for name in sites}
    for turn in range(ROUNDS + 1):
        for name, site in sites.items():
            rate, cost = load(site, path)
            # The first round warms both.
            if turn:
                rates[name].append(rate)
                costs[name].append(cost)
    per_second = {name: statistics.median(found) for name, found in rates.items()}
    spent = {name: statistics.median(found) for name, found in costs.items()}
    return {
        **{f"{name}_per_second": round(rate) for name, rate in per_second.items()},
        **{f"{name}_cpu_ms": round(cost * 1000, 3) for name, cost in spent.items()},
        "ratio_per_second": round(per_second["product"] / per_second["bare"], 3),
        "ratio": round(spent["bare"] / spent["product"], 3),
    }


def load(site: Site, path: str) -> tuple[float, float]:
    """Requests a second of all clients, and seconds of processor time of the server for one."""
    counts = [0] * CLIENTS
    over = time.monotonic() + SECONDS
    context = ssl._create_unverified_context()

    def ask(place: int) -> None:
        connection = http.client.HTTPSConnection("localhost", site.port, context=context, timeout=30)
        while time.monotonic() < over:
            site.get(connection, path)
            counts[place] += 1
        connection.close()

    before, began = cpu_seconds(site.pid), time.monotonic()
    threads = [threading.Thread(target=ask, args=[place]) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    return sum(counts) / took, (cpu_seconds(site.pid) - before) / max(sum(counts), 1)


@contextmanager
def serving(environment: dict[str, str], application: str, cookie: str, chain: Path, key: Path) -> Iterator[Site]:
    """granian with one process and the product's number of threads."""
    port = free_port()
    words = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--backpressure", "64", "--no-ws", "--log-level", "warning"),
        *("--ssl-certificate", str(chain), "--ssl-keyfile", str(key), "--ssl-protocol-min", "tls1.3", application),
    ]
    environment = {**os.environ, "PYTHONPATH": f"{Path.cwd()}:{Path.cwd() / 'src'}", **environment}
    process = subprocess.Popen(words, env=environment)
    try:
        answers(port, process)
        yield Site(port, process.pid, cookie)
    finally:
        process.terminate()
        process.wait(timeout=30)


def certificate(data: Path) -> tuple[Path, Path]:
    """Of the local authority, for both."""
    from auctor.kit import certificates

    made = certificates.ensure_certificate(data / "tls", hosts=[], organisation="bench", now=datetime.now(UTC))
    return made.chain, made.key


@contextmanager
def ours(data: Path) -> Iterator[Site]:
    """The product with somebody signed in."""
    from auctor.vault import startup

    startup.prepare(data)
    environment = {"DJANGO_SETTINGS_MODULE": "bench.support.page_sites.product"}
    cookie = f"__Host-session={sign_in()}"
    with serving(environment, "auctor.config.wsgi:application", cookie, *certificate(data)) as site:
        yield site


def sign_in() -> str:
    """An owner of a new workspace with an open session; its key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.db import transaction

    from auctor.identity.models import Member, User
    from auctor.identity.sessions import FACTOR, SessionStore
    from auctor.kit.ids import uuid7
    from auctor.tenancy import scope, workspaces
    from auctor.tenancy.permissions import Role
    from auctor.tenancy.records import Actor, WorkspaceKind

    now, workspace_id = datetime.now(UTC), uuid7()
    with transaction.atomic(), scope.enter(Actor.system(workspace_id, "bench")):
        workspaces.insert_workspace(workspace_id, kind=WorkspaceKind.REAL, now=now)
        user = User.objects.create(email="owner@bench.example")
        Member.objects.create(workspace_id=workspace_id, user=user, role=Role.OWNER, created_at=now)
        session = SessionStore()
        session.create()
        session[SESSION_KEY] = str(user.id)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[FACTOR] = "totp"
        session.set_expiry(timedelta(hours=1))
        session.save()
        return str(session.session_key)


@contextmanager
def bare(data: Path) -> Iterator[Site]:
    """The bare project with somebody signed in; its own tables are made by its own migrations."""
    database = prepare_bare()
    environment = {"DJANGO_SETTINGS_MODULE": "bench.support.page_sites.bare", "BARE_DATABASE": json.dumps(database)}
    words = {**os.environ, **environment, "PYTHONPATH": f"{Path.cwd()}:{Path.cwd() / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-c", BARE_SESSION], env=words, check=True, stdout=subprocess.PIPE, text=True
    )
    cookie = f"sessionid={done.stdout.strip()}"
    with serving(environment, "bench.support.page_sites.bare_wsgi:application", cookie, *certificate(data)) as site:
        yield site


BARE_SESSION = """
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
call_command("migrate", verbosity=0)
user = get_user_model().objects.create_user("owner")
session = SessionStore()
session[SESSION_KEY] = str(user.id)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def prepare_bare() -> dict[str, Any]:
    """A table of notes in both databases, and a role that owns the bare one; Django's words for it."""
    import psycopg
    from django.conf import settings

    server = settings.AUCTOR_SERVER
    with psycopg.connect(server.admin_dsn(), autocommit=True) as admin:
        admin.execute("CREATE ROLE bare LOGIN PASSWORD 'bare'")
        for statement in NOTES.strip().split(";\n"):
            admin.execute(statement.rstrip(";"))
    with psycopg.connect(server.admin_dsn(dbname="bare"), autocommit=True) as admin:
        for statement in NOTES.strip().split(";\n")[:-1]:
            admin.execute(statement.rstrip(";"))
        hba = admin.execute("SHOW hba_file").fetchone()
        assert hba
        rules = Path(hba[0])
        rules.write_text("local bare bare scram-sha-256\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")
        admin.execute("SELECT pg_reload_conf()")
    return {"NAME": "bare", "USER": "bare", "PASSWORD": "bare", "HOST": server.host, "PORT": str(server.port)}


if __name__ == "__main__":
    main()
