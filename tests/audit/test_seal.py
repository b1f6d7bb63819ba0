"""The sealer's own process: it seals within a second, survives its death, and stands alone."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from auctor.audit import wait
from auctor.audit.seal import LOCK, Sealer
from auctor.kit.errors import AuctorError
from auctor.tenancy.roles import dsn
from tests.audit.exporting import export_of, findings
from tests.audit.test_integrate import sealed_ids
from tests.audit.writing import write
from tests.cast import Company
from tests.conftest import superuser

SEAL = """
import sys
from pathlib import Path
from auctor.audit import seal
words, folder = sys.argv[1:]
seal.Sealer(dsn=words, data=Path(folder), say=seal.say).run()
"""


@contextmanager
def process(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = dsn(settings.AUCTOR_SERVER, "auctor_sealer", settings.AUCTOR_DATA)
    running = subprocess.Popen([sys.executable, "-P", "-c", SEAL, words, str(folder)], stderr=subprocess.PIPE)
    try:
        assert running.stderr
        running.stderr.readline()
        yield running
    finally:
        running.kill()
        running.communicate()


def open_entries() -> int:
    with superuser() as admin:
        row = admin.execute(
            "SELECT count(*) FROM audit.entry"
            " WHERE xid >= coalesce((SELECT horizon FROM audit.round ORDER BY id DESC LIMIT 1), '0'::xid8)"
        ).fetchone()
        return int(row[0]) if row else 0


def wait_until_sealed(seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while open_entries():
        assert time.monotonic() < end, "entries stay unsealed"
        time.sleep(0.05)


class TestProcess:
    def test_seals_and_publishes(self, committed: None, acme: Company, tmp_path: Path) -> None:
        with process(tmp_path):
            written = write(acme, 5)
            wait_until_sealed()
        assert sealed_ids(acme.workspace_id) == written
        assert findings(export_of(acme)) == set()
        assert list((tmp_path / "checkpoints").glob("*.jsonl"))

    def test_seals_at_once_for_whoever_waits(self, committed: None, acme: Company, tmp_path: Path) -> None:
        with process(tmp_path):
            write(acme)
            with superuser() as admin:
                row = admin.execute("SELECT max(xid)::text::bigint FROM audit.entry").fetchone()
            assert row
            assert wait.until_sealed(row[0], seconds=5)

    def test_loses_and_repeats_nothing_when_it_is_killed(self, committed: None, acme: Company, tmp_path: Path) -> None:
        written = []
        for number in range(4):
            with process(tmp_path):
                for _ in range(4):
                    written += write(acme, 3)
                    time.sleep(0.05 * number)
        with process(tmp_path):
            wait_until_sealed()
        assert sealed_ids(acme.workspace_id) == written
        assert findings(export_of(acme)) == set()

    def test_leaves_the_work_to_the_one_that_runs(self, committed: None, acme: Company, tmp_path: Path) -> None:
        words = dsn(settings.AUCTOR_SERVER, "auctor_sealer", settings.AUCTOR_DATA)
        with psycopg.connect(words, autocommit=True) as first:
            first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            second = Sealer(dsn=words, data=tmp_path, interval=0.05)
            thread = threading.Thread(target=second.run)
            thread.start()
            write(acme)
            time.sleep(0.5)
            assert open_entries() == 1
            first.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            wait_until_sealed()
            second.stop()
            thread.join()

    def test_loads_neither_django_nor_the_rest_of_the_product(self) -> None:
        code = "import sys, auctor.audit.seal; print([m for m in sys.modules if m.split('.')[0] in ('django', 'tink')])"
        done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"


class TestMain:
    def test_stops_with_the_reason(self, tmp_path: Path, committed: None, acme: Company) -> None:
        with process(tmp_path):
            write(acme)
            wait_until_sealed()
            time.sleep(0.5)
        with superuser() as admin:
            admin.execute("TRUNCATE audit.round, audit.seal, audit.head")
        words = dsn(settings.AUCTOR_SERVER, "auctor_sealer", settings.AUCTOR_DATA)
        with pytest.raises(AuctorError, match="does not hold the checkpoint"):
            Sealer(dsn=words, data=tmp_path).run()
