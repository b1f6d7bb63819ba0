"""One round of the sealer: committed entries become leaves of their workspace's tree and of the instance's.

Runs with psycopg alone; the sealer's process loads neither Django nor any other package of the product.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auctor.audit.note import Checkpoint, sign_checkpoint
from auctor.audit.verify import BODY_DAYS, Head, Tree, hash_leaf, pack_head
from auctor.kit.errors import AuctorError

# Entries of one round. Bounds the memory; a longer queue is sealed by rounds without a pause between them.
MOST_ENTRIES = 5_000

Connection = psycopg.Connection[tuple[Any, ...]]


class DatabaseRolledBack(AuctorError):
    """The database is older than what was published, or its transaction numbers went back."""

    code: ClassVar[str] = "audit.database_rolled_back"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Round:
    """What one round sealed; `note` is to be published now."""

    id: int
    note: str
    entries: int
    is_full: bool


@dataclass(slots=True)
class State:
    """Where the next round starts. Held by the one sealer and read again after every failure."""

    epoch: int
    origin: str
    round_id: int
    horizon: int
    instance: Tree


@dataclass(frozen=True, slots=True)
class _Grown:
    """A workspace in this round: its head before the limits were checked, and its new leaves."""

    workspace: UUID
    tree: Tree
    min_index: int
    body_min_index: int
    allowed: int
    sealed_at: datetime
    ids: Sequence[UUID]
    leaves: Sequence[bytes]


def load_state(connection: Connection) -> State | None:
    """The state after the last committed round; None before the first epoch."""
    with connection.transaction():
        epoch = connection.execute(
            "SELECT id, origin, first_round, horizon::text::bigint FROM audit.epoch ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if epoch is None:
            return None
        last = connection.execute(
            "SELECT epoch, id, horizon::text::bigint, size, before_size, before_frontier, leaves FROM audit.round"
            " WHERE epoch = %s ORDER BY id DESC LIMIT 1",
            [epoch[0]],
        ).fetchone()
    if last is None:
        return State(epoch[0], epoch[1], epoch[2] - 1, epoch[3], Tree())
    instance = Tree(last[4], split(last[5]))
    instance.extend(split(last[6]))
    return State(epoch[0], epoch[1], last[1], last[2], instance)


def integrate(
    connection: Connection,
    state: State,
    key: Ed25519PrivateKey,
    *,
    now: datetime | None = None,
    most: int = MOST_ENTRIES,
) -> Round | None:
    """Seal what was committed since the last round, `most` entries or one transaction; None when there was nothing.

    1. Everything below the oldest running transaction is committed or gone for good: that is the new horizon.
    2. The entries from the old horizon up to it, in the order (workspace, transaction, id), become leaves.
    3. The instance's tree gets one leaf for each workspace that grew or whose limits changed.
    4. The signed checkpoint is stored with the round. After the commit, and only then, it may be published.
    """
    with connection.transaction():
        moment, horizon = _look(connection, state, now)
        rows, end, is_full = _read_entries(connection, state.horizon, horizon, most)
        grown = _grow(connection, rows, moment)
        if not grown and state.instance.size:
            return None
        instance, note = _write_round(connection, state, grown, key, moment=moment, horizon=end)
    state.instance, state.horizon, state.round_id = instance, end, state.round_id + 1
    return Round(state.round_id, note, len(rows), is_full)


def split(hashes: bytes) -> list[bytes]:
    """Hashes that stand one after the other in a column."""
    return [hashes[place : place + 32] for place in range(0, len(hashes), 32)]


def _look(connection: Connection, state: State, now: datetime | None) -> tuple[datetime, int]:
    row = connection.execute(
        "SELECT clock_timestamp(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
        " (SELECT max(id) FROM audit.round)"
    ).fetchone()
    assert row
    if row[1] < state.horizon:
        raise DatabaseRolledBack(
            f"The database's transaction numbers went back from {state.horizon} to {row[1]}.",
            mend="It was restored from a dump: run `auctor audit restored` to begin a new epoch of the log.",
        )
    if row[2] is not None and row[2] > state.round_id:
        raise DatabaseRolledBack("Another sealer wrote a round.", mend="Only one may run; this one starts again.")
    return now or row[0], row[1]


def _read_entries(connection: Connection, low: int, high: int, most: int) -> tuple[list[tuple[Any, ...]], int, bool]:
    """Entries below the new horizon, the horizon that was reached, and whether more wait above it."""
    select = "SELECT workspace_id, xid::text::bigint, id, leaf FROM audit.entry WHERE xid >= %s::text::xid8"
    with connection.cursor(binary=True) as cursor:
        query = f"{select} AND xid < %s::text::xid8 ORDER BY xid LIMIT {most + 1}"
        rows = cursor.execute(query, [str(low), str(high)]).fetchall()
        is_full = len(rows) > most
        if is_full:
            # A transaction is sealed whole: stop before the last one, or take it alone when it fills the round.
            first, high = rows[0][1], rows[-1][1]
            if first == high:
                high += 1
                rows = cursor.execute(f"{select} AND xid < %s::text::xid8", [str(first), str(high)]).fetchall()
            else:
                rows = [row for row in rows if row[1] < high]
    rows.sort(key=itemgetter(0, 1, 2))
    return rows, high, is_full


def _grow(connection: Connection, rows: Sequence[tuple[Any, ...]], moment: datetime) -> list[_Grown]:
    new = {workspace: list(group) for workspace, group in groupby(rows, key=itemgetter(0))}
    heads = connection.execute(
        "SELECT workspace_id, size, frontier, min_index, body_min_index, sealed_at, CASE WHEN body_min_index > 0 THEN"
        " (SELECT coalesce(max(a.size), 0) FROM audit.anchor a WHERE a.workspace_id = h.workspace_id AND a.day <= %s)"
        " ELSE 0 END FROM audit.head h"
        " WHERE is_stale OR workspace_id = ANY(%s) FOR UPDATE OF h",
        [utc_day(moment) - timedelta(days=BODY_DAYS), list(new)],
        binary=True,
    ).fetchall()
    known = {head[0]: head for head in heads}
    grown = []
    for workspace in sorted({*known, *new}):
        _, size, frontier, low, body_low, sealed_at, allowed = known.get(workspace, (0, 0, b"", 0, 0, moment, 0))
        tree, mine = Tree(size, split(frontier)), new.get(workspace, [])
        leaves = [row[3] for row in mine]
        tree.extend(leaves)
        at = moment if mine else sealed_at
        grown.append(_Grown(workspace, tree, low, body_low, allowed, at, [row[2] for row in mine], leaves))
    return grown


def _write_round(
    connection: Connection,
    state: State,
    grown: Sequence[_Grown],
    key: Ed25519PrivateKey,
    *,
    moment: datetime,
    horizon: int,
) -> tuple[Tree, str]:
    before, round_id = state.instance, state.round_id + 1
    leaves = [] if before.size else _first_leaves(connection, state.epoch)
    seals, heads = [], []
    for one in grown:
        root = one.tree.root()
        # An administrator may raise the limits of a head; what is signed never hides more than is old enough.
        limit = min(one.body_min_index, one.allowed)
        head = Head(one.tree.size, min(one.min_index, limit), limit, to_microseconds(moment), root)
        place, count = before.size + len(leaves), len(one.leaves)
        limits = (head.min_index, head.body_min_index, place)
        if count:
            first, hashes = head.size - count, b"".join(one.leaves)
            seals.append((moment, one.workspace, round_id, first, count, one.ids, hashes, root, *limits))
        frontier = b"".join(one.tree.frontier)
        heads.append((one.workspace, head.size, root, frontier, *limits, round_id, moment, one.sealed_at))
        leaves.append(hash_leaf(pack_head(one.workspace, head)))
    instance = Tree(before.size, before.frontier)
    instance.extend(leaves)
    note = sign_checkpoint(Checkpoint(state.origin, instance.size, instance.root()), key)
    row = (moment, round_id, state.epoch, str(horizon), before.size, b"".join(before.frontier), b"".join(leaves),
           instance.size, instance.root(), note)  # fmt: skip
    _insert(connection, seals, heads, row)
    return instance, note


def _insert(
    connection: Connection, seals: Sequence[tuple[Any, ...]], heads: Sequence[tuple[Any, ...]], row: tuple[Any, ...]
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO audit.seal VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)", seals)
        cursor.executemany(
            "INSERT INTO audit.head (workspace_id, size, root, frontier, min_index, body_min_index,"
            " leaf_index, round, round_at, sealed_at) VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
            " ON CONFLICT (workspace_id) DO UPDATE SET size = excluded.size, root = excluded.root,"
            " frontier = excluded.frontier, min_index = excluded.min_index, body_min_index = excluded.body_min_index,"
            " leaf_index = excluded.leaf_index, round = excluded.round, round_at = excluded.round_at,"
            " sealed_at = excluded.sealed_at, is_stale = false",
            heads,
        )
        cursor.execute(
            "INSERT INTO audit.round (at, id, epoch, horizon, before_size, before_frontier, leaves, size, root, note)"
            " VALUES (%s, %s, %s, %s::text::xid8, %s, %b, %b, %s, %b, %s)",
            row,
        )


def _first_leaves(connection: Connection, epoch: int) -> list[bytes]:
    """A new epoch begins with the last published checkpoint of the one before."""
    row = connection.execute("SELECT previous_note FROM audit.epoch WHERE id = %s", [epoch]).fetchone()
    assert row
    return [hash_leaf(b"epoch" + row[0].encode())]


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def utc_day(moment: datetime) -> date:
    """The day that a moment belongs to in the log."""
    return moment.astimezone(UTC).date()
