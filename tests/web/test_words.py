"""Figures and moments in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from auctor.web import words

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class TestToMoney:
    @pytest.mark.parametrize(
        ("minor", "currency", "text"),
        [
            (18_400_000, "EUR", "€184,000"),
            (125_050, "CHF", "CHF\u202f1,250.50"),
            (96_500, "JPY", "¥96,500"),
            (1_500, "KWD", "KWD\u202f1.500"),
            (-700, "USD", "\u2212$7"),
            (0, "GBP", "£0"),
            (10**17, "EUR", "€1,000,000,000,000,000"),
        ],
    )
    def test_shows_the_currency_and_cents_only_when_there_are_some(self, minor: int, currency: str, text: str) -> None:
        assert words.to_money(minor, currency) == text


class TestToCount:
    def test_counts_in_the_right_number(self) -> None:
        assert words.to_count(1, "deal") == "1 deal"
        assert words.to_count(1_204, "deal") == "1,204 deals"
        assert words.to_count(2, "entry", "entries") == "2 entries"


class TestToPoints:
    def test_always_signs(self) -> None:
        assert [words.to_points(value) for value in (17, 0, -8)] == ["+17", "0", "\u22128"]


class TestToDay:
    def test_names_the_year_only_when_it_is_another(self) -> None:
        assert words.to_day(date(2026, 12, 4), today=NOW.date()) == "4 Dec"
        assert words.to_day(date(2027, 1, 4), today=NOW.date()) == "4 Jan 2027"


class TestToAge:
    @pytest.mark.parametrize(
        ("distance", "text"),
        [
            (timedelta(seconds=30), "just now"),
            (timedelta(minutes=1), "1 minute ago"),
            (timedelta(hours=17, minutes=5), "17 hours ago"),
            (timedelta(days=3), "3 days ago"),
            (timedelta(days=-3), "in 3 days"),
        ],
    )
    def test_takes_the_largest_unit(self, distance: timedelta, text: str) -> None:
        assert words.to_age(NOW - distance, now=NOW) == text


class TestToInitials:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [("Alice Lind", "AL"), ("bob@acme.example", "B"), ("mia.van.dam@acme.example", "MD"), ("", "?"), ("(—)", "?")],
    )
    def test_stand_for_first_and_last(self, name: str, letters: str) -> None:
        assert words.to_initials(name) == letters


class TestToTrend:
    def test_says_the_way_and_the_ends(self) -> None:
        assert words.to_trend([57, 61, 81]) == "rising from 57 to 81, lowest 57, highest 81"

    def test_says_so_when_nothing_is_known(self) -> None:
        assert words.to_trend([]) == "no values"


class TestToChance:
    @pytest.mark.parametrize(
        ("share", "text"), [(0.0, "under 1 %"), (0.004, "under 1 %"), (0.384, "38 %"), (0.996, "over 99 %")]
    )
    def test_is_never_impossible_or_certain(self, share: float, text: str) -> None:
        assert words.to_chance(share).replace(words.NARROW_SPACE, " ") == text


class TestToWhole:
    def test_leaves_out_minor_units(self) -> None:
        assert (words.to_whole(12_345, "EUR"), words.to_whole(12_345, "JPY")) == (12_300, 12_345)
