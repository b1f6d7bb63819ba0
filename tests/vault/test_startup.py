"""What stops a start: each fault by its own words, and nothing touched."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from auctor.kit.errors import AuctorError
from auctor.vault import keyring as keyrings
from auctor.vault import root, startup
from auctor.vault.keyring import Keyring, Purpose
from auctor.vault.keystore import KeystoreLost
from auctor.vault.operations import remember_keystore
from auctor.vault.startup import Remembered, VaultMismatch, prepare
from tests.vault.conftest import ACME


def state(data: Path) -> dict[str, bytes]:
    """Every file and its content, without what SQLite keeps beside its file."""
    files = [p for p in data.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm"))]
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


@pytest.fixture
def remembered(db: None, installed: Keyring) -> Remembered:
    """What the database wrote down at the first start."""
    remember_keystore()
    with connection.cursor() as cursor:
        found = startup.read_fingerprint(cursor)
    assert found is not None
    return found


class TestPrepare:
    def test_makes_root_key_and_keystore_at_the_first_start(self, tmp_path: Path) -> None:
        ring = prepare(tmp_path)
        assert sorted(state(tmp_path)) == ["keystore.sqlite", "secrets/root.key"]
        assert ring.keystore.rows() == []

    def test_changes_nothing_at_the_second(self, tmp_path: Path) -> None:
        identity = prepare(tmp_path).keystore.identity()
        before = state(tmp_path)
        assert prepare(tmp_path).keystore.identity() == identity
        assert state(tmp_path) == before

    def test_accepts_the_vault_that_the_database_remembers(self, data: Path, remembered: Remembered) -> None:
        assert prepare(data, remembered=remembered).keystore.identity() == remembered.keystore

    def test_finishes_a_first_start_that_was_killed_after_the_root_key(self, tmp_path: Path) -> None:
        root.create_root("", secrets_folder=tmp_path / "secrets")
        startup.prove_root(prepare(tmp_path))

    @pytest.mark.parametrize(
        "case",
        [
            ("no keystore", KeystoreLost, "keystore-backups"),
            ("no root key", root.RootKeyLost, "Put back the copy"),
            ("another root key", root.RootKeyWrong, "does not open the keystore"),
            ("open root key", root.RootKeyOpen, "chmod 0400"),
            ("another vault", VaultMismatch, "belongs to another database"),
            ("keystore before its keys", VaultMismatch, "older than the database"),
        ],
    )
    def test_stops_and_touches_nothing(
        self,
        data: Path,
        tmp_path_factory: pytest.TempPathFactory,
        remembered: Remembered,
        case: tuple[str, type[AuctorError], str],
    ) -> None:
        fault, error, words = case
        other = tmp_path_factory.mktemp("other")
        prepare(other)
        FAULTS[fault](data, other)
        before = state(data)
        with pytest.raises(error, match=words) as raised:
            prepare(data, remembered=remembered)
        assert raised.value.where
        assert raised.value.mend
        assert state(data) == before

    def test_refuses_a_used_keystore_for_a_new_database(self, data: Path, ring: Keyring) -> None:
        ring.seal(ACME, Purpose.CRM, b"x", context=b"t|c|r")
        with pytest.raises(VaultMismatch, match="this database is new"):
            prepare(data)


def _exchange(name: str) -> Callable[[Path, Path], object]:
    def exchange(data: Path, other: Path) -> None:
        (data / name).unlink()
        shutil.copy2(other / name, data / name)

    return exchange


def _empty_keystore(data: Path, _other: Path) -> None:
    """The same keystore as it was before any key was made."""
    import sqlite3

    connection = sqlite3.connect(data / "keystore.sqlite")
    connection.execute("DELETE FROM keyset")
    connection.commit()
    connection.close()


def _both(data: Path, other: Path) -> None:
    for name in ("secrets/root.key", "keystore.sqlite"):
        _exchange(name)(data, other)


FAULTS: dict[str, Callable[[Path, Path], object]] = {
    "no keystore": lambda data, _other: (data / "keystore.sqlite").unlink(),
    "no root key": lambda data, _other: (data / "secrets" / "root.key").unlink(),
    "another root key": _exchange("secrets/root.key"),
    "open root key": lambda data, _other: (data / "secrets" / "root.key").chmod(0o644),
    "another vault": _both,
    "keystore before its keys": _empty_keystore,
}


class TestReadFingerprint:
    def test_is_nothing_before_the_first_start_was_finished(self, db: None) -> None:
        with connection.cursor() as cursor:
            assert startup.read_fingerprint(cursor) is None

    def test_is_nothing_before_the_first_migration(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL search_path = pg_catalog")
            assert startup.read_fingerprint(cursor) is None


class TestIsOpen:
    def test_says_whether_values_can_be_opened(self, installed: Keyring, key_path: Path) -> None:
        assert startup.is_open()
        key_path.unlink()
        installed.forget()
        assert not startup.is_open()
        assert keyrings.current() is installed
