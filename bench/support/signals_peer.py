"""The same twelve signals hand-written in SQL for DuckDB: the peer of the benchmark, and an independent second opinion.

It answers for one moment, for workspaces in UTC with one currency and without bulk edits, pauses and absences, which
the benchmark's world does not have. Each step is one statement that makes a table; a step is as an analyst would
write it who knows window functions, ASOF joins and grouping sets.
"""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from auctor.signals.calendar import calendar
from auctor.signals.catalog import KEYS
from auctor.signals.vocabulary import DAY, NEVER

SCRIPT = Path(__file__).with_name("signals_peer.sql")
# Null moments and values of the columns become what the signals' own tables hold.
DEFAULTS: dict[str, dict[str, int]] = {
    "people": {"titled_at": -NEVER},
    "roles": {"until": NEVER},
}


def connect(tables: dict[str, dict[str, NDArray[Any]]], settings: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """A database in memory with the facts as native tables, `id` being the row number."""
    connection = duckdb.connect()
    for name, columns in tables.items():
        filled = dict(columns)
        rows = len(next(iter(columns.values())))
        filled |= {extra: np.full(rows, value) for extra, value in DEFAULTS.get(name, {}).items()}
        _create(connection, name, {"id": np.arange(rows, dtype=np.int32), **filled})
    days = calendar()
    _create(
        connection,
        "calendar",
        {
            "day": days.midnight[:-1] // DAY,
            "opens_at": days.opens_at,
            "worked": days.worked[:-1],
            "until_day": days.business_days[1:],
        },
    )
    _create(
        connection, "owners", {"id": np.arange(len(settings["inactive_at"])), "inactive_at": settings["inactive_at"]}
    )
    _create(connection, "periods", {"ends_on": settings["period_ends"]})
    _create(connection, "snapshots", {"taken_at": settings["snapshots"]})
    return connection


def _create(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, NDArray[Any]]) -> None:
    connection.register("incoming", pa.table(columns))
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
    connection.unregister("incoming")


def run(connection: duckdb.DuckDBPyConnection, now: int) -> None:
    """Judge all open deals at a moment; the answers are in the table `answers_of`."""
    connection.execute(f"SET VARIABLE now = {now}::BIGINT")
    for statement in SCRIPT.read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            connection.execute(statement)


def answers(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """For each signal, severity (NaN: unknown) and value, by deal."""
    wanted = ", ".join(f"{key}, {key}_value" for key in KEYS)
    found = connection.execute(f"SELECT {wanted} FROM answers_of ORDER BY deal").fetchnumpy()
    plain = {name: np.ma.filled(column.astype(np.float64), np.nan) for name, column in found.items()}
    return {key: (plain[key], plain[f"{key}_value"]) for key in KEYS}


def judged_deals(connection: duckdb.DuckDBPyConnection) -> NDArray[np.int32]:
    """The deals that were judged: those open as far as was on record."""
    found = connection.execute("SELECT deal FROM answers_of ORDER BY deal").fetchnumpy()
    return np.asarray(found["deal"], dtype=np.int32)
