"""Quantiles of a measure over groups of won deals, in one pass over its sorted values."""

from typing import NamedTuple

import numpy as np

from auctor.signals.kernels import kernel, roomy
from auctor.signals.vocabulary import F64, I8, I16, I32, I64, Flags


class Groups(NamedTuple):
    """How samples fall into groups: `order` sorts their values (NaN last), `segment` is -1 for unknown.

    Groups: three terciles of every key, then every key as a whole, then all samples.
    """

    order: I64
    key: I32
    segment: I8
    member: Flags
    keys: int


def segments(bounds: F64, pipeline: I16, amount: F64) -> I8:
    """The tercile of each amount among won deals of its pipeline (`bounds[pipeline]`); -1 if unknown."""
    known = (pipeline >= 0) & (pipeline < len(bounds))
    low, high = bounds[np.where(known, pipeline, 0)].T
    found = (amount > low).astype(np.int8) + (amount > high)
    return np.where(known & ~np.isnan(amount) & ~np.isnan(low), found, -1).astype(np.int8)


@roomy
def spread_pass(values: F64, groups: Groups, quantiles: F64, n: I32, at: F64) -> None:
    """Write size and quantiles (linear between neighbours) of every group; NaN for empty ones."""
    n[:], at[:] = 0, np.nan
    for s in groups.order:
        if groups.member[s] and not np.isnan(values[s]):
            count_sample(groups, s, n)
    first = np.zeros(len(n) + 1, np.int64)
    for g in range(len(n)):
        first[g + 1] = first[g] + n[g]
    room, place = np.empty(first[-1]), first.copy()
    for s in groups.order:
        if groups.member[s] and not np.isnan(values[s]):
            put_sample(groups, s, values[s], (room, place))
    for g in range(len(n)):
        for q in range(len(quantiles)):
            if n[g] > 0:
                at[g, q] = quantile(room, first[g], n[g], quantiles[q])


@kernel
def count_sample(groups: Groups, s: int, n: I32) -> None:
    """Count a sample in each of its groups."""
    key, segment = groups.key[s], groups.segment[s]
    if segment >= 0:
        n[key * 3 + segment] += 1
    n[groups.keys * 3 + key] += 1
    n[len(n) - 1] += 1


@kernel
def put_sample(groups: Groups, s: int, value: float, room: tuple[F64, I64]) -> None:
    """Append a value to each of its groups; values come in rising order, so that groups are sorted."""
    values, place = room
    key, segment, last = groups.key[s], groups.segment[s], len(place) - 2
    if segment >= 0:
        values[place[key * 3 + segment]] = value
        place[key * 3 + segment] += 1
    values[place[groups.keys * 3 + key]] = value
    place[groups.keys * 3 + key] += 1
    values[place[last]] = value
    place[last] += 1


@kernel
def quantile(ordered: F64, start: int, count: int, q: float) -> float:
    """The quantile of sorted values, linear between neighbours (type 7 of Hyndman and Fan)."""
    position = q * (count - 1)
    below = int(position)
    above = min(below + 1, count - 1)
    low, high = ordered[start + below], ordered[start + above]
    found: float = low + (high - low) * (position - below)
    return found
