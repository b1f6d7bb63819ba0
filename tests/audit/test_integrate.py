"""The sealer's rounds: every committed entry once, in order, whatever else is going on."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from auctor.audit.integrate import DatabaseRolledBack, load_state, split
from auctor.audit.note import open_checkpoint, public_bytes
from auctor.audit.verify import Tree, hash_leaf
from auctor.tenancy.roles import dsn
from tests.audit.conftest import Bench
from tests.audit.writing import write
from tests.cast import Company
from tests.conftest import superuser


def sealed_ids(workspace_id: UUID) -> list[UUID]:
    with superuser() as admin:
        rows = admin.execute("SELECT entry_ids FROM audit.seal WHERE workspace_id = %s ORDER BY first", [workspace_id])
        return [entry_id for row in rows for entry_id in row[0]]


class TestIntegrate:
    def test_seals_each_entry_once_in_order(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        mine = write(acme, 3)
        theirs = write(borealis, 2)
        mine += write(acme, 2)
        done = sealer.seal()
        assert done
        assert done.entries == 7
        assert (sealed_ids(acme.workspace_id), sealed_ids(borealis.workspace_id)) == (mine, theirs)
        assert sealer.seal() is None

    def test_grows_the_tree_of_the_workspace(self, sealer: Bench, acme: Company) -> None:
        for count in (1, 4, 2):
            write(acme, count)
            sealer.seal()
        with superuser() as admin:
            leaves = [row[0] for row in admin.execute("SELECT leaf FROM audit.entry ORDER BY xid, id")]
            head = admin.execute("SELECT size, root, frontier FROM audit.head").fetchone()
            rebuilt = admin.execute("SELECT nonce, body FROM audit.entry ORDER BY xid, id").fetchall()
        tree = Tree()
        tree.extend(leaves)
        assert head == (7, tree.root(), b"".join(tree.frontier))
        assert leaves == [hash_leaf(nonce + body.encode()) for nonce, body in rebuilt]

    def test_signs_one_checkpoint_for_all_workspaces(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        first = sealer.seal()
        write(acme)
        write(borealis)
        done = sealer.seal()
        assert first
        assert done
        assert (first.entries, done.entries) == (0, 2)
        checkpoint = open_checkpoint(done.note, public_bytes(sealer.key))
        assert (checkpoint.origin, checkpoint.size) == (sealer.state.origin, 3)
        assert checkpoint.root == sealer.state.instance.root()

    def test_waits_for_a_transaction_that_is_still_running(self, sealer: Bench, acme: Company) -> None:
        words = dsn(settings.AUCTOR_SERVER, "auctor_app", settings.AUCTOR_DATA)
        with psycopg.connect(words) as slow:
            slow.execute("SELECT pg_current_xact_id()")
            later = write(acme)
            sealer.seal()
            assert sealed_ids(acme.workspace_id) == [], "an older transaction might still write"
            slow.commit()
        sealer.seal()
        assert sealed_ids(acme.workspace_id) == later

    def test_takes_a_long_queue_in_several_rounds(self, sealer: Bench, acme: Company) -> None:
        written = [entry_id for count in (9, 3, 3, 30, 2) for entry_id in write(acme, count)]
        rounds = []
        while done := sealer.seal(most=10):
            rounds.append((done.entries, done.is_full))
        assert sealed_ids(acme.workspace_id) == written
        assert rounds == [(9, True), (6, True), (30, True), (2, False)]

    def test_goes_on_after_a_lost_state(self, sealer: Bench, acme: Company) -> None:
        written = []
        for _ in range(4):
            written += write(acme, 2)
            sealer.seal()
            sealer.start()
        assert sealed_ids(acme.workspace_id) == written
        state = load_state(sealer.connection)
        assert state
        assert (state.round_id, state.instance.size) == (4, 5)

    def test_refuses_when_another_sealer_was_faster(self, sealer: Bench, acme: Company) -> None:
        other = load_state(sealer.connection)
        assert other
        write(acme)
        sealer.seal()
        sealer.state = other
        with pytest.raises(DatabaseRolledBack, match="Another sealer"):
            sealer.seal()

    def test_refuses_transaction_numbers_that_went_back(self, sealer: Bench, acme: Company) -> None:
        write(acme)
        sealer.seal()
        sealer.state.horizon += 1_000_000
        with pytest.raises(DatabaseRolledBack, match="transaction numbers went back"):
            sealer.seal()

    def test_signs_no_limit_that_an_administrator_raised(self, sealer: Bench, acme: Company) -> None:
        write(acme, 10)
        sealer.seal()
        with superuser() as admin:
            admin.execute("UPDATE audit.head SET min_index = 4, body_min_index = 7, is_stale = true")
        sealer.seal()
        with superuser() as admin:
            row = admin.execute("SELECT min_index, body_min_index, is_stale FROM audit.head").fetchone()
        assert row == (0, 0, False)

    def test_stores_where_each_head_stands(self, sealer: Bench, acme: Company, borealis: Company) -> None:
        write(acme)
        write(borealis)
        sealer.seal(now=datetime.now(UTC))
        with superuser() as admin:
            places = admin.execute("SELECT leaf_index FROM audit.head ORDER BY workspace_id").fetchall()
            [(leaves, size)] = admin.execute("SELECT leaves, size FROM audit.round").fetchall()
        assert [row[0] for row in places] == [1, 2], "leaf 0 begins the epoch"
        assert (len(split(leaves)), size) == (3, 3)
