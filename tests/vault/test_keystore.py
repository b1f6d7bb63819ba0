"""The keystore's file: many processes, backups, destruction."""

import multiprocessing
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from auctor.vault.keystore import (
    KeysDestroyed,
    Keystore,
    KeystoreChanged,
    KeystoreDamaged,
    KeystoreLost,
    KeystoreUnfit,
    StoredKeysets,
)
from tests.vault.conftest import ACME, BOREALIS

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def keystore(tmp_path: Path) -> Keystore:
    made = Keystore(tmp_path / "keystore.sqlite")
    made.create(root="file:1", proof=b"proof", identity="name")
    return made


def row(workspace_id: UUID = ACME, purpose: str = "crm", wrapped: bytes = b"wrapped") -> StoredKeysets:
    return StoredKeysets(workspace_id, purpose, wrapped, "file:1", 1)


class TestCreate:
    def test_makes_a_file_that_only_its_owner_reads(self, keystore: Keystore) -> None:
        assert stat.S_IMODE(keystore.path.stat().st_mode) == 0o600

    def test_leaves_an_existing_one_alone(self, keystore: Keystore) -> None:
        assert not keystore.create(root="file:2", proof=b"other", identity="other")
        assert (keystore.identity(), keystore.root(), keystore.proof()) == ("name", "file:1", b"proof")


class TestFind:
    def test_says_that_the_file_is_lost(self, tmp_path: Path) -> None:
        with pytest.raises(KeystoreLost, match="keystore-backups"):
            Keystore(tmp_path / "keystore.sqlite").find(ACME, "crm")
        assert not list(tmp_path.iterdir())

    def test_says_that_the_file_is_damaged(self, tmp_path: Path) -> None:
        (tmp_path / "keystore.sqlite").write_bytes(b"no database" * 100)
        with pytest.raises(KeystoreDamaged, match="keystore-backups"):
            Keystore(tmp_path / "keystore.sqlite").find(ACME, "crm")

    def test_says_that_it_is_no_keystore(self, tmp_path: Path) -> None:
        (tmp_path / "keystore.sqlite").write_bytes(b"")
        with pytest.raises(KeystoreUnfit, match="cannot be used"):
            Keystore(tmp_path / "keystore.sqlite").find(ACME, "crm")


class TestAdd:
    def test_returns_what_another_process_added_first(self, keystore: Keystore) -> None:
        keystore.add(row(wrapped=b"first"))
        assert keystore.add(row(wrapped=b"second")).wrapped == b"first"

    def test_keeps_workspaces_and_purposes_apart(self, keystore: Keystore) -> None:
        for made in (row(), row(purpose="audit"), row(BOREALIS)):
            keystore.add(made)
        assert len(keystore.rows()) == 3

    def test_refuses_a_row_that_a_former_root_key_wrapped(self, keystore: Keystore) -> None:
        keystore.set_root(root="file:2", proof=b"proof")
        with pytest.raises(KeystoreChanged):
            keystore.add(row())

    def test_gives_many_processes_the_same_row(self, keystore: Keystore) -> None:
        with multiprocessing.get_context("spawn").Pool(4) as pool:
            kept = pool.starmap(_add, [(keystore, bytes([n])) for n in range(24)])
        assert len(set(kept)) == 1


def _add(keystore: Keystore, wrapped: bytes) -> bytes:
    return keystore.add(row(wrapped=wrapped)).wrapped


class TestReplace:
    def test_refuses_the_second_of_two_changes(self, keystore: Keystore) -> None:
        read = keystore.add(row())
        keystore.replace(read, wrapped=b"one", root="file:1")
        with pytest.raises(KeystoreChanged):
            keystore.replace(read, wrapped=b"two", root="file:1")
        found = keystore.find(ACME, "crm")
        assert found is not None
        assert (found.wrapped, found.version) == (b"one", 2)


class TestBackup:
    def test_copies_every_row_into_a_file_of_its_own(self, keystore: Keystore) -> None:
        keystore.add(row())
        copy = keystore.backup(now=NOW)
        assert Keystore(copy).rows() == keystore.rows()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    def test_keeps_a_week(self, keystore: Keystore) -> None:
        for day in range(10):
            keystore.backup(now=NOW + timedelta(days=day))
        assert [path.name[9:17] for path in keystore.backups()] == [f"202603{d:02}" for d in range(4, 12)]

    def test_leaves_no_half_copy_under_the_name_of_a_backup(self, keystore: Keystore) -> None:
        keystore.backup(now=NOW)
        names = sorted(path.name for path in keystore.backups()[0].parent.iterdir())
        assert names == ["keystore-20260302T093000Z.sqlite"]


class TestDestroy:
    def test_leaves_no_byte_of_the_key_in_any_file(self, keystore: Keystore) -> None:
        secret = b"wrapped keys of acme, long enough to be found again"
        keystore.add(row(wrapped=secret))
        keystore.add(row(BOREALIS))
        keystore.backup(now=NOW)
        assert _files_with(keystore.path.parent, secret)
        keystore.destroy(ACME, now=NOW)
        assert _files_with(keystore.path.parent, secret) == []
        assert [found.workspace_id for found in keystore.rows()] == [BOREALIS]

    def test_never_lets_the_keys_be_made_again(self, keystore: Keystore) -> None:
        keystore.destroy(ACME, now=NOW)
        with pytest.raises(KeysDestroyed, match="2026-03-02"):
            keystore.add(row())
        with pytest.raises(KeysDestroyed):
            Keystore(keystore.backup(now=NOW)).find(ACME, "crm")

    def test_can_be_repeated(self, keystore: Keystore) -> None:
        keystore.destroy(ACME, now=NOW)
        keystore.destroy(ACME, now=NOW + timedelta(days=1))
        with pytest.raises(KeysDestroyed, match="2026-03-02"):
            keystore.find(ACME, "crm")


def _files_with(folder: Path, content: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]


class TestKeystore:
    def test_waits_for_another_process_that_writes(self, keystore: Keystore) -> None:
        other = sqlite3.connect(keystore.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert keystore.rows() == []
        other.execute("COMMIT")
        other.close()
        keystore.add(row())
