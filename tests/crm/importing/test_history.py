"""Stage changes tell where a deal stood, and since when it is closed."""

from datetime import UTC, datetime, timedelta

import polars as pl

from auctor.crm.importing.history import stage_intervals, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = pl.DataFrame(
    {"stage_id": ["new", "offer", "won", "lost", "gone"], "kind": [0, 0, 1, 2, 2]}, schema_overrides={"kind": pl.Int16}
)


def history(*moves: tuple[str | None, str], stage: str | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Intervals and standing of one deal that moved once a day."""
    deals = pl.DataFrame(
        {"deal_id": ["d"], "created_at": [START], "stage_id": [stage]}, schema_overrides={"stage_id": pl.String}
    )
    changes = pl.DataFrame(
        {
            "deal_id": ["d"] * len(moves),
            "changed_at": [START + timedelta(days=number + 1) for number in range(len(moves))],
            "place": [0] * len(moves),
            "old_ref": [old for old, _ in moves],
            "new_ref": [new for _, new in moves],
        },
        schema={
            "deal_id": pl.String,
            "changed_at": pl.Datetime("us", "UTC"),
            "place": pl.Int32,
            "old_ref": pl.String,
            "new_ref": pl.String,
        },
    )
    intervals = stage_intervals(deals.with_columns(pl.col("created_at").dt.cast_time_unit("us")), changes)
    return intervals, standing(intervals, KINDS)


class TestStageIntervals:
    def test_last_from_one_change_to_the_next(self) -> None:
        intervals, _ = history((None, "new"), ("new", "offer"))
        assert intervals["stage_id"].to_list() == ["new", "offer"]
        assert intervals["left_at"].to_list() == [START + timedelta(days=2), None]
        assert not intervals["is_inferred"].any()

    def test_infer_the_beginning_that_no_change_tells_of(self) -> None:
        intervals, _ = history(("new", "offer"))
        assert intervals.select("stage_id", "entered_at", "is_inferred").row(0) == ("new", START, True)

    def test_stand_in_their_only_stage_without_changes(self) -> None:
        intervals, _ = history(stage="offer")
        assert intervals.select("stage_id", "is_inferred").rows() == [("offer", True)]

    def test_do_not_begin_again_where_a_deal_stands_already(self) -> None:
        intervals, _ = history((None, "new"), ("new", "new"), ("new", "offer"))
        assert intervals["place"].to_list() == [0, 1]


class TestStanding:
    def test_trusts_the_last_change_before_the_stage_of_the_file(self) -> None:
        _, stands = history((None, "new"), ("new", "offer"), stage="won")
        assert stands["stage_id"].to_list() == ["offer"]

    def test_is_closed_since_the_run_of_closed_stages_began(self) -> None:
        _, stands = history((None, "new"), ("new", "lost"), ("lost", "gone"))
        assert stands.select("stage_kind", "closed_at").row(0) == (2, START + timedelta(days=2))

    def test_is_open_again_after_leaving_a_closed_stage(self) -> None:
        _, stands = history((None, "new"), ("new", "lost"), ("lost", "offer"))
        assert stands.select("stage_kind", "closed_at").row(0) == (0, None)

    def test_labels_an_end_that_nobody_told(self) -> None:
        _, stands = history(stage="won")
        assert stands["is_close_inferred"].to_list() == [True]
