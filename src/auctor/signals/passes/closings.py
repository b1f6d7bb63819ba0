"""How many deals that stood as long in the same stage were won within so many days (Kaplan-Meier).

Every visit of a deal to an open stage is one row: how long it stayed, how long after entering the deal ended, and
whether it was won then. Open deals are counted as far as they have come, lost ones until they were lost.
"""

from typing import NamedTuple

import numpy as np

from auctor.signals.kernels import fast, kernel, roomy
from auctor.signals.passes.state import base_rate, is_logged, opening, value_of, version_of
from auctor.signals.tables import Log
from auctor.signals.vocabulary import (
    DAY,
    ENOUGH,
    F64,
    I8,
    I16,
    I32,
    I64,
    WON_WINDOW,
    Field,
    NormLevel,
    StageKind,
)

# Longer stays count as this many days.
LAST_DAY = 4095
EVERY = 3
# Compiled code cannot choose between members of an enum, but between their numbers.
BY_SEGMENT, BY_PIPELINE = int(NormLevel.SEGMENT), int(NormLevel.PIPELINE)


class Closings(NamedTuple):
    """Visits by stage, longest stay first; `segment` is the amount tercile, -1 unknown; `first` by stage."""

    first: I64
    stay: I16
    end: I16
    segment: I8
    is_won: I8


class Shares(NamedTuple):
    """What is asked (stage, segment, days in stage, days left) and answered: share, its level, won deals."""

    stage: I32
    segment: I8
    stay: I32
    left: I64
    share: F64
    level: I8
    won: I32


def collect(log: Log, day: int, bounds: F64) -> Closings:
    """All visits as they were on record at a moment; `bounds[pipeline]` are the terciles of won amounts."""
    rows = len(log.changes.field) + len(log.deals.created_at)
    stages = len(log.stages.first) - 1
    counts = np.zeros(stages * (LAST_DAY + 1) + 1, np.int64)
    empty = Closings(counts, np.zeros(0, np.int16), np.zeros(0, np.int16), np.zeros(0, np.int8), np.zeros(0, np.int8))
    fast(visit_pass, rows)(log, (day, bounds), counts, empty)
    places = np.cumsum(counts) - counts
    total = int(counts.sum())
    first = places[:: LAST_DAY + 1].copy()
    found = Closings(
        first,
        np.zeros(total, np.int16),
        np.zeros(total, np.int16),
        np.zeros(total, np.int8),
        np.zeros(total, np.int8),
    )
    fast(visit_pass, rows)(log, (day, bounds), places, found)
    return found


@kernel
def segment_of(bounds: F64, pipeline: int, amount: float) -> int:
    """The tercile of an amount among won deals of its pipeline; -1 if either is unknown."""
    if pipeline < 0 or np.isnan(amount) or np.isnan(bounds[pipeline, 0]):
        return -1
    return int(amount > bounds[pipeline, 0]) + int(amount > bounds[pipeline, 1])


@kernel
def visit_pass(log: Log, when: tuple[int, F64], places: I64, out: Closings) -> None:
    """Count visits by stage and stay into `places`, or, where there is room, write them to their places."""
    day, bounds = when
    for deal in range(len(log.deals.created_at)):
        if log.deals.known_at[deal] > day or not is_logged(log, deal, Field.STAGE, log.deals.created_at[deal]):
            continue
        stage, ended, is_won = ending(log, deal, day)
        if stage < 0 or ended <= day - WON_WINDOW:
            continue
        amount = value_of(log, deal, Field.AMOUNT, day)
        pipeline = log.stages.pipeline[version_of(log.stages, stage, day)]
        size = amount * base_rate(log, deal, day) if amount >= 0 else np.nan
        place_visits(log, (deal, day, ended, is_won, segment_of(bounds, pipeline, size)), places, out)


