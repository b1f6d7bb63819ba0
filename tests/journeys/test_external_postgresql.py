"""An installation on a PostgreSQL of the customer's own: TCP, TLS with the name verified, a password."""

import json
import os
import pwd
import shutil
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from auctor.kit import certificates
from tests.journeys.installation import PATIENCE, Installation, children_of, free_port, new_folder

ADMINISTRATOR = "auctor_admin"
WORD = "word-of-the-administrator"
ROLE = f"CREATE ROLE {ADMINISTRATOR} LOGIN CREATEROLE PASSWORD '{WORD}'"
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass(frozen=True)
class Outside:
    """A server that auctor did not start."""

    port: int
    authority: Path

    def url(self, *, host: str = "localhost", word: str = WORD, authority: Path | None = None) -> str:
        """As the administrator of the database; the role may make roles and owns the database, nothing more."""
        options = f"sslmode=verify-full&sslrootcert={authority or self.authority}"
        return f"postgresql://{ADMINISTRATOR}:{word}@{host}:{self.port}/auctor?{options}"


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """Debian's PostgreSQL with a certificate for localhost, no unencrypted connection let in."""
    folder = new_folder()
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    made = certificates.ensure_certificate(folder / "tls", hosts=[], organisation="test", now=datetime.now(UTC))
    authority = folder / "authority.pem"
    shutil.copy(made.authority, authority)
    cluster, port = folder / "cluster", free_port()
    cluster.mkdir(mode=0o700)
    for path in (made.chain, made.key):
        shutil.copy(path, cluster / path.name)
        (cluster / path.name).chmod(0o600)
    for path in (cluster, *cluster.iterdir()):
        if user:
            os.chown(path, user.pw_uid, user.pw_gid)
    # initdb wants an empty folder.
    data = cluster / "data"
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    binaries = BINARIES[-1]
    words = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=peer", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run(words, check=True, capture_output=True, cwd="/", **who)  # type: ignore[call-overload]
    (data / "pg_hba.conf").write_text("local all postgres trust\nhostssl all all all scram-sha-256\n")
    settings = {
        "port": port,
        "listen_addresses": "localhost,127.0.0.2",
        "unix_socket_directories": cluster,
        "ssl": "on",
        "ssl_cert_file": cluster / made.chain.name,
        "ssl_key_file": cluster / made.key.name,
        "fsync": "off",
    }
    options = [f"-c{name}={value}" for name, value in settings.items()]
    server = subprocess.Popen([binaries / "postgres", "-D", data, *options], cwd="/", stderr=subprocess.DEVNULL, **who)  # type: ignore[call-overload]
    try:
        _prepare(f"host={cluster} port={port} user=postgres dbname=postgres")
        yield Outside(port, authority)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(dsn: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            connection = psycopg.connect(dsn, autocommit=True)
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with connection:
        connection.execute(ROLE)
        connection.execute(f"CREATE DATABASE auctor OWNER {ADMINISTRATOR}")


class TestDatabaseUrl:
    def test_that_is_wrong_is_told_before_anything_is_made(self, nothing: Installation, outside: Outside) -> None:
        tries = {
            "The user or password of DATABASE_URL is wrong": outside.url(word="another"),
            "The server's certificate is for another name": outside.url(host="127.0.0.2"),
            "Name the server's authority": outside.url(authority=Path("/etc/ssl/certs/ca-certificates.crt")),
        }
        for mend, url in tries.items():
            assert mend in nothing.refuse("up", "--no-browser", DATABASE_URL=url)
        assert (
            "password authentication failed" in nothing.diagnose(DATABASE_URL=outside.url(word="another"))["database"]
        )

    def test_carries_everything(self, nothing: Installation, outside: Outside) -> None:
        nothing.settings["DATABASE_URL"] = outside.url()
        with nothing.up("--demo") as running:
            link = next(line.strip() for line in running.said().splitlines() if "/demo/" in line)
            context = ssl.create_default_context(cafile=str(nothing.data / "certificates" / "authority.pem"))
            with urllib.request.urlopen(link, context=context) as page:
                assert page.status == 200
            with urllib.request.urlopen(f"https://localhost:{nothing.port}/readyz", context=context) as ready:
                assert json.load(ready) == {"database": "ok", "keys": "ok"}
            made = nothing.ask("workspace", "create", "Acme")
            assert made["name"] == "Acme"
            nothing.wait_until_well()
            told = self.tells_of_jobs(f"https://localhost:{nothing.port}/metrics", context)
            assert 'auctor_requests_total{method="GET",route="readyz",status="200"} 1.0' in told
            assert "auctor_workers 1.0" in told
            self.keeps_the_administrator_s_words_to_itself(nothing, running.process.pid)
        assert not (nothing.data / "postgres").exists()

    def tells_of_jobs(self, address: str, context: ssl.SSLContext) -> str:
        """What is counted, as soon as the worker has come to end a job."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with urllib.request.urlopen(address, context=context) as metrics:
                told: str = metrics.read().decode()
            if "auctor_jobs_total{" in told:
                return told
            assert time.monotonic() < deadline, told
            time.sleep(0.5)

    def keeps_the_administrator_s_words_to_itself(self, installation: Installation, supervisor: int) -> None:
        """What a stolen process of the product could read of its environment."""
        children = children_of(installation.data)
        children.pop(supervisor)
        parts = [
            part for words in children.values() for part in ("granian", "auctor.worker", "audit.seal") if part in words
        ]
        assert set(parts) == {"granian", "auctor.worker", "audit.seal"}
        for number in children:
            environment = Path(f"/proc/{number}/environ").read_bytes()
            assert WORD.encode() not in environment
            assert ADMINISTRATOR.encode() not in environment
