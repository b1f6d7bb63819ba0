"""A restore from a backup: the log says so, goes on, and seals what the backup held exactly once."""

import io
from datetime import UTC, datetime

import pytest

from auctor.audit import epoch
from auctor.audit.epoch import NothingRestored, start_after_restore
from auctor.audit.integrate import DatabaseRolledBack
from tests.audit.conftest import Bench
from tests.audit.exporting import export_of, findings, proof_of
from tests.audit.test_integrate import sealed_ids
from tests.audit.writing import write
from tests.cast import Company
from tests.conftest import superuser

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TABLES = ("entry", "seal", "head", "round")


def back_up() -> dict[str, bytes]:
    """The tables as a dump holds them."""
    with superuser() as admin:
        return {table: _copied(admin, table) for table in TABLES}


def _copied(admin: object, table: str) -> bytes:
    columns = "at, id, workspace_id, xid, body, nonce, leaf" if table == "entry" else "*"
    buffer = io.BytesIO()
    with admin.cursor().copy(f"COPY (SELECT {columns} FROM audit.{table}) TO STDOUT") as rows:  # type: ignore[attr-defined]
        for chunk in rows:
            buffer.write(chunk)
    return buffer.getvalue()


def restore(backup: dict[str, bytes]) -> None:
    with superuser() as admin:
        for table in TABLES:
            admin.execute(f"TRUNCATE audit.{table}")
            columns = "(at, id, workspace_id, xid, body, nonce, leaf)" if table == "entry" else ""
            with admin.cursor().copy(f"COPY audit.{table} {columns} FROM STDIN") as rows:
                rows.write(backup[table])


def begin(sealer: Bench) -> str:
    with superuser() as admin:
        admin.execute("SET ROLE auctor_owner")
        return start_after_restore(admin, sealer.publisher, now=NOW)


class TestStartAfterRestore:
    def test_goes_on_with_the_entries_of_the_backup(self, sealer: Bench, acme: Company) -> None:
        first = write(acme, 3)
        sealer.seal()
        early = proof_of(acme)
        waiting = write(acme, 2)
        backup = back_up()
        write(acme, 4)
        sealer.seal()
        lost = proof_of(acme)
        restore(backup)
        with pytest.raises(DatabaseRolledBack, match="auctor audit restored"):
            sealer.start()
        origin = begin(sealer)
        sealer.start()
        later = write(acme, 5)
        sealer.seal()
        assert sealer.state.origin == origin
        assert sealed_ids(acme.workspace_id) == first + waiting + later
        text = export_of(acme)
        assert findings(text, early) == set()
        assert findings(text, lost) == {"kept"}

    def test_renumbers_what_a_dump_brought_from_another_server(self, sealer: Bench, acme: Company) -> None:
        first = write(acme, 3)
        sealer.seal()
        waiting = write(acme, 2)
        with superuser() as admin:
            admin.execute("UPDATE audit.entry SET xid = (xid::text::bigint + 1000000)::text::xid8")
            admin.execute("UPDATE audit.round SET horizon = (horizon::text::bigint + 1000000)::text::xid8")
        sealer.start()
        with pytest.raises(DatabaseRolledBack, match="transaction numbers went back"):
            sealer.seal()
        begin(sealer)
        sealer.start()
        later = write(acme, 2)
        sealer.seal()
        assert sealed_ids(acme.workspace_id) == first + waiting + later
        assert findings(export_of(acme)) == set()

    def test_refuses_when_nothing_was_restored(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        with pytest.raises(NothingRestored):
            begin(sealer)


class TestStartFirst:
    def test_begins_once(self, sealer: Bench) -> None:
        epoch.start_first(sealer.connection, b"k" * 32, now=NOW)
        with superuser() as admin:
            assert admin.execute("SELECT count(*), min(first_round) FROM audit.epoch").fetchone() == (1, 1)
