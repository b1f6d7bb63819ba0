"""Business time of a workspace: its zone, its holidays, eight hours a day from Monday to Friday.

`civil_day` is the only place where a moment becomes a day: there is one today.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from auctor.signals.kernels import kernel
from auctor.signals.vocabulary import DAY, HOUR, I32, I64, NEVER, SECOND

EPOCH = date(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 1995, 2045
OPENS_AT = 9
WORKING_DAY = 8 * HOUR


class Calendar(NamedTuple):
    """Civil days of a workspace, one row each; moments outside the rows count as the first or last day.

    `midnight` (one more than days) and `opens_at` are moments; `opens_at` is NEVER on days off. `worked` are
    business microseconds and `business_days` business days before the day.
    """

    midnight: I64
    opens_at: I64
    worked: I64
    business_days: I32
    first_day: int


@lru_cache(maxsize=64)
def calendar(zone: str = "UTC", holidays: frozenset[date] = frozenset()) -> Calendar:
    """The calendar of a workspace. `zone` is an IANA name; raises ZoneInfoNotFoundError for another."""
    place = ZoneInfo(zone)
    first = date(FIRST_YEAR, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(LAST_YEAR, 1, 1) - first).days)]
    is_open = np.array([day.weekday() < 5 and day not in holidays for day in days])
    opens_at = np.array([_moment(day, OPENS_AT, place) for day in days], dtype=np.int64)
    midnight = [_moment(day, 0, place) for day in [*days, days[-1] + timedelta(days=1)]]
    business_days = np.concatenate([[0], np.cumsum(is_open)])
    return Calendar(
        midnight=np.array(midnight, dtype=np.int64),
        opens_at=np.where(is_open, opens_at, NEVER),
        worked=business_days.astype(np.int64) * WORKING_DAY,
        business_days=business_days.astype(np.int32),
        first_day=(first - EPOCH).days,
    )


def civil_days(calendar: Calendar, moments: I64) -> I32:
    """Civil days of moments, in the workspace's zone."""
    rows = np.searchsorted(calendar.midnight, moments, side="right") - 1
    return (np.clip(rows, 0, len(calendar.opens_at) - 1) + calendar.first_day).astype(np.int32)


def midnights(calendar: Calendar, moments: I64) -> I64:
    """The moments at which the civil days of the given moments began."""
    return calendar.midnight[civil_days(calendar, moments) - calendar.first_day]


def epoch_days(days: Iterable[date]) -> I32:
    """Dates as days since 1970-01-01."""
    return np.array([(day - EPOCH).days for day in days], dtype=np.int32)


def moment_of(when: datetime) -> int:
    """An aware datetime as microseconds since 1970."""
    return int((when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))


def _moment(day: date, hour: int, place: ZoneInfo) -> int:
    local = datetime(day.year, day.month, day.day, hour, tzinfo=place)
    return int(local.timestamp()) * SECOND


@kernel
def day_row(calendar: Calendar, moment: int) -> int:
    """The row of a moment's civil day. Days are 23 to 25 hours long, so that a guess is one off at most."""
    last = len(calendar.opens_at) - 1
    row: int = min(max((moment - calendar.midnight[0]) // DAY, 0), last)
    while row > 0 and calendar.midnight[row] > moment:
        row -= 1
    while row < last and calendar.midnight[row + 1] <= moment:
        row += 1
    return row


@kernel
def civil_day(calendar: Calendar, moment: int) -> int:
    """The civil day of a moment in the workspace's zone."""
    day: int = calendar.first_day + day_row(calendar, moment)
    return day


@kernel
def working_clock(calendar: Calendar, moment: int) -> int:
    """Business microseconds from the first row to a moment; bh(a, b) is the difference of two, in hours."""
    return clock_in(calendar, day_row(calendar, moment), moment)


@kernel
def clock_in(calendar: Calendar, row: int, moment: int) -> int:
    """The working clock for a moment whose day is known already."""
    opens_at = calendar.opens_at[row]
    worked: int = calendar.worked[row]
    return worked if opens_at == NEVER else worked + min(max(moment - opens_at, 0), WORKING_DAY)


@kernel
def business_days(calendar: Calendar, start: int, end: int) -> int:
    """Business days after the day of `start`, up to and including the day of `end`."""
    return days_between(calendar, day_row(calendar, start), day_row(calendar, end))


@kernel
def days_between(calendar: Calendar, first: int, last: int) -> int:
    """Business days after the day of row `first`, up to and including the day of row `last`."""
    days: int = calendar.business_days[last + 1] - calendar.business_days[first + 1]
    return days
