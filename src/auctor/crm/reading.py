"""Whole columns from PostgreSQL into Arrow, past Django: millions of rows a second, behind the same wall.

ADBC opens a connection of its own, which sees what is committed. It runs in one read-only snapshot as the role that
cannot write, with the signed context of the actor.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from adbc_driver_postgresql import dbapi
from django.conf import settings

from auctor.tenancy import context, roles
from auctor.tenancy.records import Actor

READER = "auctor_reader"


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


@contextmanager
def columns(actor: Actor) -> Iterator[Columns]:
    """A snapshot of the actor's workspace as it is now."""
    signed = context.sign(actor, settings.AUCTOR_CONTEXT_KEY)
    dsn = roles.dsn(settings.AUCTOR_SERVER, READER, settings.AUCTOR_DATA)
    with dbapi.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET LOCAL app.ctx = '{signed}'")
        yield Columns(cursor)
