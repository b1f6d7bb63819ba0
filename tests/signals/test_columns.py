"""Loose columns of every kind become arrays of one type."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from auctor.signals.columns import BadColumn, codes, grouped, integers, numbers

WHEN = datetime(2024, 1, 1, tzinfo=UTC)
MICROSECONDS = 1_704_067_200_000_000


class TestIntegers:
    @pytest.mark.parametrize(
        "values",
        [
            [1, 2, 3],
            np.array([1, 2, 3], np.int16),
            np.array([1.0, 2.0, 3.0]),
            pl.Series([1, 2, 3]),
            pa.array([1, 2, 3]),
            pa.chunked_array([[1], [2, 3]]),
        ],
    )
    def test_come_from_anywhere(self, values: Any) -> None:
        assert integers(values, "x", dtype=np.int32).tolist() == [1, 2, 3]

    @pytest.mark.parametrize("values", [pl.Series([2**62 - 1, None]), pa.array([2**62 - 1, None]), [2**62 - 1, None]])
    def test_keep_large_values_beside_holes(self, values: Any) -> None:
        assert integers(values, "x", missing=-1).tolist() == [2**62 - 1, -1]

    @pytest.mark.parametrize("values", [pl.Series([WHEN, None]), pa.array([WHEN, None], pa.timestamp("us", "UTC"))])
    def test_count_moments_in_microseconds(self, values: Any) -> None:
        assert integers(values, "x", missing=-7).tolist() == [MICROSECONDS, -7]

    @pytest.mark.parametrize("values", [pl.Series([date(1970, 1, 3)]), pa.array([date(1970, 1, 3)])])
    def test_count_dates_in_days(self, values: Any) -> None:
        assert integers(values, "x").tolist() == [2]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ([1, None], "Row 1 is empty"),
            ([1.5], "not a whole number"),
            (["one"], "not a whole number"),
            ([float("inf")], "not a whole number"),
            ([300], "does not fit"),
            (pl.Series([WHEN, None]), "Row 1 has no moment"),
        ],
    )
    def test_refuse_what_is_none(self, values: Any, words: str) -> None:
        with pytest.raises(BadColumn, match=words):
            integers(values, "x", dtype=np.int8)


class TestNumbers:
    @pytest.mark.parametrize("values", [[1.5, None], pl.Series([1.5, None]), pa.array([1.5, None])])
    def test_leave_holes_unknown(self, values: Any) -> None:
        np.testing.assert_array_equal(numbers(values, "x"), [1.5, np.nan])

    def test_refuse_text(self) -> None:
        with pytest.raises(BadColumn, match="not a number"):
            numbers(["a"], "x")


class TestCodes:
    @pytest.mark.parametrize("code", [-2, 3])
    def test_refuse_rows_that_are_not_there(self, code: int) -> None:
        with pytest.raises(BadColumn, match="between 0 and 2"):
            codes([code], "x", 3)


class TestGrouped:
    def test_leaves_sorted_rows_alone(self) -> None:
        first, order = grouped(np.array([0, 0, 2], np.int32), np.array([1, 1, 0]), 3, "x")
        assert (first.tolist(), order) == ([0, 2, 2, 3], None)

    def test_keeps_the_order_of_rows_at_the_same_moment(self) -> None:
        first, order = grouped(np.array([1, 0, 1, 1], np.int32), np.array([5, 9, 5, 4]), 2, "x")
        assert first.tolist() == [0, 1, 4]
        assert order is not None
        assert order.tolist() == [1, 3, 0, 2]

    def test_refuses_rows_of_nothing(self) -> None:
        with pytest.raises(BadColumn, match="belongs to nothing"):
            grouped(np.array([0, -1], np.int32), None, 1, "x")
