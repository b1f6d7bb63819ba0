"""Business time, in zones that change their clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.signals.calendar import (
    business_days,
    calendar,
    civil_day,
    civil_days,
    epoch_days,
    midnights,
    moment_of,
    working_clock,
)
from auctor.signals.vocabulary import DAY, HOUR

# The first use of a calendar makes it.
PATIENT = settings(deadline=None)
BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.integers(moment_of(datetime(2000, 1, 1, tzinfo=UTC)), moment_of(datetime(2040, 1, 1, tzinfo=UTC)))


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return moment_of(datetime(year, month, day, hour, minute, tzinfo=BERLIN))


def hours(start: int, end: int, **more: object) -> float:
    days = calendar("Europe/Berlin", **more)
    return (working_clock(days, end) - working_clock(days, start)) / HOUR


class TestWorkingClock:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ((2024, 1, 1, 9), (2024, 1, 1, 17), 8),
            ((2024, 1, 1, 20), (2024, 1, 2, 10), 1),
            ((2024, 1, 5, 16), (2024, 1, 8, 10), 2),
            ((2024, 1, 6, 9), (2024, 1, 7, 17), 0),
            ((2024, 3, 29, 9), (2024, 4, 1, 9), 8),
        ],
        ids=["a day", "over night", "over a weekend", "on a weekend", "over the change of clocks"],
    )
    def test_runs_eight_hours_from_monday_to_friday(
        self, start: tuple[int, ...], end: tuple[int, ...], expected: float
    ) -> None:
        assert hours(at(*start), at(*end)) == expected

    def test_rests_on_holidays(self) -> None:
        assert hours(at(2024, 1, 1, 9), at(2024, 1, 2, 12), holidays=frozenset({date(2024, 1, 1)})) == 3

    @PATIENT
    @given(MOMENTS, st.integers(0, 400 * DAY))
    def test_never_runs_backwards_nor_faster_than_time(self, start: int, length: int) -> None:
        worked = hours(start, start + length)
        assert 0 <= worked <= length / HOUR


class TestBusinessDays:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ((2024, 1, 5, 10), (2024, 1, 8, 9), 1),
            ((2024, 1, 1, 9), (2024, 1, 1, 23), 0),
            ((2024, 1, 1), (2024, 1, 15), 10),
        ],
    )
    def test_count_from_the_next_day_on(self, start: tuple[int, ...], end: tuple[int, ...], expected: int) -> None:
        assert business_days(calendar("Europe/Berlin"), at(*start), at(*end)) == expected


class TestCivilDay:
    def test_is_the_day_of_the_workspace_s_zone(self) -> None:
        late = moment_of(datetime(2024, 3, 31, 23, 30, tzinfo=UTC))
        assert civil_day(calendar("Europe/Berlin"), late) == civil_day(calendar("UTC"), late) + 1

    @PATIENT
    @given(MOMENTS)
    def test_is_the_same_for_one_and_for_many(self, moment: int) -> None:
        days = calendar("America/Phoenix")
        assert civil_day(days, moment) == civil_days(days, np.array([moment]))[0]

    @PATIENT
    @given(MOMENTS)
    def test_begins_at_midnight(self, moment: int) -> None:
        days = calendar("Europe/Berlin")
        began = int(midnights(days, np.array([moment]))[0])
        local = datetime.fromtimestamp(began // 1_000_000, BERLIN)
        assert began <= moment < began + 25 * HOUR
        assert (local.hour, local.minute) == (0, 0)

    def test_is_counted_from_1970(self) -> None:
        assert epoch_days([date(1970, 1, 2), date(2024, 1, 1)]).tolist() == [1, 19_723]


class TestCalendar:
    def test_refuses_zones_that_do_not_exist(self) -> None:
        with pytest.raises(ZoneInfoNotFoundError):
            calendar("Europe/Nowhere")
