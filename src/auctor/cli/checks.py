"""What `auctor doctor` looks at. Each check finds nothing or says what, where and the mend."""

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

from auctor.kit.errors import AuctorError
from auctor.kit.lockfile import find_holder
from auctor.kit.ports import is_listening
from auctor.tenancy import migrate, roles

LEAST_FREE_BYTES = 512 * 1024 * 1024
LARGEST_CLOCK_GAP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is "ok", "warning" or "error"; an error makes the exit code 1."""

    check: str
    level: str
    message: str
    where: str = ""
    mend: str = ""


Check = Callable[[Any], Iterator[Finding]]


def run(checks: Mapping[str, Check], env: Any) -> Iterator[Finding]:
    """Every check's findings, or one that says it is in order. A check that fails is a finding itself."""
    for name, check in checks.items():
        try:
            found = list(check(env))
        except AuctorError as error:
            found = [Finding(name, "error", error.message, error.where, error.mend)]
        except (psycopg.Error, OSError) as error:
            found = [Finding(name, "error", f"The check could not be made ({type(error).__name__}).")]
        yield from found or [Finding(name, "ok", "in order")]


def data_folder(env: Any) -> Iterator[Finding]:
    """Is it there, ours, closed to others, with room left?"""
    name, folder = "data folder", Path(env.data)
    if not os.access(folder, os.W_OK):
        yield Finding(name, "error", "It cannot be written.", str(folder), "Run as its owner, or set AUCTOR_DATA.")
        return
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        yield Finding(name, "error", f"The disk is nearly full: {free // 2**20} MiB free.", str(folder), "Make room.")
    secrets = folder / "secrets"
    for path in [secrets, *sorted(secrets.glob("*"))] if secrets.exists() else []:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(name, "error", "Others can read a secret.", str(path), f"Run: chmod go-rwx {path}")


def database(env: Any) -> Iterator[Finding]:
    """Does it answer as the running role, in a version that fits, with every migration?"""
    name = "database"
    dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_app", env.data)
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            version = connection.info.server_version
            tls = connection.pgconn.ssl_in_use
    except psycopg.OperationalError as error:
        yield Finding(
            name, "error", f"It does not answer: {_first_line(error)}", settings.AUCTOR_SERVER.host, DATABASE_MEND
        )
        return
    if version < roles.MINIMUM_VERSION:
        yield Finding(name, "error", f"PostgreSQL {version // 10000} is too old.", mend="Upgrade it to 15 or newer.")
    if not tls and not settings.AUCTOR_SERVER.host.startswith("/"):
        yield Finding(
            name, "error", "The connection is not encrypted.", mend="Use sslmode=verify-full in DATABASE_URL."
        )
    waiting = migrate.pending()
    if waiting:
        yield Finding(
            name, "error", f"{len(waiting)} migrations are missing, first {waiting[0]}.", mend="Run: auctor migrate"
        )


DATABASE_MEND = "Is the server up and DATABASE_URL right? After a lost data folder run: auctor migrate"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def clock(env: Any) -> Iterator[Finding]:
    """Second factors, certificates and the audit log need a clock that is right."""
    with psycopg.connect(roles.dsn(settings.AUCTOR_SERVER, "auctor_app", env.data), connect_timeout=5) as connection:
        before = time.time()
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        gap = abs((before + time.time()) / 2 - (row[0] if row else before))
    if gap > LARGEST_CLOCK_GAP_SECONDS:
        yield Finding(
            "clock", "error", f"This machine and the database disagree by {gap:.0f} s.", mend="Turn time sync on."
        )
    newest = max((p.stat().st_mtime for p in Path(env.data).glob("*")), default=0)
    if newest > time.time() + LARGEST_CLOCK_GAP_SECONDS:
        yield Finding("clock", "error", "Files of the data folder lie in the future.", str(env.data), "Set the clock.")


def certificate(env: Any) -> Iterator[Finding]:
    """Is the certificate valid, and for how long still?"""
    path = Path(env.certificate or Path(env.data) / "certificates" / "server.pem")
    if not path.exists():
        yield Finding("certificate", "warning", "There is none yet.", str(path), "auctor up makes one.")
        return
    loaded = x509.load_pem_x509_certificate(path.read_bytes())
    now = datetime.now(UTC)
    if loaded.not_valid_before_utc > now:
        yield Finding("certificate", "error", "It is not valid yet.", str(path), "Is the clock right?")
    days = (loaded.not_valid_after_utc - now).days
    if days < 14:
        yield Finding("certificate", "error" if days < 0 else "warning", f"It ends in {days} days.", str(path), RENEW)


RENEW = "Restart auctor to renew its own, or replace yours."


def web(env: Any) -> Iterator[Finding]:
    """Who listens on our port?"""
    host = "127.0.0.1" if env.host in {"0.0.0.0", "::"} else env.host  # noqa: S104 - asked, not bound
    listening = is_listening(host, env.port)
    holder = find_holder(env.data)
    if holder is None and listening:
        yield Finding("web", "warning", f"Another program uses port {env.port}.", mend="Set AUCTOR_PORT to a free one.")
    if holder is not None and not listening:
        yield Finding("web", "error", "auctor runs but its web server does not answer.", mend=f"See {env.data}/logs")
    if not env.public_url and env.host not in {"127.0.0.1", "localhost", "::1"}:
        message = f"People reach it from outside as {socket.gethostname()}, but AUCTOR_PUBLIC_URL is empty."
        yield Finding("web", "warning", message, mend="Set it, or links in mails lead to localhost.")
