"""Which deals a replay looks at, and when: every Monday of their lives, as the record has it now. Pure."""

from typing import Final, NamedTuple

import numpy as np

from auctor.risk.replay_records import ReplayPlan
from auctor.signals.calendar import EPOCH
from auctor.signals.tables import Facts, Stages
from auctor.signals.vocabulary import I8, I32, I64, NEVER, Field, Flags, StageKind

# Deals that ended in the period are looked at from so many days before it, so that "how early" is not cut off.
LEAD_DAYS: Final = 364


class Ends(NamedTuple):
    """For each deal when it ended (NEVER: it is open) and whether it was won then."""

    at: I64
    is_won: Flags


class Looks(NamedTuple):
    """Pairs of deal and Monday, by deal, then time."""

    deal: I32
    at: I64


def ends_of(facts: Facts, now: int) -> Ends:
    """How every deal ended, by what was on record at `now`: the first closed stage after the last open one."""
    changes, count = facts.changes, len(facts.deals.created_at)
    rows = np.flatnonzero((changes.field == Field.STAGE) & (changes.known_at <= now))
    deal = np.repeat(np.arange(count), np.diff(changes.first))[rows]
    kind, place = kinds_of(facts.stages, changes.value[rows], changes.effective_at[rows]), np.arange(len(rows))
    opened = np.full(count, -1, np.int64)
    is_open = kind == StageKind.OPEN
    np.maximum.at(opened, deal[is_open], place[is_open])
    closing = place > opened[deal]
    first, last = np.full(count, len(rows), np.int64), np.full(count, -1, np.int64)
    np.minimum.at(first, deal[closing], place[closing])
    np.maximum.at(last, deal, place)
    opening = kinds_of(facts.stages, facts.deals.opening[Field.STAGE].astype(np.int64), facts.deals.created_at)
    closed_first = (last < 0) & (opening > StageKind.OPEN)
    at = np.where(closed_first, facts.deals.created_at, np.full(count, NEVER))
    has = first < len(rows)
    at[has] = changes.effective_at[rows[first[has]]]
    is_won = np.where(last >= 0, kind[last] if len(rows) else -1, opening) == StageKind.WON
    return Ends(at, is_won)


def versions_of(stages: Stages, stage: I64 | I32, at: I64) -> I64:
    """The row of the version that held at each moment; before a stage's first version, the first. -1 for no stage."""
    known = (stage >= 0) & (stage < len(stages.first) - 1)
    safe = np.where(known, stage, 0)
    found: I64 = stages.first[safe].astype(np.int64)
    for one in np.flatnonzero(np.diff(stages.first) > 1):
        rows = np.flatnonzero(known & (safe == one))
        since = stages.since[stages.first[one] : stages.first[one + 1]]
        found[rows] += np.clip(np.searchsorted(since, at[rows], side="right") - 1, 0, None)
    found[~known] = -1
    return found


def kinds_of(stages: Stages, stage: I64 | I32, at: I64) -> I8:
    """The kind of each stage at its moment; -1 where there is no stage."""
    version = versions_of(stages, stage, at)
    kinds: I8 = np.where(version >= 0, stages.kind[version], -1).astype(np.int8)
    return kinds


def mondays(facts: Facts, plan: ReplayPlan, *, lead_days: int = LEAD_DAYS) -> tuple[I64, int]:
    """The beginnings of all Mondays from the lead before the period to its end, and how many lie before the period."""
    calendar = facts.calendar
    first, last = ((day - EPOCH).days for day in (plan.first_on, plan.last_on))
    days = np.arange(first - lead_days, last + 1)
    days = days[(days + 3) % 7 == 0]
    rows = np.clip(days - calendar.first_day, 0, len(calendar.opens_at) - 1)
    return calendar.midnight[rows], int((days < first).sum())


def period_of(facts: Facts, plan: ReplayPlan) -> tuple[int, int]:
    """The moments at which the period begins, and at which the day after it does."""
    calendar = facts.calendar
    rows = [(day - EPOCH).days - calendar.first_day for day in (plan.first_on, plan.last_on)]
    begin, end = np.clip(rows, 0, len(calendar.opens_at) - 1)
    return int(calendar.midnight[begin]), int(calendar.midnight[end + 1])


def looks_of(facts: Facts, ends: Ends, weeks: I64, before: int, period: tuple[int, int]) -> Looks:
    """Every Monday of the lives of the deals that ended in the period, and those in the period of all others."""
    born = np.maximum(facts.deals.created_at, facts.deals.known_at)
    first, last = np.searchsorted(weeks, born), np.searchsorted(weeks, ends.at)
    ended = (ends.at >= period[0]) & (ends.at < period[1])
    first = np.where(ended, first, np.maximum(first, before))
    count = np.maximum(last - first, 0)
    deal = np.repeat(np.arange(len(born), dtype=np.int32), count)
    starts = np.cumsum(count) - count
    return Looks(deal, weeks[np.repeat(first - starts, count) + np.arange(len(deal))])
