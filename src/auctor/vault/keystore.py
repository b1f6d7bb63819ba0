"""The keystore: wrapped keysets in a SQLite file of its own, beside the database and never in its backups.

If keys were in the database, every old backup would hold data and key together, and "deleted by destroying
the key" would be untrue. Each change is one short transaction; many processes may use the file at once.

KeystoreUnfit
├── KeystoreLost      the file is not there
├── KeystoreDamaged   it is not a keystore, or is broken
├── KeystoreChanged   somebody else changed the row or the root key first; read again
└── KeysDestroyed     the workspace was closed and its keys are gone for good
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from auctor.kit.errors import AuctorError

FILE_NAME = "keystore.sqlite"
BACKUP_FOLDER = "keystore-backups"
# Short on purpose: a destroyed key is gone only when the last copy of it is.
BACKUPS_KEPT = timedelta(days=7)
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keyset (
    workspace TEXT NOT NULL, purpose TEXT NOT NULL, wrapped BLOB NOT NULL, root TEXT NOT NULL,
    version INTEGER NOT NULL, PRIMARY KEY (workspace, purpose)
) STRICT, WITHOUT ROWID;
CREATE TABLE destroyed (workspace TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


class KeystoreUnfit(AuctorError):
    """The keystore cannot be used."""

    code: ClassVar[str] = "vault.keystore_unfit"
    status: ClassVar[int] = 500


class KeystoreLost(KeystoreUnfit):
    """The file is not there."""

    code: ClassVar[str] = "vault.keystore_lost"


class KeystoreDamaged(KeystoreUnfit):
    """The file is not a keystore, or is broken."""

    code: ClassVar[str] = "vault.keystore_damaged"


class KeystoreChanged(KeystoreUnfit):
    """The row or the root key changed since it was read."""

    code: ClassVar[str] = "vault.keystore_changed"
    status: ClassVar[int] = 409


class KeysDestroyed(KeystoreUnfit):
    """The workspace was closed; its keys were destroyed and are never made again."""

    code: ClassVar[str] = "vault.keys_destroyed"
    status: ClassVar[int] = 410


@dataclass(frozen=True, slots=True)
class StoredKeysets:
    """One row: what is wrapped, by which root key, and how often it was changed."""

    workspace_id: UUID
    purpose: str
    wrapped: bytes
    root: str
    version: int


@dataclass(frozen=True, slots=True)
class Keystore:
    """One file. Holds no connection: each call opens one, so that it is safe in threads and after a fork."""

    path: Path

    def create(self, *, root: str, proof: bytes, identity: str) -> bool:
        """Make the file where none is.

        True when it was made; `proof` is a known value that `root` wrapped.
        """
        if self.path.exists():
            return False
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(sqlite3.connect(draft)) as connection, _speaking(draft):
                connection.executescript(SCHEMA)
                pairs = [("identity", identity.encode()), ("root", root.encode()), ("proof", proof)]
                connection.executemany("INSERT INTO meta VALUES (?, ?)", pairs)
                connection.commit()
            self.path.hardlink_to(draft)
        except FileExistsError:
            return False
        except OSError as error:
            raise KeystoreUnfit(
                f"The keystore cannot be written: {error.strerror}.", where=str(self.path), mend="Make room."
            ) from None
        finally:
            draft.unlink(missing_ok=True)
        return True

    def identity(self) -> str:
        """The random name of this keystore, made with it; the database remembers it."""
        return self._meta("identity").decode()

    def root(self) -> str:
        """The name of the root key that wraps from now on."""
        return self._meta("root").decode()

    def proof(self) -> bytes:
        """A known value, wrapped by the root key."""
        return self._meta("proof")

    def set_root(self, *, root: str, proof: bytes) -> None:
        """From now on only this root key may wrap."""
        with self._change() as connection:
            connection.execute("UPDATE meta SET value = ? WHERE name = 'root'", (root.encode(),))
            connection.execute("UPDATE meta SET value = ? WHERE name = 'proof'", (proof,))

    def find(self, workspace_id: UUID, purpose: str) -> StoredKeysets | None:
        """One row. Raises `KeysDestroyed` for a closed workspace."""
        with self._read() as connection:
            return _find(connection, self.path, workspace_id, purpose)

    def add(self, row: StoredKeysets) -> StoredKeysets:
        """Keep a new row, unless another process was first: then that one is returned.

        Raises `KeystoreChanged` when the root key was rotated since `row` was wrapped, and `KeysDestroyed`.
        """
        with self._change() as connection:
            self._refuse_old_root(connection, row.root)
            found = _find(connection, self.path, row.workspace_id, row.purpose)
            if found is not None:
                return found
            connection.execute(
                "INSERT INTO keyset VALUES (?, ?, ?, ?, ?)",
                (str(row.workspace_id), row.purpose, row.wrapped, row.root, row.version),
            )
            return row

    def replace(self, row: StoredKeysets, *, wrapped: bytes, root: str) -> None:
        """Change a row that was read before. Raises `KeystoreChanged` when somebody else was first."""
        with self._change() as connection:
            self._refuse_old_root(connection, root)
            done = connection.execute(
                "UPDATE keyset SET wrapped = ?, root = ?, version = version + 1"
                " WHERE workspace = ? AND purpose = ? AND version = ?",
                (wrapped, root, str(row.workspace_id), row.purpose, row.version),
            )
            if done.rowcount != 1:
                raise KeystoreChanged(
                    "A keyset was changed by another process at the same time.",
                    where=str(self.path),
                    mend="Run the command again.",
                )

    def rows(self) -> list[StoredKeysets]:
        """Every row, ordered by workspace and purpose."""
        with self._read() as connection:
            found = connection.execute("SELECT * FROM keyset ORDER BY workspace, purpose").fetchall()
        return [_row(values) for values in found]

    def destroy(self, workspace_id: UUID, *, now: datetime) -> None:
        """Delete a workspace's keys here and in every backup in the backup folder; they are never made again.

        The bytes are overwritten, not only unlinked. Copies that were carried elsewhere are their keeper's to
        delete.
        """
        _destroy_in(self, workspace_id, now)
        for backup in self.backups():
            _destroy_in(Keystore(backup), workspace_id, now)

    def is_destroyed(self, workspace_id: UUID) -> bool:
        """Whether the workspace's keys were destroyed."""
        with self._read() as connection:
            found = connection.execute("SELECT 1 FROM destroyed WHERE workspace = ?", (str(workspace_id),)).fetchone()
        return found is not None

    def backup(self, *, now: datetime, keep: timedelta = BACKUPS_KEPT) -> Path:
        """Copy the keystore beside itself and delete copies older than `keep`. Returns the copy."""
        folder = self.path.parent / BACKUP_FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"keystore-{now:%Y%m%dT%H%M%SZ}.sqlite"
        draft = target.with_suffix(".draft")
        with _speaking(target):
            os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
            with self._read() as source, closing(sqlite3.connect(draft)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        draft.replace(target)
        for old in self.backups():
            if old.name < f"keystore-{now - keep:%Y%m%dT%H%M%SZ}":
                old.unlink(missing_ok=True)
        return target

    def backups(self) -> list[Path]:
        """The copies in the backup folder, oldest first."""
        return sorted((self.path.parent / BACKUP_FOLDER).glob("keystore-*.sqlite"))

    def _refuse_old_root(self, connection: sqlite3.Connection, root: str) -> None:
        (name,) = connection.execute("SELECT value FROM meta WHERE name = 'root'").fetchone()
        if name.decode() != root:
            raise KeystoreChanged("The root key was rotated meanwhile.", where=str(self.path), mend="Try again.")

    def _meta(self, name: str) -> bytes:
        with self._read() as connection:
            found = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise _damaged(self.path, f"its line {name!r} is missing")
        return bytes(found[0])

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            raise KeystoreLost(
                "The keystore is not there. Without it no sealed value can be opened.",
                where=str(self.path),
                mend=f"Put back the newest file of {self.path.parent / BACKUP_FOLDER} under this name.",
            )
        with _speaking(self.path), closing(sqlite3.connect(self.path, timeout=10)) as connection:
            connection.isolation_level = None
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            yield connection

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._read() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def _destroy_in(keystore: Keystore, workspace_id: UUID, now: datetime) -> None:
    with keystore._change() as connection:
        connection.execute("DELETE FROM keyset WHERE workspace = ?", (str(workspace_id),))
        connection.execute("INSERT OR IGNORE INTO destroyed VALUES (?, ?)", (str(workspace_id), now.isoformat()))
    # Old pages also live in the write-ahead log until it is folded in.
    with keystore._read() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _find(connection: sqlite3.Connection, path: Path, workspace_id: UUID, purpose: str) -> StoredKeysets | None:
    key = str(workspace_id)
    gone = connection.execute("SELECT at FROM destroyed WHERE workspace = ?", (key,)).fetchone()
    if gone is not None:
        raise KeysDestroyed(
            f"The keys of workspace {key} were destroyed at {gone[0]}; its content cannot be read any more.",
            where=str(path),
        )
    query = "SELECT * FROM keyset WHERE workspace = ? AND purpose = ?"
    found = connection.execute(query, (key, purpose)).fetchone()
    return None if found is None else _row(found)


def _row(values: tuple[str, str, bytes, str, int]) -> StoredKeysets:
    workspace, purpose, wrapped, root, version = values
    return StoredKeysets(UUID(workspace), purpose, wrapped, root, version)


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    """SQLite's errors in our words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise KeystoreUnfit(
            f"The keystore cannot be used: {error}.",
            where=str(path),
            mend="Is the disk full, the file another user's, or another command holding it? Then try again.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> KeystoreDamaged:
    return KeystoreDamaged(
        f"The keystore is damaged: {why}.",
        where=str(path),
        mend=f"Put the newest file of {path.parent / BACKUP_FOLDER} in its place.",
    )
