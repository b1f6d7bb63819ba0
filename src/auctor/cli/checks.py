"""What `auctor doctor` looks at. Each check finds nothing or says what, where and the mend; none changes anything."""

import os
import shutil
import socket
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from cryptography import x509
from django.conf import settings

from auctor.audit.lag import measure_lag
from auctor.cli.preconditions import require_clock
from auctor.cli.translate import translate
from auctor.jobs.queries import count_backlog
from auctor.kit.errors import AuctorError
from auctor.kit.lockfile import find_holder
from auctor.kit.ports import is_listening
from auctor.kit.room import require_room
from auctor.tenancy import lint, migrate, roles
from auctor.vault import check

LITTLE_FREE_BYTES = 1024 * 1024 * 1024
LARGEST_CLOCK_GAP_SECONDS = 5.0
LARGEST_SEAL_LAG_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 300.0
RENEW = "Restart auctor to renew its own, or replace yours."


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is "ok", "warning" or "error"; an error makes the exit code 1."""

    check: str
    level: str
    message: str
    where: str = ""
    mend: str = ""


Check = Callable[[str, Any], Iterator[Finding]]


def run(checks: Mapping[str, Check], env: Any) -> Iterator[Finding]:
    """Every check's findings, or one that says it is in order. A check that fails is a finding itself."""
    for name, looks in checks.items():
        try:
            found = list(looks(name, env))
        except Exception as error:
            speaking = translate(error)
            if speaking is None:
                raise
            found = [of_error(name, speaking)]
        yield from found or [Finding(name, "ok", "in order")]


def of_error(name: str, error: AuctorError) -> Finding:
    """A failure as a finding."""
    return Finding(name, "error", error.message, error.where, error.mend)


def data_folder(name: str, env: Any) -> Iterator[Finding]:
    """Is it there, ours, closed to others, with room left?"""
    folder = Path(env.data)
    if not os.access(folder, os.W_OK):
        yield Finding(name, "error", "It cannot be written.", str(folder), "Run as its owner, or set AUCTOR_DATA.")
        return
    require_room(folder)
    free = shutil.disk_usage(folder).free
    if free < LITTLE_FREE_BYTES:
        yield Finding(name, "warning", f"The disk is nearly full: {free // 2**20} MiB free.", str(folder), "Make room.")
    secrets = folder / "secrets"
    for path in [secrets, *sorted(secrets.glob("*"))] if secrets.exists() else []:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(name, "error", "Others can read a secret.", str(path), f"Run: chmod go-rwx {path}")


def certificate(name: str, env: Any) -> Iterator[Finding]:
    """Is the certificate valid, and for how long still?"""
    path = Path(env.certificate or Path(env.data) / "certificates" / "server.pem")
    if not path.exists():
        yield Finding(name, "warning", "There is none yet.", str(path), "auctor up makes one.")
        return
    loaded = x509.load_pem_x509_certificate(path.read_bytes())
    now = datetime.now(UTC)
    if loaded.not_valid_before_utc > now:
        yield Finding(name, "error", "It is not valid yet.", str(path), "Is the clock right?")
    days = (loaded.not_valid_after_utc - now).days
    if days < 14:
        yield Finding(name, "error" if days < 0 else "warning", f"It ends in {days} days.", str(path), RENEW)


def web(name: str, env: Any) -> Iterator[Finding]:
    """Who listens on our port?"""
    host = "127.0.0.1" if env.host in {"0.0.0.0", "::"} else env.host  # noqa: S104 - asked, not bound
    listening = is_listening(host, env.port)
    holder = find_holder(env.data)
    if holder is None and listening:
        message = f"Another program uses port {env.port}."
        yield Finding(name, "error", message, f"{host}:{env.port}", "Stop it, or set AUCTOR_PORT to a free one.")
    if holder is not None and not listening:
        yield Finding(name, "error", "auctor runs but its web server does not answer.", mend=f"See {env.data}/logs")
    if not env.public_url and env.host not in {"127.0.0.1", "localhost", "::1"}:
        message = f"People reach it from outside as {socket.gethostname()}, but AUCTOR_PUBLIC_URL is empty."
        yield Finding(name, "warning", message, mend="Set it, or links in mails lead to localhost.")