@kernel
def ending(log: Log, deal: int, day: int) -> tuple[int, int, bool]:
    """The latest stage, when the deal ended (the day itself if it is open), and whether it was won."""
    changes, stage, at = log.changes, opening(log, deal, Field.STAGE, day), log.deals.created_at[deal]
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] == Field.STAGE and changes.known_at[row] <= day and changes.value[row] != stage:
            stage, at = changes.value[row], changes.effective_at[row]
    if stage < 0:
        return -1, day, False
    kind = log.stages.kind[version_of(log.stages, stage, day)]
    return stage, (day if kind == StageKind.OPEN else at), kind == StageKind.WON


@kernel
def place_visits(log: Log, ended: tuple[int, int, int, bool, int], places: I64, out: Closings) -> None:
    """Place every visit of one deal; `ended` is deal, day, end, won, segment."""
    deal, day, end, is_won, segment = ended
    changes, stages = log.changes, log.stages
    stage, entered = opening(log, deal, Field.STAGE, day), log.deals.created_at[deal]
    for row in range(changes.first[deal], changes.first[deal + 1] + 1):
        last = row == changes.first[deal + 1]
        if not last and (changes.field[row] != Field.STAGE or changes.known_at[row] > day):
            continue
        if not last and changes.value[row] == stage:
            continue
        left = end if last else changes.effective_at[row]
        if stage >= 0 and stages.kind[version_of(stages, stage, entered)] == StageKind.OPEN and left >= entered:
            stay, until = min((left - entered) // DAY, LAST_DAY), min((end - entered) // DAY, LAST_DAY)
            key = stage * (LAST_DAY + 1) + LAST_DAY - stay
            place = places[key]
            places[key] = place + 1
            if place < len(out.stay):
                out.stay[place], out.end[place] = stay, max(until, stay)
                out.segment[place], out.is_won[place] = segment, is_won
        if not last:
            stage, entered = changes.value[row], left


@roomy
def share_pass(closings: Closings, asked: Shares, order: I64) -> None:
    """Answer the questions named by `order`, which must stand by stage, longest stay first."""
    exits = np.zeros((EVERY + 1, LAST_DAY + 2), np.int32)
    wins = np.zeros((EVERY + 1, LAST_DAY + 2), np.int32)
    stage, member = -1, 0
    for q in order:
        if asked.stage[q] != stage:
            stage = asked.stage[q]
            exits[:], wins[:] = 0, 0
            member = closings.first[stage]
        while member < closings.first[stage + 1] and closings.stay[member] >= asked.stay[q]:
            add(closings, member, exits, wins, EVERY)
            if closings.segment[member] >= 0:
                add(closings, member, exits, wins, closings.segment[member])
            member += 1
        answer(exits, wins, asked, q)


@kernel
def add(closings: Closings, member: int, exits: I32, wins: I32, segment: int) -> None:
    """Count one visit by the day of its end, and in the sums of the last column."""
    exits[segment, closings.end[member]] += 1
    exits[segment, LAST_DAY + 1] += 1
    wins[segment, closings.end[member]] += closings.is_won[member]
    wins[segment, LAST_DAY + 1] += closings.is_won[member]


@kernel
def answer(exits: I32, wins: I32, asked: Shares, q: int) -> None:
    """The share won within the days left; the last column of `exits` and `wins` holds their sums."""
    asked.share[q], asked.level[q], asked.won[q] = np.nan, NormLevel.FIXED, 0
    segment, level = asked.segment[q], BY_SEGMENT
    if segment < 0 or wins[segment, LAST_DAY + 1] < ENOUGH:
        segment, level = EVERY, BY_PIPELINE
    if wins[segment, LAST_DAY + 1] < ENOUGH:
        return
    open_share, at_risk = 1.0, exits[segment, LAST_DAY + 1]
    for day in range(asked.stay[q], min(asked.stay[q] + asked.left[q], LAST_DAY) + 1):
        if at_risk <= 0:
            break
        open_share *= 1.0 - wins[segment, day] / at_risk
        at_risk -= exits[segment, day]
    asked.share[q], asked.level[q], asked.won[q] = 1.0 - open_share, level, wins[segment, LAST_DAY + 1]
