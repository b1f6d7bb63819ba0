"""How fast the log takes entries of one busy workspace, how soon they are sealed, how fast they verify.

The peer is a bare table that gets the same rows in the same transactions; rounds alternate, so that a noisy machine
harms both alike. While the log is written the real sealer runs, and a probe measures from commit to seal.
"""

import io
import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from bench.support.audit_load import WORKSPACE, Load, body, rate, sealer, signed_context, wait_until_sealed
from bench.support.cluster import product

WRITERS = 12
SECONDS = 4
ROUNDS = 3
FILL = 200_000
LIMITS = {"entries_per_second": 3000, "ratio_to_plain": 0.4, "sealed_p99_s": 1.5, "verified_per_second": 50_000}

PLAIN = """
CREATE TABLE plain_entry (
    at timestamptz NOT NULL DEFAULT clock_timestamp(), id uuid NOT NULL DEFAULT gen_random_uuid(),
    workspace_id uuid NOT NULL, body text NOT NULL, PRIMARY KEY (workspace_id, at, id));
GRANT SELECT, INSERT ON plain_entry TO auctor_app
"""


class Probe(threading.Thread):
    """Writes an entry every 30 ms and waits until it is sealed."""

    def __init__(self, load: Load) -> None:
        super().__init__(daemon=True)
        self.load = load
        self.is_over = False
        self.seconds: list[float] = []

    def run(self) -> None:
        """Measure until told that it is over."""
        with psycopg.connect(self.load.dsn, autocommit=True) as connection:
            while not self.is_over:
                with connection.transaction():
                    connection.execute(f"SET LOCAL app.ctx = '{self.load.context}'")
                    row = connection.execute(
                        "INSERT INTO audit.entry (workspace_id, body) VALUES (%s, %s) RETURNING xid::text",
                        [self.load.workspace, body(0)],
                    ).fetchone()
                assert row
                self.seconds.append(self._wait(connection, row[0]))
                time.sleep(0.03)

    def _wait(self, connection: psycopg.Connection, xid: str) -> float:
        began = time.monotonic()
        query = "SELECT horizon > %s::text::xid8 FROM audit.round ORDER BY id DESC LIMIT 1"
        while connection.execute(query, [xid]).fetchone() != (True,):
            time.sleep(0.01)
        return time.monotonic() - began


def main() -> None:
    """Print the figures; exit code 1 when one misses its limit."""
    with product() as data:
        from django.conf import settings

        from auctor.tenancy import roles

        dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_app", data)
        admin = settings.AUCTOR_SERVER.admin_dsn()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(PLAIN)
        figures = measure(dsn, data)
        fill(dsn, data, admin)
        figures |= verify(data)
    print(json.dumps({"writers": WRITERS, **figures, "limits": LIMITS}))
    is_good = all(
        figures[name] <= limit if name.endswith("_s") else figures[name] >= limit for name, limit in LIMITS.items()
    )
    sys.exit(not is_good)


def measure(dsn: str, data: Path) -> dict[str, float]:
    """Rates of both tables and the time from commit to seal under that load."""
    context = signed_context(data)
    rates: dict[str, list[float]] = {"plain_entry": [], "audit.entry": []}
    with sealer(data) as process:
        time.sleep(2)
        probe = Probe(Load(dsn, context))
        probe.start()
        for _ in range(ROUNDS):
            for table, found in rates.items():
                found.append(rate(Load(dsn, context, table), data, writers=WRITERS, seconds=SECONDS))
        memory = resident(process.pid)
        probe.is_over = True
        probe.join(timeout=10)
    plain, audited = (statistics.median(found) for found in rates.values())
    waits = sorted(probe.seconds)
    return {
        "entries_per_second": round(audited),
        "plain_per_second": round(plain),
        "ratio_to_plain": round(audited / plain, 3),
        "probes": len(waits),
        "sealed_p50_s": round(waits[len(waits) // 2], 3),
        "sealed_p99_s": round(waits[int(len(waits) * 0.99)], 3),
        **memory,
    }


def fill(dsn: str, data: Path, admin_dsn: str) -> None:
    """More entries, so that the verifier's start does not count."""
    with sealer(data), psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(FILL // 5000):
            with connection.transaction():
                connection.execute(f"SET LOCAL app.ctx = '{signed_context(data)}'")
                connection.execute(
                    "INSERT INTO audit.entry (workspace_id, body) SELECT %s, %s FROM generate_series(1, 5000)",
                    [WORKSPACE, body(0)],
                )
        wait_until_sealed(admin_dsn)


def resident(pid: int) -> dict[str, float]:
    """Memory of the sealer in MiB: all that is mapped, and what is its alone."""
    words = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    names = {"VmRSS": "sealer_rss_mib", "RssAnon": "sealer_private_mib"}
    return {name: round(int(words[word].split()[0]) / 1024, 1) for word, name in names.items()}


def verify(data: Path) -> dict[str, float]:
    """Export the workspace, check the file with the verifier as its own process."""
    from datetime import UTC, datetime

    from django.db import transaction

    from auctor.audit import verify as verifier
    from auctor.audit.export import export_log
    from auctor.tenancy import scope
    from auctor.tenancy.records import Actor

    actor, file = Actor.system(WORKSPACE, "bench"), io.StringIO()
    began = time.monotonic()
    with scope.enter(actor), transaction.atomic():
        count = export_log(actor, file, now=datetime.now(UTC))
        transaction.set_rollback(True)
    exported = time.monotonic() - began
    path = data / "export.jsonl"
    path.write_text(file.getvalue(), encoding="utf-8")
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-I", verifier.__file__, str(path)], capture_output=True, check=False)
    took = time.monotonic() - began
    assert done.returncode == 0, done.stdout.decode()
    return {
        "verified_entries": count,
        "exported_per_second": round(count / exported),
        "verified_per_second": round(count / took),
    }


if __name__ == "__main__":
    main()
