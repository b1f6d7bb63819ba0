"""Which moments are learnt from, and what became of them. Pure.

Every closed deal is replayed at each of its stage changes and once a week; what is known of its end before
`until` is the label. A deal that closed later is open to the learner.
"""

from typing import Final, NamedTuple

import numpy as np

from auctor.risk.learning.records import Target
from auctor.signals.calendar import civil_days
from auctor.signals.tables import Facts
from auctor.signals.vocabulary import F64, I8, I64, NEVER, Field, Flags, StageKind

WEEK: Final = 7 * 86_400_000_000
MOST_WEEKS: Final = 104
# More closed deals than these, and the oldest are left out.
MOST_DEALS: Final = 20_000


class Ends(NamedTuple):
    """For each deal: 1 won, 0 lost, -1 open or unknown; and the moment of that end (NEVER: none)."""

    outcome: I8
    closed_at: I64


class Moves(NamedTuple):
    """Stage changes in the order of deals and of what happened; `known_at` is when each was on record."""

    deal: I64
    known_at: I64
    stage: I64


class Rows(NamedTuple):
    """Pairs of deal and moment."""

    deal: I64
    at: I64


def moves_of(facts: Facts) -> Moves:
    """All logged stage changes."""
    log = facts.changes
    deal = np.repeat(np.arange(len(log.first) - 1), np.diff(log.first))
    kept = log.field == Field.STAGE
    return Moves(deal[kept].astype(np.int64), log.known_at[kept].astype(np.int64), log.value[kept].astype(np.int64))


def kinds_of(facts: Facts) -> I8:
    """Whether each stage, as it is now, is open, won or lost."""
    found: I8 = facts.stages.kind[facts.stages.first[1:] - 1]
    return found


def ends_of(facts: Facts, moves: Moves, *, until: int) -> Ends:
    """What is known before `until` of every deal's end. A deal without a log of its stages has no known past."""
    count = len(facts.deals.created_at)
    outcome, closed_at = np.full(count, -1, np.int8), np.full(count, NEVER, np.int64)
    seen = np.flatnonzero((moves.known_at < until) & (moves.stage >= 0))
    last = np.full(count, -1, np.int64)
    last[moves.deal[seen]] = seen
    has = np.flatnonzero(last >= 0)
    kind = kinds_of(facts)[moves.stage[last[has]]]
    ended = has[kind != StageKind.OPEN]
    outcome[ended] = kind[kind != StageKind.OPEN] == StageKind.WON
    closed_at[ended] = moves.known_at[last[ended]]
    return Ends(outcome, closed_at)


def rows_of(facts: Facts, moves: Moves, ends: Ends) -> Rows:
    """The moments of all closed deals, by deal and moment: their stage changes, and every week of their lives."""
    closed = np.flatnonzero(ends.outcome >= 0)
    newest = closed[np.argsort(facts.deals.created_at[closed], kind="stable")][-MOST_DEALS:]
    chosen = np.zeros(len(ends.outcome), np.bool_)
    chosen[newest] = True
    kept = chosen[moves.deal] & (moves.known_at <= ends.closed_at[moves.deal])
    weekly = _weekly(facts.deals.created_at, ends.closed_at, np.sort(newest))
    deal = np.concatenate([moves.deal[kept], weekly.deal])
    at = np.concatenate([moves.known_at[kept], weekly.at])
    order = np.lexsort((at, deal))
    return Rows(deal[order], at[order])


def _weekly(created_at: I64, closed_at: I64, deals: I64) -> Rows:
    weeks = np.clip((closed_at[deals] - created_at[deals] - 1) // WEEK, 0, MOST_WEEKS)
    deal = np.repeat(deals, weeks)
    place = np.arange(len(deal)) - np.repeat(np.cumsum(weeks) - weeks, weeks)
    return Rows(deal, created_at[deal] + (place + 1) * WEEK)


def labels(facts: Facts, ends: Ends, rows: Rows, *, target: Target, close_on: I64) -> F64:
    """1 or 0 for each row, NaN where the target says nothing: its date has passed, or it has none.

    `close_on` is the close date that each row's deal bore then (days since 1970, negative: none).
    """
    won = ends.outcome[rows.deal] == 1
    if target is Target.WIN:
        return np.where(won, 1.0, 0.0)
    ended_on = civil_days(facts.calendar, ends.closed_at[rows.deal]).astype(np.int64)
    today = civil_days(facts.calendar, rows.at).astype(np.int64)
    if target is Target.WIN_IN_PERIOD:
        last = period_end(facts, today)
        return np.where(last >= 0, won & (ended_on <= last), np.nan)
    return np.where(has_date(close_on, today), won & (ended_on <= close_on), np.nan)


def has_date(close_on: I64, today: I64) -> Flags:
    """True where a close date is still to come."""
    found: Flags = (close_on >= 0) & (close_on >= today)
    return found


def period_end(facts: Facts, today: I64) -> I64:
    """The last day of each day's forecast period; -1 beyond the last that is known."""
    ends = facts.workspace.period_ends.astype(np.int64)
    place = np.searchsorted(ends, today)
    return np.where(place < len(ends), ends[np.minimum(place, len(ends) - 1)], -1)
