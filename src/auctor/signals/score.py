"""The rules score: signals weighed into one number from 0 to 100, and what each of them adds to it.

Severities are a row for each deal and a column for each signal of the catalog, NaN for unknown. Signals that see
the same thing stand in one group, so that nothing counts twice.
"""

from dataclasses import dataclass
from itertools import chain, combinations
from math import factorial
from typing import Final, TypeVar

import numpy as np

from auctor.signals.catalog import KEYS
from auctor.signals.vocabulary import F64, I8

T = TypeVar("T")
# Weight and signals of each group.
GROUPS: Final[dict[str, tuple[float, tuple[str, ...]]]] = {
    "engagement": (0.45, ("reply_latency", "buyer_silence", "engagement_drop", "champion")),
    "people": (0.35, ("multi_threading", "senior_access")),
    "time": (0.40, ("close_date_slips", "close_date_credible", "stage_stall")),
    "discipline": (0.25, ("next_step", "deal_regression", "commit_evidence")),
}
OTHERS_WEIGHT: Final = 0.25
ENOUGH_COVERAGE: Final = 0.5
BANDS: Final = ("low", "guarded", "high", "critical")
BAND_STARTS: Final = (25.0, 50.0, 75.0)
NO_BAND: Final = -1

_COLUMNS: Final = {name: np.array([KEYS.index(key) for key in keys]) for name, (_, keys) in GROUPS.items()}
_WEIGHTS: Final = {name: weight for name, (weight, _) in GROUPS.items()}


@dataclass(frozen=True, slots=True)
class Scores:
    """For each deal: the score (NaN without any known signal), the weighted share of known signals, and the band,
    -1 for "not enough data"."""

    score: F64
    coverage: F64
    band: I8


@dataclass(frozen=True, slots=True)
class Explanation:
    """`average` is what the average deal would score on the same known signals, `points` what each signal adds to
    or takes from that; their sum is the score."""

    average: F64
    points: F64
    score: F64


def score(severity: F64) -> Scores:
    """Weigh the severities of any number of deals."""
    coverage, points = coverage_of(severity), rules_score(severity)
    band = np.searchsorted(np.array(BAND_STARTS), np.nan_to_num(points), side="right")
    return Scores(points, coverage, np.where(coverage < ENOUGH_COVERAGE, NO_BAND, band).astype(np.int8))


def rules_score(severity: F64) -> F64:
    """100 (1 - product of (1 - w g)) / (1 - product of (1 - w)) over groups with a known signal."""
    safe, full = np.ones(len(severity)), np.ones(len(severity))
    for name, weight in _WEIGHTS.items():
        members = severity[:, _COLUMNS[name]]
        known = ~np.isnan(members).all(axis=1)
        safe *= np.where(known, 1 - weight * group_value(members), 1.0)
        full *= np.where(known, 1 - weight, 1.0)
    with np.errstate(invalid="ignore"):
        points: F64 = 100 * (1 - safe) / (1 - full)
    return points


def group_value(members: F64) -> F64:
    """The worst signal of a group and a quarter of the others together, at most 1; unknown ones add nothing."""
    known = np.nan_to_num(members)
    worst = known.max(axis=1)
    value: F64 = np.minimum(1.0, worst + OTHERS_WEIGHT * (known.sum(axis=1) - worst))
    return value


def coverage_of(severity: F64) -> F64:
    """The share of known signals; a group's weight is spread evenly over its signals."""
    shares = [weight * (~np.isnan(severity[:, _COLUMNS[name]])).mean(axis=1) for name, weight in _WEIGHTS.items()]
    coverage: F64 = np.sum(shares, axis=0) / sum(_WEIGHTS.values())
    return coverage


def explain(severity: F64, average: F64) -> Explanation:
    """What each signal adds to the score, in points, against the average deal.

    Owen values: Shapley values with the groups kept together. The order in which signals are looked at is averaged
    out, first between groups, then inside each, so that the points add up to the score exactly. Unknown signals
    add nothing; the average is taken over the deal's known signals. `average` has one severity for each signal.
    """
    usual = np.where(np.isnan(severity), np.nan, np.nan_to_num(average))
    full = _full(severity)
    points = np.zeros_like(severity)
    for name in GROUPS:
        others = _others(severity, usual, name)
        points[:, _COLUMNS[name]] = 100 * others[:, None] * _inside(severity, usual, name) / full[:, None]
    return Explanation(rules_score(usual), points, rules_score(severity))


def after_clearing(severity: F64) -> F64:
    """For each deal and signal, the score once that signal alone has cleared."""
    cleared = np.repeat(rules_score(severity)[:, None], severity.shape[1], axis=1)
    for column in range(severity.shape[1]):
        without = severity.copy()
        without[:, column] = np.where(np.isnan(without[:, column]), np.nan, 0.0)
        cleared[:, column] = rules_score(without)
    return cleared


def _full(severity: F64) -> F64:
    """1 - product of (1 - w) over groups with a known signal; 1 where there is none."""
    full = np.ones(len(severity))
    for name, weight in _WEIGHTS.items():
        full *= np.where(np.isnan(severity[:, _COLUMNS[name]]).all(axis=1), 1.0, 1 - weight)
    return np.where(full < 1, 1 - full, 1.0)


def _others(severity: F64, usual: F64, name: str) -> F64:
    """The mean, over all orders of the groups, of the product of (1 - w g) of the other groups."""
    rest = [other for other in GROUPS if other != name]
    total = np.zeros(len(severity))
    for before in _subsets(rest):
        product = np.full(len(severity), _share_of_orders(len(before), len(rest)))
        for other in rest:
            members = (severity if other in before else usual)[:, _COLUMNS[other]]
            product *= 1 - _WEIGHTS[other] * group_value(members)
        total += product
    return total


def _inside(severity: F64, usual: F64, name: str) -> F64:
    """The mean, over all orders inside a group, of what each of its signals adds to w g."""
    columns = _COLUMNS[name]
    own, average = severity[:, columns], usual[:, columns]
    added = np.zeros_like(own)
    for place in range(len(columns)):
        rest = [other for other in range(len(columns)) if other != place]
        for before in _subsets(rest):
            chosen = list(before)
            without = average.copy()
            without[:, chosen] = own[:, chosen]
            with_it = without.copy()
            with_it[:, place] = own[:, place]
            gain = group_value(with_it) - group_value(without)
            added[:, place] += _share_of_orders(len(before), len(rest)) * gain
    return _WEIGHTS[name] * added


def _subsets(items: list[T]) -> list[tuple[T, ...]]:
    return list(chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


def _share_of_orders(before: int, others: int) -> float:
    """The share of all orders in which exactly these items, of so many others, come first."""
    return factorial(before) * factorial(others - before) / factorial(others + 1)
