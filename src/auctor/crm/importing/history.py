"""What stage changes imply: how long each deal stood where, where it stands now, and since when it is closed. Pure."""

import polars as pl

from auctor.signals.vocabulary import StageKind

INTERVALS = {
    "deal_id": pl.String,
    "stage_id": pl.String,
    "entered_at": pl.Datetime("us", "UTC"),
    "is_inferred": pl.Boolean,
}


def stage_intervals(deals: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Deal, stage, `entered_at`, `left_at` (null: still), `place` from 0, `is_inferred`; by deal and time.

    `deals`: deal_id, created_at, stage_id (null where only the history knows). `changes`: deal_id, changed_at, place,
    old_ref, new_ref of stage changes. The last change says where a deal stands. A beginning that no change tells of
    is inferred: from the first change's old stage, or from the deal's own stage where there are no changes.
    """
    ordered = changes.sort("deal_id", "changed_at", "place")
    entered = ordered.select(
        "deal_id", stage_id="new_ref", entered_at="changed_at", is_inferred=pl.lit(value=False)
    ).with_columns(order=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    first = ordered.group_by("deal_id", maintain_order=True).first()
    begun = deals.join(first, on="deal_id", how="left").select(
        "deal_id",
        stage_id=pl.when(pl.col("new_ref").is_not_null()).then("old_ref").otherwise("stage_id"),
        entered_at=pl.min_horizontal("created_at", "changed_at"),
        is_inferred=pl.lit(value=True),
        order=pl.lit(0, pl.Int64),
    )
    known = pl.concat([begun.filter(pl.col("stage_id").is_not_null()), entered], how="vertical_relaxed")
    known = known.sort("deal_id", "order")
    # Entering the stage in which a deal stands already begins nothing.
    repeated = pl.col("stage_id").eq_missing(pl.col("stage_id").shift().over("deal_id"))
    moved = known.filter(~repeated)
    return moved.with_columns(
        left_at=pl.col("entered_at").shift(-1).over("deal_id"),
        place=pl.int_range(pl.len(), dtype=pl.Int32).over("deal_id"),
    ).drop("order")


def standing(intervals: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """Deal, `stage_id`, `stage_since`, `stage_kind`, `closed_at`, `is_close_inferred`: one row for each deal.

    `kinds`: stage_id, kind. A deal that left a closed stage is open again; closed is it since the beginning of the
    run of stages of that kind that still lasts.
    """
    told = intervals.join(kinds, on="stage_id", how="left", maintain_order="left")
    run = (pl.col("kind") != pl.col("kind").shift()).fill_null(value=False).cum_sum().over("deal_id")
    told = told.with_columns(run=run)
    last = told.group_by("deal_id", maintain_order=True).last()
    began = (
        told.join(last.select("deal_id", "run"), on=["deal_id", "run"])
        .group_by("deal_id")
        .agg(closed_at=pl.col("entered_at").min(), is_close_inferred=pl.col("is_inferred").min_by("entered_at"))
    )
    closed = pl.col("kind") != int(StageKind.OPEN)
    return last.join(began, on="deal_id").select(
        "deal_id",
        "stage_id",
        stage_since="entered_at",
        stage_kind=pl.col("kind").fill_null(int(StageKind.OPEN)),
        closed_at=pl.when(closed).then("closed_at"),
        is_close_inferred=closed & pl.col("is_close_inferred"),
    )
