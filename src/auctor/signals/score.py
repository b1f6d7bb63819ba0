"""The rules score: twelve severities weighed into one number from 0 to 100, and what it is made of.

Severities are columns in the order of the catalog; NaN means that a signal is unknown. The groups keep signals that
see the same thing from being counted twice. The score always exists; where too little is known it has no band.
"""

from collections.abc import Collection, Sequence
from enum import IntEnum
from math import factorial
from typing import Final, NamedTuple

import numpy as np

from auctor.signals.catalog import KEYS
from auctor.signals.vocabulary import F64, I8


class Group(NamedTuple):
    """Signals that see the same side of a deal, and how much that side weighs."""

    name: str
    weight: float
    keys: tuple[str, ...]


GROUPS: Final = (
    Group("engagement", 0.45, ("reply_latency", "buyer_silence", "engagement_drop", "champion")),
    Group("people", 0.35, ("multi_threading", "senior_access")),
    Group("time", 0.40, ("close_date_slips", "close_date_credible", "stage_stall")),
    Group("discipline", 0.25, ("next_step", "deal_regression", "commit_evidence")),
)
PLACES: Final = tuple(np.array([KEYS.index(key) for key in group.keys]) for group in GROUPS)
WEIGHTS: Final = np.array([group.weight for group in GROUPS])
# What the other signals of a group add to its worst.
OTHERS: Final = 0.25
# Below this share of known signals a deal has no band.
ENOUGH_COVERAGE: Final = 0.5
STEPS: Final = (25.0, 50.0, 75.0)
# A severity below this is none.
NOTHING: Final = 1e-9


class Band(IntEnum):
    """How urgent a deal is. NOT_JUDGED: too little is known to say."""

    NOT_JUDGED = 0
    CLEAR = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


class Scores(NamedTuple):
    """A row for each deal: score (NaN: nothing is known), coverage in [0, 1], band, and a column for each group."""

    score: F64
    coverage: F64
    band: I8
    groups: F64


class Step(NamedTuple):
    """Clear this signal, and the score goes from `before` to `after`."""

    key: str
    before: float
    after: float


def weigh(severity: F64, *, muted: Collection[str] = ()) -> Scores:
    """Scores of any number of deals; `severity` has a column for each signal of the catalog, NaN for unknown.

    Group value g = min(1, max + 0.25 · sum of the others); score = 100 · (1 - Π(1 - w·g)) / (1 - Π(1 - w)) over the
    groups with a known signal; coverage is the share of known signals, each weighing its share of its group.
    Signals in `muted` count as absent: their severities are NaN, and coverage does not ask for them.
    """
    groups = np.stack([_group_value(severity[:, places]) for places in PLACES], axis=1)
    known = ~np.isnan(groups)
    risk = 1 - np.where(known, 1 - WEIGHTS * np.where(known, groups, 0), 1).prod(axis=1)
    most = 1 - np.where(known, 1 - WEIGHTS, 1).prod(axis=1)
    score = np.where(most > 0, 100 * risk / np.where(most > 0, most, 1), np.nan)
    coverage = _coverage(severity, muted)
    return Scores(score, coverage, band_of(score, coverage), groups)


def band_of(score: F64, coverage: F64) -> I8:
    """Bands begin at 25, 50 and 75; without enough coverage there is none."""
    bands = (np.searchsorted(STEPS, np.where(np.isnan(score), 0, score) + NOTHING, side="right") + 1).astype(np.int8)
    judged = (coverage >= ENOUGH_COVERAGE - NOTHING) & ~np.isnan(score)
    return np.where(judged, bands, np.int8(Band.NOT_JUDGED))


def explain(severity: F64, average: F64) -> dict[str, float | None]:
    """What each signal adds to one deal's score, in points, against the average deal; None where it is unknown.

    The points are Shapley values: each signal's mean effect over all orders in which the average deal can become
    this one. They add up to the deal's score less the average deal's, measured on what is known of both.
    """
    known = np.flatnonzero(~np.isnan(severity) & ~np.isnan(average))
    count = len(known)
    subsets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    mixed = np.full((2**count, len(KEYS)), np.nan)
    mixed[:, known] = np.where(subsets == 1, severity[known], average[known])
    scores = np.nan_to_num(weigh(mixed).score)
    size = subsets.sum(axis=1)
    share = np.array([factorial(s) * factorial(count - s - 1) / factorial(count) for s in range(count)])
    points: dict[str, float | None] = dict.fromkeys(KEYS)
    for bit, place in enumerate(known):
        without = np.flatnonzero(subsets[:, bit] == 0)
        effect = scores[without | (1 << bit)] - scores[without]
        points[KEYS[place]] = float((share[size[without]] * effect).sum())
    return points


def clearing_steps(severity: F64) -> list[Step]:
    """The fired signals of one deal in the order in which clearing them helps most, with the score after each."""
    left, steps = severity.astype(np.float64), []
    while (fired := np.flatnonzero(left > NOTHING)).size:
        tried = np.repeat(left[None, :], fired.size, axis=0)
        tried[np.arange(fired.size), fired] = 0
        after = weigh(tried).score
        best = int(after.argmin())
        steps.append(Step(KEYS[fired[best]], float(weigh(left[None, :]).score[0]), float(after[best])))
        left = tried[best]
    return steps


def lead_of(severity: F64) -> Sequence[str]:
    """For each deal the signal that weighs most (empty: none fired): the first that a person should read of."""
    weights = np.zeros(len(KEYS))
    for group, places in zip(GROUPS, PLACES, strict=True):
        weights[places] = group.weight
    weighed = np.nan_to_num(severity) * weights
    best = weighed.argmax(axis=1)
    return [KEYS[place] if row[place] > NOTHING else "" for place, row in zip(best, weighed, strict=True)]


def _group_value(severity: F64) -> F64:
    known = ~np.isnan(severity)
    filled = np.where(known, severity, 0)
    worst = filled.max(axis=1)
    value = np.minimum(1, worst + OTHERS * (filled.sum(axis=1) - worst))
    return np.where(known.any(axis=1), value, np.nan)


def _coverage(severity: F64, muted: Collection[str]) -> F64:
    """The weighted share of known signals among those that count; 0 where none does."""
    counting = [places[[KEYS[place] not in muted for place in places]] for places in PLACES]
    weights = np.where([len(places) > 0 for places in counting], WEIGHTS, 0.0)
    known = np.zeros((len(severity), len(PLACES)))
    for column, places in enumerate(counting):
        if len(places):
            known[:, column] = (~np.isnan(severity[:, places])).mean(axis=1)
    share: F64 = known @ weights / max(weights.sum(), NOTHING)
    return share
