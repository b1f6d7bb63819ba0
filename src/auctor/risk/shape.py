"""From verdicts over whole columns to the rows that are stored. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auctor.crm.frames import DealFacts
from auctor.signals.catalog import BY_KEY, KEYS
from auctor.signals.frames import Loaded
from auctor.signals.records import Verdict
from auctor.signals.scan import Scan
from auctor.signals.score import Scores
from auctor.signals.vocabulary import NO_ROW, Table

ROWS: Final = {
    Table.CHANGES: "changes",
    Table.MESSAGES: "messages",
    Table.MEETINGS: "meetings",
    Table.TASKS: "tasks",
    Table.ROLES: "roles",
}


def signal_columns(found: Scan, loaded: Loaded, facts: DealFacts) -> dict[str, pl.Series]:
    """The columns of a judgement that have a place for each signal, as PostgreSQL writes arrays and JSON."""
    verdicts = [found.verdicts[key] for key in KEYS]
    ids = evidence_ids(facts)
    return {
        "states": _array([verdict.state for verdict in verdicts]),
        "severities": _array([verdict.severity for verdict in verdicts]),
        "values": _array([verdict.value for verdict in verdicts]),
        "thresholds": _array([verdict.threshold for verdict in verdicts]),
        "norm_levels": _array([verdict.norm.level for verdict in verdicts]),
        "norm_counts": _array([verdict.norm.n for verdict in verdicts]),
        "reasons": _array([verdict.reason for verdict in verdicts]),
        "details": _joined((_details(verdict) for verdict in verdicts), "[", "]"),
        "evidence": _joined((_proofs(verdict, loaded, ids) for verdict in verdicts), "[", "]"),
    }


def score_columns(scores: Scores) -> dict[str, pl.Series]:
    """Score, coverage, band and groups."""
    return {
        "score": pl.Series("score", scores.score).fill_nan(None),
        "coverage": pl.Series("coverage", scores.coverage),
        "band": pl.Series("band", scores.band),
        "groups": _array(list(scores.groups.T)),
    }


def evidence_ids(facts: DealFacts) -> dict[Table, pl.Series]:
    """The id, 16 bytes, of the record behind each row of the tables in which evidence stands."""
    ids = {table: facts.rows[name] for table, name in ROWS.items()} | {Table.PEOPLE: facts.codes.people["person"]}
    return {table: series.cast(pl.Binary) for table, series in ids.items()}


def day_ids(deals: pl.Series, on_day: date) -> pl.Series:
    """The ids of deals' scores of a day: judged again on that day, a deal meets its own row.

    The day stands where an id holds its time, the rest is the deal's own: rows of a day lie side by side.
    """
    return (pl.Series([f"{on_day.toordinal():08x}"], dtype=pl.String) + deals.str.slice(8)).alias("id")


def reason_name(key: str, place: int) -> str:
    """A reason by its number."""
    return list(BY_KEY[key].reasons)[place]


def _details(verdict: Verdict) -> pl.Series:
    parts = [f'"{name}":' + _text(np.asarray(column)) for name, column in verdict.details.items()]
    return _joined(parts, "{", "}", rows=len(verdict.state))


def _proofs(verdict: Verdict, loaded: Loaded, ids: dict[Table, pl.Series]) -> pl.Series:
    """`[[table, "id"], …]`; pieces that prove nothing for a deal are left out."""
    rows = len(verdict.state)
    parts = []
    for piece in verdict.evidence:
        tables = np.broadcast_to(np.asarray(piece.table, dtype=np.int64), rows)
        part = np.full(rows, None, dtype=object)
        for table in np.unique(tables):
            chosen = np.flatnonzero((tables == table) & (piece.rows != NO_ROW))
            part[chosen] = _named(Table(int(table)), piece.rows[chosen], loaded, ids)
        parts.append(pl.Series(part.tolist(), dtype=pl.String))
    return _joined(parts, "[", "]", rows=rows)


def _named(table: Table, rows: NDArray[Any], loaded: Loaded, ids: dict[Table, pl.Series]) -> list[str]:
    order = loaded.origins.get(table)
    given = rows if order is None else order[rows]
    return [f'[{table:d},"{key}"]' for key in ids[table].gather(given).bin.encode("hex")]


def _array(columns: Iterable[NDArray[Any]]) -> pl.Series:
    return _joined((pl.Series(column).cast(pl.String) for column in columns), "{", "}")


def _text(column: NDArray[np.float64]) -> pl.Series:
    """Numbers as JSON has them; what is not finite is null."""
    series = pl.Series(np.where(np.isfinite(column), column, np.nan)).fill_nan(None)
    return series.cast(pl.String).fill_null("null")


def _joined(columns: Iterable[pl.Series], before: str, after: str, *, rows: int = 0) -> pl.Series:
    """One text a row: the columns' texts between brackets, with commas; nulls are left out."""
    frame = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(columns)])
    if not frame.width:
        return pl.Series([before + after] * rows, dtype=pl.String)
    inner = pl.concat_str(pl.all(), separator=",", ignore_nulls=True)
    return frame.select(pl.lit(before) + inner + pl.lit(after)).to_series()
