"""The database's roles, their passwords, and where the database is.

`locate` says which server; `prepare` (administrator) makes roles and database; `dsn` (everybody else) connects as one.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from auctor.kit.errors import AuctorError

OWNER = "auctor_owner"
LOGIN_ROLES = ("auctor_app", "auctor_reader", "auctor_sealer", "auctor_retention", "auctor_broker")
MINIMUM_VERSION = 150000


class DatabaseAddressWrong(AuctorError):
    """`DATABASE_URL` cannot be used."""

    code: ClassVar[str] = "tenancy.database_address_wrong"
    status: ClassVar[int] = 500


class DatabaseUnfit(AuctorError):
    """The server answers but cannot carry the product."""

    code: ClassVar[str] = "tenancy.database_unfit"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database is. `admin` are the connection's words for the administrator (or owner) of the database."""

    host: str
    port: int
    dbname: str
    admin: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...] = ()

    def admin_dsn(self, *, dbname: str | None = None, role: str = "") -> str:
        """For set-up and migrations only; with `role`, every statement runs as that role.

        Raises `DatabaseAddressWrong` in a process that was not given an administrator.
        """
        if not self.admin:
            raise DatabaseAddressWrong(
                "The database's address names no user.",
                mend="Set DATABASE_URL to postgresql://user:password@host/name for set-up and migrations.",
            )
        words = {"options": f"-c role={role} -c lock_timeout=10s"} if role else {}
        return self._dsn(dict(self.admin), dbname=dbname, **words)

    def role_dsn(self, role: str, password: str) -> str:
        """For the running product."""
        return self._dsn({"user": role, "password": password})

    def _dsn(self, who: dict[str, str], *, dbname: str | None = None, **words: str) -> str:
        return make_conninfo(
            "",
            host=self.host,
            port=self.port,
            dbname=dbname or self.dbname,
            application_name="auctor",
            **{**dict(self.options), **who, **words},
        )


def external(url: str) -> Server:
    """The server of `DATABASE_URL`; over TCP only with a verified certificate.

    Raises `DatabaseAddressWrong` naming the part that cannot be used.
    """
    parts = urlsplit(url)
    mend = "It looks like postgresql://user:password@host:5432/name?sslmode=verify-full"
    if parts.scheme not in {"postgres", "postgresql"}:
        raise DatabaseAddressWrong("DATABASE_URL does not start with postgresql://.", mend=mend)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(parts.hostname or ""))
    name = unquote(parts.path.lstrip("/"))
    try:
        port = int(options.pop("port", 0)) or parts.port or 5432
    except ValueError as error:
        raise DatabaseAddressWrong("The port in DATABASE_URL is not a number.", mend=mend) from error
    for what, value in (("host", host), ("name of a database", name)):
        if not value:
            raise DatabaseAddressWrong(f"DATABASE_URL has no {what}.", mend=mend)
    if not host.startswith("/") and options.setdefault("sslmode", "verify-full") != "verify-full":
        raise DatabaseAddressWrong(
            f"DATABASE_URL asks for sslmode={options['sslmode']}, which does not check whom it talks to.",
            mend="Use sslmode=verify-full, with sslrootcert=/path/to/ca.crt (or sslrootcert=system).",
        )
    admin = {"user": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    return Server(host, port, name, tuple((k, v) for k, v in admin.items() if v), tuple(sorted(options.items())))


def without_user(url: str) -> str:
    """The same address without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if url else ""


def passwords(data: Path) -> dict[str, str]:
    """The roles' passwords, made at first use; the file is readable by its owner alone."""
    content = _secret(
        data,
        "roles.json",
        lambda: json.dumps({role: secrets.token_urlsafe(24) for role in LOGIN_ROLES}).encode(),
    )
    loaded: dict[str, str] = json.loads(content)
    missing = [role for role in LOGIN_ROLES if role not in loaded]
    if missing:
        # A later release knows a role that the data folder was made without.
        loaded |= {role: secrets.token_urlsafe(24) for role in missing}
        write_secret(data / "secrets" / "roles.json", json.dumps(loaded).encode())
    return loaded


def context_key(data: Path) -> bytes:
    """The key that signs contexts, made at first use."""
    return _secret(data, "context.key", lambda: secrets.token_bytes(32))


def web_key(data: Path) -> str:
    """Django's signing key, made at first use."""
    return _secret(data, "web.key", lambda: secrets.token_urlsafe(48).encode()).decode()


def _secret(data: Path, name: str, make: Callable[[], bytes]) -> bytes:
    path = data / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, make())
    return path.read_bytes()


def write_secret(path: Path, content: bytes) -> None:
    """Write once, mode 0400; the file appears complete or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def dsn(server: Server, role: str, data: Path) -> str:
    """Connection words of one running role."""
    return server.role_dsn(role, passwords(data)[role])


@contextmanager
def administrator(server: Server) -> Iterator[psycopg.Connection | None]:
    """The administrator's connection; None while there is no such database yet.

    Raises `DatabaseUnfit` when the server is too old, `psycopg.OperationalError` when it does not answer.
    """
    try:
        connection = psycopg.connect(server.admin_dsn(), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        if f'database "{server.dbname}" does not exist' not in str(error):
            raise
        yield None
        return
    with connection:
        check_version(connection.info.server_version)
        yield connection


def prepare(server: Server, data: Path) -> None:
    """Make what is missing: the database, the roles, their passwords and rights. Safe to repeat.

    Raises `DatabaseUnfit` when the server is too old or the administrator may not make roles.
    """
    _ensure_database(server)
    with administrator(server) as connection:
        assert connection is not None
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(7236190)")
            for role in (OWNER, *LOGIN_ROLES):
                _ensure_role(connection, role)
            for role, password in passwords(data).items():
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
                )
            _grant_database(connection, server.dbname)


def _ensure_database(server: Server) -> None:
    with administrator(server) as connection:
        if connection is not None:
            return
    with psycopg.connect(server.admin_dsn(dbname="postgres"), autocommit=True) as connection:
        check_version(connection.info.server_version)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(server.dbname)))


def check_version(version: int) -> None:
    """Raise `DatabaseUnfit` for a server older than 15; `version` as libpq tells it, such as 180006."""
    if version < MINIMUM_VERSION:
        raise DatabaseUnfit(
            f"The PostgreSQL server is version {version // 10000}; 15 or newer is needed.",
            mend="Upgrade the server, or unset DATABASE_URL to use the one that comes with auctor.",
        )


def _ensure_role(connection: psycopg.Connection, role: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return
    try:
        connection.execute(
            sql.SQL("CREATE ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOLOGIN").format(
                sql.Identifier(role)
            )
        )
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnfit(
            f"The user of DATABASE_URL may not create the role {role}.",
            mend="Give it CREATEROLE (it is used for set-up and migrations only, never by the running product).",
        ) from error


def _grant_database(connection: psycopg.Connection, dbname: str) -> None:
    name, owner = sql.Identifier(dbname), sql.Identifier(OWNER)
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
    connection.execute(sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in LOGIN_ROLES:
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(role)))
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(owner))
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def store_context_key(server: Server, padded: tuple[bytes, bytes]) -> None:
    """Give the database the key that it checks contexts with; run as the owner after migrations."""
    with psycopg.connect(server.admin_dsn(role=OWNER)) as connection:
        connection.execute(
            "INSERT INTO auctor.context_key (inner_key, outer_key) VALUES (%s, %s)"
            " ON CONFLICT (only_row) DO UPDATE SET inner_key = excluded.inner_key, outer_key = excluded.outer_key",
            list(padded),
        )
