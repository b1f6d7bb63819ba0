"""Bulk edits: many deals changed in the same field by the same actor within minutes are one event."""

from datetime import timedelta

import numpy as np
import polars as pl
from django.db import connection

from auctor.crm import bulk
from auctor.crm.loading.run import Run
from auctor.crm.models.deals import DealChange
from auctor.signals.bulk import find_bulk_edits

# Changes so far away cannot belong to the same event as a new one.
AROUND = timedelta(minutes=20)
AFFECTED = "changes_in_bulk"


def mark_bulk_edits(run: Run, changes: pl.DataFrame) -> None:
    """Set `bulk_at` of new changes, and of those before and after that turn out to belong to them.

    The first value of a field, and creation with it, is no edit.
    """
    edits = pl.col("old_value").is_not_null() | pl.col("old_ref").is_not_null() | pl.col("old_text").is_not_null()
    new = changes.filter(edits & pl.col("actor_id").is_not_null()).select(
        "id", "deal_id", "actor_id", "field", "effective_at"
    )
    if not new.height:
        return
    every = pl.concat([new, _neighbours(run, new)]).unique("id").sort("effective_at", "id")
    actors, deals = (every[name].rank("dense").cast(pl.Int32) - 1 for name in ("actor_id", "deal_id"))
    numbers, seen_at = find_bulk_edits(every["field"], actors, deals, every["effective_at"])
    moments = np.concatenate([[0], seen_at])[numbers]
    found = every.with_columns(bulk_at=pl.Series(moments).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
    _mark(run, found.filter(pl.Series(numbers > 0)).select("id", "bulk_at"))


def _neighbours(run: Run, new: pl.DataFrame) -> pl.DataFrame:
    first, last = new["effective_at"].min(), new["effective_at"].max()
    schema: bulk.Schema = {
        "id": pl.String,
        "deal_id": pl.String,
        "actor_id": pl.String,
        "field": pl.Int16,
        "effective_at": pl.Datetime("us", "UTC"),
    }
    return bulk.read(
        "SELECT id, deal_id, actor_id, field, effective_at FROM crm_dealchange WHERE workspace_id = %s"
        " AND actor_id IS NOT NULL AND effective_at BETWEEN %s AND %s AND observed_at < %s"
        " AND (old_value IS NOT NULL OR old_ref IS NOT NULL OR old_text IS NOT NULL)",
        [run.workspace_id, first - AROUND, last + AROUND, run.now],  # type: ignore[operator]
        schema,
    )


def _mark(run: Run, found: pl.DataFrame) -> None:
    if not found.height:
        return
    bulk.stage_rows(AFFECTED, {"id": "uuid", "bulk_at": "timestamptz"}, found)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {DealChange._meta.db_table} c SET bulk_at = b.bulk_at FROM {AFFECTED} b"  # noqa: S608 - constants
            " WHERE c.workspace_id = %s AND c.id = b.id AND c.bulk_at IS DISTINCT FROM b.bulk_at",
            [run.workspace_id],
        )
