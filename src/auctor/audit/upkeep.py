"""What happens once a day: partitions ahead, the day's anchors, and days that leave."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import psycopg

from auctor.audit.integrate import Connection, State, split, utc_day
from auctor.audit.tree import Range
from auctor.audit.verify import Tree

DAYS_AHEAD = 14


def create_days(connection: Connection, *, today: date) -> int:
    """Partitions from yesterday to two weeks ahead; returns how many days were new. Safe to repeat."""
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE audit.create_day(%s::date + n)) FROM generate_series(-1, %s) n",
        [today, DAYS_AHEAD],
    ).fetchone()
    return int(row[0]) if row else 0


def anchor(connection: Connection, state: State, *, now: datetime) -> int:
    """End the days before today: anchors of the workspaces that grew, and one of the instance's tree.

    Call before the first round of a day. Returns how many workspaces were anchored; no day is anchored twice.
    """
    midnight = datetime.combine(utc_day(now), time(), tzinfo=UTC)
    rows = connection.execute(
        "SELECT workspace_id, size, root, frontier, anchored_size, sealed_at FROM audit.head"
        " WHERE size > anchored_size AND sealed_at < %s ORDER BY workspace_id",
        [midnight],
        binary=True,
    ).fetchall()
    for row in rows:
        with connection.transaction():
            _anchor_workspace(connection, row)
    with connection.transaction():
        _anchor_instance(connection, state, midnight)
    return len(rows)


def prune(connection: Connection) -> list[date]:
    """Drop the days that are due; returns those that left. Run as auctor_retention.

    A day whose limits the sealer has not signed yet stays, and so do those after it: the next call goes on there.
    Raises what `audit.drop_day` refuses, as psycopg.errors.ObjectNotInPrerequisiteState.
    """
    left: list[date] = []
    for (day,) in connection.execute("SELECT audit.days_due()").fetchall():
        try:
            row = connection.execute("SELECT audit.drop_day(%s)", [day]).fetchone()
        except psycopg.errors.LockNotAvailable:
            # Somebody has been reading for long; the day leaves at the next call.
            return left
        if row != (True,):
            return left
        left.append(day)
    return left


def _anchor_workspace(connection: Connection, row: tuple[Any, ...]) -> None:
    workspace, size, root, frontier, last, sealed_at = row
    grown = Range(last)
    for first, leaves in _stream(
        connection,
        "SELECT first, leaves FROM audit.seal WHERE workspace_id = %s AND first + n > %s AND first < %s ORDER BY round",
        [workspace, last, size],
    ):
        grown.extend(split(leaves)[max(0, last - first) :])
    connection.execute(
        "INSERT INTO audit.anchor VALUES (%s, %s, %s, %s, %s, %s)",
        [workspace, utc_day(sealed_at), size, root, frontier, b"".join(grown.nodes)],
    )
    connection.execute("UPDATE audit.head SET anchored_size = %s WHERE workspace_id = %s", [size, workspace])


def _anchor_instance(connection: Connection, state: State, midnight: datetime) -> None:
    round_ = connection.execute(
        "SELECT at, before_size, before_frontier, leaves, size, note, epoch FROM audit.round"
        " WHERE at < %s AND epoch = %s ORDER BY id DESC LIMIT 1",
        [midnight, state.epoch],
    ).fetchone()
    last = connection.execute(
        "SELECT size, day FROM audit.checkpoint WHERE epoch = %s ORDER BY day DESC LIMIT 1", [state.epoch]
    ).fetchone() or (0, None)
    if round_ is None or round_[4] <= last[0]:
        return
    at, before_size, before_frontier, leaves, size, note, epoch = round_
    tree = Tree(before_size, split(before_frontier))
    tree.extend(split(leaves))
    grown = Range(last[0])
    for first, more in _stream(
        connection,
        "SELECT before_size, leaves FROM audit.round WHERE epoch = %s AND size > %s AND size <= %s ORDER BY id",
        [epoch, last[0], size],
    ):
        grown.extend(split(more)[max(0, last[0] - first) :])
    connection.execute(
        "INSERT INTO audit.checkpoint VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [utc_day(at), epoch, size, b"".join(tree.frontier), b"".join(grown.nodes), note],
    )


def _stream(connection: Connection, query: str, arguments: list[Any]) -> Iterator[tuple[int, bytes]]:
    """Rows through a cursor on the server: a busy day's leaves would not fit into a small process."""
    with connection.cursor("audit_leaves", binary=True) as cursor:
        cursor.itersize = 20
        yield from cursor.execute(query, arguments)
