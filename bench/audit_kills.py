"""Nothing is lost and nothing is sealed twice, however often the sealer and the database are killed.

Writers never stop; the sealer is killed with SIGKILL at random moments of its rounds, then the whole database. In the
end every confirmed entry must be sealed exactly once, every published checkpoint must lie on one history, and the
exported file must verify against all of them.
"""

import argparse
import io
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from auctor.tenancy import engine
from auctor.tenancy.engine import Engine
from bench.support.audit_load import WORKSPACE, Load, signed_context, start_sealer, wait_until_sealed, write
from bench.support.cluster import product

WRITERS = 3


def main() -> None:
    """Print the counts; exit code 1 when an entry was lost or sealed twice."""
    # A connection that is lost on purpose is no news.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--database-kills", type=int, default=3)
    options = parser.parse_args()
    with product() as data:
        figures = run(data, options.kills, options.database_kills)
    print(json.dumps(figures))
    sys.exit(any(figures[name] for name in ("lost", "sealed_twice", "sealed_unknown", "findings")))


def run(data: Path, kills: int, database_kills: int) -> dict[str, Any]:
    """Load, kill, count."""
    from django.conf import settings

    from auctor.tenancy import roles

    dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_app", data)
    loads = [Load(dsn, signed_context(data)) for _ in range(WRITERS)]
    over = threading.Event()
    threads = [threading.Thread(target=write, args=(load, over.is_set, 0.002)) for load in loads]
    for thread in threads:
        thread.start()
    try:
        kill_sealers(data, kills)
        database = kill_databases(data, database_kills)
    finally:
        over.set()
    for thread in threads:
        thread.join()
    process = start_sealer(data)
    wait_until_sealed(settings.AUCTOR_SERVER.admin_dsn())
    # One more moment, so that the last round is published too.
    time.sleep(1.5)
    process.terminate()
    process.wait(timeout=20)
    confirmed = [entry_id for load in loads for entry_id in load.confirmed]
    figures = {"sealer_kills": kills, "database_kills": database_kills, "confirmed": len(confirmed)}
    figures |= count(settings.AUCTOR_SERVER.admin_dsn(), confirmed) | published(data)
    if database:
        engine.stop(database)
    return figures


def kill_sealers(data: Path, kills: int) -> None:
    """Start the sealer, let it come somewhere into its rounds, kill it; again."""
    chance = random.Random(7)
    log = data / "sealer.log"
    for _ in range(kills):
        said = log.stat().st_size if log.exists() else 0
        process = start_sealer(data)
        while log.stat().st_size == said:
            time.sleep(0.02)
        time.sleep(chance.random() * 1.2)
        process.kill()
        process.wait()


def kill_databases(data: Path, kills: int) -> subprocess.Popen[bytes] | None:
    """Kill the database with all its processes while the sealer runs, start it again; returns the last one."""
    cluster, process = engine.prepare(data), None
    for _ in range(kills):
        sealer = start_sealer(data)
        time.sleep(2.5)
        postmaster = int((cluster.cluster / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)
        os.waitpid(postmaster, 0)
        process = start_again(cluster, data)
        time.sleep(2.0)
        sealer.kill()
        sealer.wait()
    return process


def start_again(cluster: Engine, data: Path) -> subprocess.Popen[bytes]:
    """Start the server; it refuses while processes of the killed one still hold its memory."""
    for _ in range(20):
        time.sleep(0.5)
        try:
            return engine.start(cluster, log=data / "postgres.log")
        except engine.EngineUnfit:
            continue
    raise TimeoutError((data / "postgres.log").read_text()[-2000:])


def count(admin_dsn: str, confirmed: list[UUID]) -> dict[str, Any]:
    """Entries that were confirmed and not sealed, sealed twice, or sealed and not there."""
    with psycopg.connect(admin_dsn) as admin:
        rows = admin.execute("SELECT entry_ids FROM audit.seal ORDER BY round").fetchall()
        sealed = Counter(entry_id for (ids,) in rows for entry_id in ids)
        written = {row[0] for row in admin.execute("SELECT id FROM audit.entry").fetchall()}
        rounds = admin.execute("SELECT count(*) FROM audit.round").fetchone()
    assert rounds
    return {
        "rounds": rounds[0],
        "sealed": len(sealed),
        "lost": len((set(confirmed) | written) - set(sealed)),
        "sealed_twice": sum(times - 1 for times in sealed.values()),
        "sealed_unknown": len(set(sealed) - written),
    }


def published(data: Path) -> dict[str, Any]:
    """Every round is published once, and the export verifies."""
    from django.db import connections, transaction

    from auctor.audit.export import export_log
    from auctor.audit.verify import check_lines
    from auctor.tenancy import scope
    from auctor.tenancy.records import Actor

    lines = [json.loads(line) for path in sorted(data.glob("checkpoints/*")) for line in path.read_text().splitlines()]
    numbers = [line["round"] for line in lines]
    connections.close_all()
    actor, file = Actor.system(WORKSPACE, "bench"), io.StringIO()
    with scope.enter(actor), transaction.atomic():
        export_log(actor, file, now=datetime.now(UTC))
        transaction.set_rollback(True)
    connections.close_all()
    report = check_lines(file.getvalue().splitlines())
    is_each_once = numbers == list(range(1, len(numbers) + 1))
    findings = [code for code, _ in report.findings] + ([] if is_each_once else ["rounds are not published once each"])
    return {"published": len(numbers), "verified": report.entries, "findings": findings}


if __name__ == "__main__":
    main()
