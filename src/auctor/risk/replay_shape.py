"""Results of replays as they are stored: figures as JSON, deals as a packed table. Pure."""

import io
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl

from auctor.risk.replay_records import (
    AlarmPoint,
    CurvePoint,
    Early,
    ReplayedDeal,
    ReplayedPage,
    ReplayKind,
    ReplayResult,
    ScorerResult,
    WeekFlags,
)
from auctor.signals.score import Band

COLUMNS = ("id", "kind", "ended_on", "looks", "early_days", "peak", "last_score", "amount")


def to_json(result: ReplayResult) -> dict[str, Any]:
    """The figures in plain values; days as ISO 8601."""
    told = asdict(result)
    told["band"] = int(result.band)
    told["first_on"], told["last_on"] = result.first_on.isoformat(), result.last_on.isoformat()
    told["weekly"] = [{**week, "on": week["on"].isoformat()} for week in told["weekly"]]
    return told


def from_json(told: Mapping[str, Any]) -> ReplayResult:
    """The inverse of `to_json`."""
    values = dict(told)
    values["band"] = Band(told["band"])
    values["first_on"], values["last_on"] = (date.fromisoformat(told[name]) for name in ("first_on", "last_on"))
    values["early"] = Early(**told["early"]) if told["early"] else None
    values["weekly"] = tuple(WeekFlags(**{**week, "on": date.fromisoformat(week["on"])}) for week in told["weekly"])
    values["curve"] = tuple(CurvePoint(**point) for point in told["curve"])
    values["scorers"] = tuple(_scorer(scorer) for scorer in told["scorers"])
    return ReplayResult(**values)


def _scorer(told: Mapping[str, Any]) -> ScorerResult:
    alarms = told["at_equal_alarms"]
    return ScorerResult(
        name=told["name"],
        known=told["known"],
        auc=told["auc"],
        at_equal_alarms=AlarmPoint(**alarms) if alarms else None,
        curve=tuple(AlarmPoint(**point) for point in told["curve"]),
    )


def pack(deals: pl.DataFrame) -> bytes:
    """The deals of a replay: ids, days and numbers."""
    packed = io.BytesIO()
    deals.select(COLUMNS).write_parquet(packed, compression="zstd")
    return packed.getvalue()


def page(packed: bytes, kind: ReplayKind, *, offset: int, limit: int) -> ReplayedPage:
    """The deals of a kind, the most valuable first."""
    found = pl.read_parquet(io.BytesIO(packed)).filter(pl.col("kind") == kind.value)
    found = found.sort("amount", "id", descending=[True, False], nulls_last=True)
    return ReplayedPage(tuple(deal_of(row) for row in found.slice(offset, limit).iter_rows(named=True)), found.height)


def deal_of(row: Mapping[str, Any]) -> ReplayedDeal:
    """A row of the packed table."""
    return ReplayedDeal(
        deal_id=UUID(bytes=row["id"]),
        kind=ReplayKind(row["kind"]),
        ended_on=row["ended_on"],
        looks=row["looks"],
        early_days=row["early_days"],
        peak=row["peak"],
        last_score=row["last_score"],
        amount=None if row["amount"] is None else round(row["amount"]),
    )
