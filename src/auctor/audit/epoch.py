"""Epochs of the instance's tree: the first, and a new one after each restore from a backup."""

from datetime import datetime
from hashlib import sha256
from typing import ClassVar
from uuid import uuid4

from auctor.audit.checkpoint import Publisher
from auctor.audit.integrate import Connection
from auctor.audit.note import format_key
from auctor.audit.verify import parse_key
from auctor.kit.errors import AuctorError


class NothingRestored(AuctorError):
    """The database holds everything that was published: there is no reason for a new epoch."""

    code: ClassVar[str] = "audit.nothing_restored"
    status: ClassVar[int] = 409


def start_first(connection: Connection, public: bytes, *, now: datetime) -> None:
    """The epoch of a new installation; does nothing when there is one. Run by the sealer."""
    origin = f"auctor/{uuid4().hex}"
    connection.execute(
        "INSERT INTO audit.epoch SELECT 1, %s, %s, '', 1, '0', %s WHERE NOT EXISTS (SELECT FROM audit.epoch)",
        [origin, format_key(origin, public), now],
    )


def start_after_restore(connection: Connection, publisher: Publisher, *, now: datetime) -> str:
    """Begin a new epoch and return its origin. Run as the owner, with the product stopped.

    1. The new origin ends with the digest of the last published checkpoint: so everybody can see that the log
       goes on after a restore, and where the old one ended.
    2. A dump brings transaction numbers from another server. Where they lie ahead of this server's, sealed entries
       get number 0 and waiting ones 1, so that each is sealed exactly once.
    3. Every head is signed again in the first round.

    Raises `NothingRestored` when the database is not older than what was published.
    """
    last = publisher.find_last()
    with connection.transaction():
        row = connection.execute("SELECT id, origin, key FROM audit.epoch ORDER BY id DESC LIMIT 1").fetchone()
        held = connection.execute(
            "SELECT note FROM audit.round WHERE id = %s", [last.round_id if last else 0]
        ).fetchone()
        horizon, is_renumbered = _renumber(connection)
        if row is None or last is None or (held is not None and held[0] == last.note and not is_renumbered):
            raise NothingRestored("The database is not older than what was published; nothing was changed.")
        base = "/".join(row[1].split("/")[:2])
        origin = f"{base}/{sha256(last.note.encode()).hexdigest()[:32]}"
        connection.execute(
            "INSERT INTO audit.epoch"
            " SELECT %s, %s, %s, %s, greatest(%s, coalesce(max(id), 0)) + 1, %s::text::xid8, %s FROM audit.round",
            [row[0] + 1, origin, format_key(origin, parse_key(row[2])), last.note, last.round_id, horizon, now],
        )
        connection.execute("UPDATE audit.head SET is_stale = true")
    return str(origin)


def _renumber(connection: Connection) -> tuple[str, bool]:
    """Where the new epoch starts to seal, and whether entries got other numbers."""
    row = connection.execute(
        "SELECT horizon::text, horizon > pg_snapshot_xmin(pg_current_snapshot()) FROM audit.round"
        " ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row is None or not row[1]:
        return (row[0] if row else "0"), False
    connection.execute(
        "UPDATE audit.entry SET xid = CASE WHEN xid < %s::text::xid8 THEN '0'::xid8 ELSE '1'::xid8 END", [row[0]]
    )
    return "1", True
