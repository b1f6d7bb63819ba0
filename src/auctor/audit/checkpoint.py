"""Publish: signed checkpoints leave the database for files of their own, after their round was committed.

One file a day in the folder `checkpoints`, one line for each round. The files are what a database that was set
back, or restored from an old backup, is measured against.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auctor.audit.integrate import Connection, DatabaseRolledBack, State
from auctor.kit.errors import AuctorError
from auctor.tenancy.roles import write_secret

FOLDER = "checkpoints"
KEY_FILE = Path("secrets") / "audit.key"
KEPT_DAYS = 90


class SigningKeyMissing(AuctorError):
    """Checkpoints were published, and the key that signed them is gone."""

    code: ClassVar[str] = "audit.signing_key_missing"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Published:
    """One line of a file."""

    round_id: int
    note: str


def load_key(data: Path) -> Ed25519PrivateKey:
    """The signing key, made at first use. Raises `SigningKeyMissing` when it was lost."""
    path = data / KEY_FILE
    if not path.exists():
        if any((data / FOLDER).glob("*.jsonl")):
            raise SigningKeyMissing(
                "The key that signs the audit log is missing.",
                where=str(KEY_FILE),
                mend="Put the file back from your backup of the secrets folder.",
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


class Publisher:
    """Appends to the day's file, and to a copy of it in the witness folder if there is one."""

    def __init__(self, data: Path, witness: Path | None = None) -> None:
        self._folder = data / FOLDER
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._witness = witness

    def publish(self, round_id: int, note: str, *, day: date) -> bool:
        """Append one checkpoint to the file of `day`; it is on the disk when this returns.

        OSError when it cannot be written here; False when only the witness folder could not be reached.
        """
        line = (json.dumps({"round": round_id, "note": note}) + "\n").encode()
        _append(self._folder / f"{day.isoformat()}.jsonl", line)
        if self._witness is None:
            return True
        try:
            _append(self._witness / f"{day.isoformat()}.jsonl", line)
        except OSError:
            return False
        return True

    def find_last(self) -> Published | None:
        """The last published checkpoint. A line that was cut off by a crash is removed: it was never complete."""
        for path in sorted(self._folder.glob("*.jsonl"), reverse=True):
            content = path.read_bytes()
            complete = content[: content.rfind(b"\n") + 1]
            if len(complete) != len(content):
                os.truncate(path, len(complete))
            if complete:
                return _parse(complete.splitlines()[-1])
        return None

    def thin(self, today: date) -> int:
        """Leave only the last checkpoint of days that are older than the log; returns the files that shrank."""
        shrunk = 0
        for path in self._folder.glob("*.jsonl"):
            lines = path.read_bytes().splitlines(keepends=True)
            if date.fromisoformat(path.stem) < today - timedelta(days=KEPT_DAYS) and len(lines) > 1:
                draft = path.with_suffix(".new")
                draft.write_bytes(lines[-1])
                draft.replace(path)
                shrunk += 1
        return shrunk


def _append(path: Path, line: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    with os.fdopen(handle, "ab", buffering=0) as file:
        file.write(line)
        os.fsync(file.fileno())


def _parse(line: bytes) -> Published:
    value = json.loads(line)
    return Published(value["round"], value["note"])


def catch_up(connection: Connection, state: State, publisher: Publisher, *, day: date) -> int:
    """Publish what was committed and not published; returns how many. Call before the first round.

    Raises `DatabaseRolledBack` when the database is older than what it published itself.
    """
    last = publisher.find_last()
    if last is not None:
        _check_not_older(connection, state, last)
    count = 0
    for round_id, note in _unpublished(connection, last.round_id if last else 0):
        publisher.publish(round_id, note, day=day)
        count += 1
    return count


def _check_not_older(connection: Connection, state: State, last: Published) -> None:
    row = connection.execute("SELECT note FROM audit.round WHERE id = %s", [last.round_id]).fetchone()
    if row is not None and row[0] == last.note:
        return
    # After a restore: the new epoch names the last published checkpoint of the old one.
    epoch = connection.execute("SELECT previous_note FROM audit.epoch WHERE id = %s", [state.epoch]).fetchone()
    if row is None and epoch is not None and epoch[0] == last.note and not state.instance.size:
        return
    raise DatabaseRolledBack(
        f"The database does not hold the checkpoint of round {last.round_id}, which it published.",
        where=FOLDER,
        mend="It was set back or restored from a backup. Put back the newer database, or, if the restore was meant, "
        "run `auctor audit restored` to begin a new epoch of the log.",
    )


def _unpublished(connection: Connection, after: int) -> Iterator[tuple[int, str]]:
    while rows := connection.execute(
        "SELECT id, note FROM audit.round WHERE id > %s ORDER BY id LIMIT 1000", [after]
    ).fetchall():
        yield from rows
        after = rows[-1][0]
