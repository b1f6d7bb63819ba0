"""Writing the rows of a scan at once. Arrays and JSON come as text, which only COPY's CSV form reads.

`COPY … FROM` into a protected table is refused by PostgreSQL, so rows go to a temporary table first and from there
by `INSERT … SELECT`, where the policies hold.
"""

import io
from collections.abc import Collection, Mapping
from uuid import UUID

import polars as pl
from django.db import connection, models

INCOMING = "risk_incoming"
MOMENT = "%Y-%m-%d %H:%M:%S%.6f+00"


def store(
    model: type[models.Model],
    frame: pl.DataFrame,
    *,
    workspace_id: UUID,
    updates: Collection[str],
    merges: Mapping[str, str] | None = None,
) -> None:
    """Insert rows; those whose id is there get the columns in `updates`, and by `merges` what an expression says.

    The frame has the names of the table's columns; ids are hex.
    """
    kinds = {name: str(model._meta.get_field(name).db_type(connection)) for name in frame.columns}
    content = io.BytesIO()
    frame.write_csv(content, include_header=False, datetime_format=MOMENT)
    names, table = ", ".join(kinds), model._meta.db_table
    changes = [f"{name} = excluded.{name}" for name in updates]
    changes += [f"{name} = {expression}" for name, expression in (merges or {}).items()]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{INCOMING}")
        columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        cursor.execute(f"CREATE TEMPORARY TABLE {INCOMING} ({columns}) ON COMMIT DROP")
        with cursor.copy(f"COPY {INCOMING} ({names}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(content.getbuffer())
        cursor.execute(
            f"INSERT INTO {table} (workspace_id, {names}) SELECT %s, {names} FROM {INCOMING}"  # noqa: S608 - our own names
            f" ON CONFLICT (workspace_id, id) DO UPDATE SET {', '.join(changes)}",
            [workspace_id],
        )