def database(name: str, env: Any) -> Iterator[Finding]:
    """Does it answer as administrator and as the running role, fit and whole, with every migration?"""
    server = settings.AUCTOR_SERVER
    if server.admin:
        with roles.administrator(server) as connection:
            if connection is None:
                yield Finding(name, "error", f"There is no database {server.dbname}.", server.host, "Run: auctor up")
                return
            with connection.cursor() as cursor:
                migrate.require_sound(cursor)
    with psycopg.connect(roles.dsn(server, "auctor_app", env.data), connect_timeout=5) as connection:
        roles.check_version(connection.info.server_version)
    waiting = migrate.pending()
    if waiting:
        message = f"{len(waiting)} migrations are missing, first {waiting[0]}."
        yield Finding(name, "error", message, server.host, "Run: auctor migrate")


def clock(name: str, env: Any) -> Iterator[Finding]:
    """Second factors, certificates and the audit log need a clock that is right."""
    require_clock(Path(env.data))
    with psycopg.connect(roles.dsn(settings.AUCTOR_SERVER, "auctor_app", env.data), connect_timeout=5) as connection:
        before = time.time()
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        gap = abs((before + time.time()) / 2 - (row[0] if row else before))
    if gap > LARGEST_CLOCK_GAP_SECONDS:
        message = f"This machine and the database disagree by {gap:.0f} s."
        yield Finding(name, "error", message, settings.AUCTOR_SERVER.host, "Turn time synchronisation on, on both.")


def keys(name: str, env: Any) -> Iterator[Finding]:  # noqa: ARG001 - a check's form
    """Do root key, keystore and database match? `auctor vault check` also looks for every single key."""
    for found in check.check_vault():
        yield Finding(name, "error" if found.is_fatal else "warning", found.what, found.where, found.mend)


def walls(name: str, env: Any) -> Iterator[Finding]:
    """Does the catalogue keep every rule of isolation?"""
    server = settings.AUCTOR_SERVER
    with psycopg.connect(roles.dsn(server, "auctor_app", env.data), connect_timeout=5) as connection:
        for breach in lint.find_breaches(connection.cursor()):
            yield Finding(name, "error", f"A rule of isolation is broken: {breach.rule}.", breach.where, WALLS_MEND)


WALLS_MEND = (
    "Somebody changed the database by hand: restore it, or undo the change. Take auctor off the net until then."
)


def audit_log(name: str, env: Any) -> Iterator[Finding]:
    """Are entries sealed soon after they were written?"""
    if find_holder(env.data) is None:
        return
    where = str(env.data / "logs" / "sealer.log")
    lag = measure_lag(roles.dsn(settings.AUCTOR_SERVER, "auctor_sealer", env.data))
    if not lag.is_sealed_by_somebody:
        yield Finding(name, "error", "No sealer is alive.", where, "Its log says why; it is started again by itself.")
    if lag.seconds > LARGEST_SEAL_LAG_SECONDS:
        message = f"{lag.entries} entries wait to be sealed, the oldest for {lag.seconds:.0f} s."
        yield Finding(
            name, "warning", message, where, "Its log says why; a transaction that runs long holds it up too."
        )


def jobs(name: str, env: Any) -> Iterator[Finding]:
    """Is a worker alive, and is the queue short?"""
    if find_holder(env.data) is None:
        return
    found = count_backlog()
    where = str(env.data / "logs" / "worker.log")
    if not found["workers"]:
        yield Finding(name, "error", "No worker is alive.", where, "Its log says why; it is started again by itself.")
    if found["oldest_seconds"] > LONGEST_WAIT_SECONDS:
        message = f"A job has waited for {found['oldest_seconds']:.0f} s."
        yield Finding(name, "warning", message, where, "Raise AUCTOR_WORKER_CONCURRENCY, or look for failures.")


# What needs no database, and what does.
OUTSIDE: Mapping[str, Check] = {"data folder": data_folder, "certificate": certificate, "web": web}
INSIDE: Mapping[str, Check] = {
    "database": database,
    "clock": clock,
    "keys": keys,
    "walls": walls,
    "audit log": audit_log,
    "jobs": jobs,
}
