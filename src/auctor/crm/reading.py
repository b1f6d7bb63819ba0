"""Whole columns from PostgreSQL into Arrow, past Django: millions of rows a second, behind the same wall.

ADBC opens a connection of its own, which sees what is committed. It runs in one read-only snapshot as the role that
cannot write, with the signed context of the actor.
"""

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from adbc_driver_postgresql import dbapi
from django.conf import settings

from auctor.tenancy import context, roles
from auctor.tenancy.records import Actor

READER = "auctor_reader"
MOST_IDLE = 4


class Columns:
    """Runs queries in one snapshot."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def read_whole_tables(self) -> None:
        """Tell the planner so. Before their first statistics it takes tables for small and walks them row by row."""
        self._cursor.execute("SET LOCAL enable_nestloop = off")

    def read(self, query: str) -> pl.DataFrame:
        """The result as columns. uuids come as 16 bytes, moments in UTC; nothing from outside may be in the text."""
        self._cursor.execute(query)
        return pl.DataFrame(pl.from_arrow(self._cursor.fetch_arrow_table()))


class Idle:
    """Connections that wait for their next reader: opening one costs more than reading the facts of a deal.

    A connection that was used stands outside of any transaction, so nothing of its last actor is left in it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, int, Any]] = []

    def take(self, dsn: str) -> Any:
        """One to this database, made by this process; a new one when none waits or the one that waits is dead."""
        while (found := self._pop(dsn)) is not None:
            try:
                with found.cursor() as cursor:
                    cursor.execute("SELECT 1")
                    cursor.fetchone()
                found.rollback()
            except dbapi.Error:
                found.close()
            else:
                return found
        return dbapi.connect(dsn)

    def give_back(self, dsn: str, connection: Any) -> None:
        """End its transaction and keep it, unless enough wait already."""
        connection.rollback()
        with self._lock:
            if len(self._waiting) < MOST_IDLE:
                self._waiting.append((dsn, os.getpid(), connection))
                return
        connection.close()

    def close(self) -> None:
        """All that wait, of this process."""
        with self._lock:
            mine = [found for _, process, found in self._waiting if process == os.getpid()]
            self._waiting.clear()
        for connection in mine:
            connection.close()

    def _pop(self, dsn: str) -> Any:
        with self._lock:
            for place, (known, process, found) in enumerate(self._waiting):
                if known == dsn and process == os.getpid():
                    del self._waiting[place]
                    return found
        return None


_idle = Idle()
atexit.register(_idle.close)


@contextmanager
def columns(actor: Actor) -> Iterator[Columns]:
    """A snapshot of the actor's workspace as it is now."""
    signed = context.sign(actor, settings.AUCTOR_CONTEXT_KEY)
    dsn = roles.dsn(settings.AUCTOR_SERVER, READER, settings.AUCTOR_DATA)
    connection = _idle.take(dsn)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET LOCAL app.ctx = '{signed}'")
            yield Columns(cursor)
    except BaseException:
        connection.close()
        raise
    _idle.give_back(dsn, connection)
