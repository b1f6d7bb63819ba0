"""Cells become values, or are refused with a reason; nothing is guessed."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctor.crm.currencies import MINOR_DIGITS, to_decimal
from auctor.crm.importing.columns import parse, to_minor
from auctor.crm.importing.form import FORECASTS, Column, Kind

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MOMENT = Column("at", Kind.MOMENT, is_past=True)
DAY = Column("on", Kind.DAY)
AMOUNT = Column("amount", Kind.AMOUNT)
TEXT = Column("name", Kind.TEXT)


def one(column: Column, cell: str | None) -> tuple[Any, list[str]]:
    """The value of a cell and what was expected instead."""
    parsed = parse(column, pl.Series("cell", [cell], dtype=pl.String), now=NOW)
    return parsed.values[0], [rule.expected for rule, wrong in parsed.refused if wrong[0]]


class TestParse:
    @pytest.mark.parametrize(
        ("cell", "moment"),
        [
            ("2026-01-02T03:04:05.678Z", datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)),
            ("2026-01-02 03:04+02:00", datetime(2026, 1, 2, 1, 4, tzinfo=UTC)),
            ("2026-01-02T03:04:05+0100", datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)),
            ("2026-01-02T03:04:05-05", datetime(2026, 1, 2, 8, 4, 5, tzinfo=UTC)),
            ("", None),
        ],
    )
    def test_reads_moments_with_a_zone(self, cell: str, moment: datetime | None) -> None:
        assert one(MOMENT, cell) == (moment, [])

    @pytest.mark.parametrize(
        "cell",
        [
            "2026-01-02T03:04:05",
            "2026-02-30T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T00:00:00Z",
            "yesterday",
            "2026-03-03T00:00:00Z",
            "2026-01-02T25:00:00Z",
            "=NOW()",
            "2026-01-02",
        ],
    )
    def test_refuses_moments_without_zone_out_of_range_or_ahead(self, cell: str) -> None:
        value, refused = one(MOMENT, cell)
        assert value is None
        assert len(refused) == 1

    @pytest.mark.parametrize("cell", ["2026-02-30", "0001-01-01", "9999-12-31", "31.12.2026", "2026-01-01T00:00:00Z"])
    def test_refuses_days_that_are_none(self, cell: str) -> None:
        assert one(DAY, cell) == (None, one(DAY, cell)[1])
        assert one(DAY, cell)[1]

    def test_reads_days(self) -> None:
        assert one(DAY, " 2024-02-29 ") == (date(2024, 2, 29), [])

    @pytest.mark.parametrize("cell", ["NaN", "inf", "-Infinity", "-3", "1e308", "1,200.00", "=1+1", "0x10", "1_000"])
    def test_refuses_amounts_that_are_no_plain_number(self, cell: str) -> None:
        assert one(AMOUNT, cell)[0] is None
        assert one(AMOUNT, cell)[1]

    @pytest.mark.parametrize("cell", ["a\0b", "\u202eabc", "a\u2066b", "x" * 1001, "y" * 10_000_000])
    def test_refuses_texts_that_hide_or_flood(self, cell: str) -> None:
        assert one(TEXT, cell)[0] is None
        assert one(TEXT, cell)[1]

    @pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1 555", "-", "@SUM(1)", "שלום\u200f", "O'Neill"])
    def test_keeps_formulas_and_foreign_scripts_as_text(self, cell: str) -> None:
        assert one(TEXT, cell) == (cell, [])

    def test_takes_off_the_apostrophe_that_an_export_put_on(self) -> None:
        assert one(TEXT, "'=1+1") == ("=1+1", [])
        assert one(TEXT, "''=1+1") == ("'=1+1", [])
        assert one(TEXT, "'quoted'") == ("'quoted'", [])

    def test_reads_choices_whatever_their_spelling(self) -> None:
        column = Column("forecast_category", Kind.CHOICE, choices=FORECASTS)
        assert one(column, "Best Case") == (2, [])
        assert one(column, "closed") == (3, [])
        assert one(column, "sure")[1] == ["one of omitted, pipeline, best_case, commit"]

    @pytest.mark.parametrize(
        ("kind", "cell"),
        [
            (Kind.CURRENCY, "XYZ"),
            (Kind.COUNTRY, "Germany"),
            (Kind.EMAIL, "bob at acme"),
            (Kind.DOMAINS, "https://acme.example"),
            (Kind.SHARE, "40"),
            (Kind.SHARE, "nan"),
            (Kind.WHOLE, "-1"),
            (Kind.FLAG, "maybe"),
        ],
    )
    def test_refuses_what_the_column_cannot_hold(self, kind: Kind, cell: str) -> None:
        assert one(Column("cell", kind), cell)[0] is None
        assert one(Column("cell", kind), cell)[1]

    @given(st.text(max_size=40))
    def test_never_raises_whatever_a_cell_holds(self, cell: str) -> None:
        for kind in Kind:
            parse(Column("cell", kind, choices=("a",)), pl.Series("c", [cell]), now=NOW)


class TestToMinor:
    @given(st.integers(0, 10**15), st.sampled_from(sorted(MINOR_DIGITS)))
    def test_reads_back_what_is_written(self, minor: int, currency: str) -> None:
        found = to_minor(pl.Series([to_decimal(minor, currency)]), pl.Series([currency]))
        assert found.values[0] == minor

    @pytest.mark.parametrize(
        ("amount", "currency"),
        [
            ("1.2345678901234567890123456", "EUR"),
            ("1.5", "JPY"),
            ("99999999999999999999", "EUR"),
            ("1" + "0" * 308, "EUR"),
        ],
    )
    def test_refuses_what_the_currency_cannot_say(self, amount: str, currency: str) -> None:
        found = to_minor(pl.Series([amount]), pl.Series([currency]))
        assert found.values[0] is None
        assert any(wrong[0] for _, wrong in found.refused)

    def test_forgives_zeros_behind_the_point(self) -> None:
        assert to_minor(pl.Series(["5.000"]), pl.Series(["EUR"])).values[0] == 500
