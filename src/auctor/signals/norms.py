"""Norm sets: what won deals of the workspace looked like in the 730 days before a day.

A norm comes from won deals of the same pipeline and amount tercile; from the pipeline, if they are fewer than
20; from the workspace; else the default stands. Norms change with the civil day, not with the hour: all moments
of a day are measured against what was on record when the day began.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from auctor.signals.calendar import midnights
from auctor.signals.kernels import fast
from auctor.signals.passes.closings import Closings, collect
from auctor.signals.passes.spreads import Groups, segments, spread_pass
from auctor.signals.passes.wins import Wins, read_wins
from auctor.signals.tables import Facts
from auctor.signals.vocabulary import ENOUGH, F64, I8, I32, I64, WON_WINDOW, Flags, NormLevel


@dataclass(frozen=True, slots=True)
class Spread:
    """Quantiles of one measure for every day and group; `n[day, group]`, `at[day, group, quantile]`.

    Groups of `keys` pipelines (or stages): three terciles of each, then each as a whole, then the workspace.
    """

    keys: int
    n: I32
    at: F64


@dataclass(frozen=True, slots=True)
class Found:
    """A norm for each pair: its quantiles (NaN: default), the level it came from, and the won deals behind it."""

    at: F64
    level: I8
    n: I32


@dataclass(frozen=True, slots=True)
class Norms:
    """All norms at the beginnings of some days. `source` are the facts they were learnt from, as long as closings
    are counted when needed; `kept` are those counted already."""

    days: I64
    bounds: F64
    source: Facts | None
    amount: Spread
    reply: Spread
    gap: Spread
    stay: Spread
    buyers: Spread
    kept: Mapping[int, Closings] | None = None

    def day_of(self, midnight: I64) -> I32:
        """The place of each day among `days`. Raises KeyError for a day that was not learnt."""
        place = np.searchsorted(self.days, midnight)
        found = self.days[np.minimum(place, len(self.days) - 1)] == midnight
        if not found.all():
            raise KeyError(f"No norms were learnt for the day that began at {int(midnight[~found][0])}.")
        return place.astype(np.int32)

    def closings(self, day: int) -> Closings:
        """The visits of all deals, as they were on record when the day began."""
        if self.kept is not None:
            return self.kept[day]
        if self.source is None:
            raise KeyError("The norms hold neither closings nor the facts to count them from.")
        return collect(self.source.log, int(self.days[day]), self.bounds[day])


def learn(facts: Facts, moments: I64) -> Norms:
    """The norms for the days of the given moments. Of a single day the closings are kept, so that the norms of
    today serve any part of the deals and let go of the facts."""
    days = np.unique(midnights(facts.calendar, moments))
    bounds, spreads = _measure(facts, days)
    norms = Norms(days, bounds, facts, kept=None, **spreads)
    return norms if len(days) != 1 else replace(norms, source=None, kept={0: norms.closings(0)})


def _measure(facts: Facts, days: I64) -> tuple[F64, dict[str, Spread]]:
    """The terciles of won amounts, and all spreads by name; the won deals themselves are let go."""
    pipelines, stages = int(facts.stages.pipeline.max(initial=-1)) + 1, len(facts.stages.first) - 1
    wins, visits = read_wins(facts, int(days.min(initial=0)) - WON_WINDOW, int(days.max(initial=0)))
    bounds = _bounds(wins, days, pipelines)
    every, pipeline = np.arange(len(wins.deal), dtype=np.int32), wins.pipeline.astype(np.int32)
    stage = np.ascontiguousarray(visits.stage)
    by_win, by_visit = (days, bounds, pipelines), (days, bounds, stages)
    return bounds, {
        "amount": _spread(Samples(wins, every, pipeline, wins.amount_base), by_win, (0.5, 0.75)),
        "reply": _spread(Samples(wins, every, pipeline, wins.reply_hours), by_win, (0.5,)),
        "gap": _spread(Samples(wins, every, pipeline, _known(wins.longest_gap)), by_win, (0.75, 0.95)),
        "stay": _spread(Samples(wins, visits.win, stage, _known(visits.stay)), by_visit, (0.75, 0.95)),
        "buyers": _spread(Samples(wins, visits.win, stage, _known(visits.buyers)), by_visit, (0.5,)),
    }


def look_up(spread: Spread, day: I32, key: I32, segment: I8, *, widest: NormLevel) -> Found:
    """The norm of each pair from the closest group with enough won deals, no wider than `widest`."""
    usable = (key >= 0) & (key < spread.keys)
    safe = np.where(usable, key, 0)
    last = spread.n.shape[1] - 1
    groups = [
        (NormLevel.WORKSPACE, np.full(len(key), last)),
        (NormLevel.PIPELINE, np.where(usable, spread.keys * 3 + safe, last)),
        (NormLevel.SEGMENT, np.where(usable & (segment >= 0), safe * 3 + segment, last)),
    ]
    at = np.full((len(key), spread.at.shape[2]), np.nan)
    level, n = np.full(len(key), NormLevel.DEFAULT, np.int8), np.zeros(len(key), np.int32)
    for rank, group in groups:
        narrow = group != last if rank > NormLevel.WORKSPACE else np.ones(len(key), np.bool_)
        chosen = narrow & (spread.n[day, group] >= ENOUGH) & (rank >= widest)
        at[chosen], n[chosen] = spread.at[day, group][chosen], spread.n[day, group][chosen]
        level[chosen] = rank
    return Found(at, level, n)


@dataclass(frozen=True, slots=True)
class Samples:
    """One measure: for each sample the win it belongs to, its pipeline or stage, and its value (NaN: none)."""

    wins: Wins
    win: I32
    key: I32
    values: F64


def _known(values: I32) -> F64:
    return np.where(values >= 0, values, np.nan).astype(np.float64)


def _members(wins: Wins, day: int) -> Flags:
    """Wins that count on a day: on record, not undone, and not older than 730 days."""
    return (wins.won_at <= day) & (wins.until > day) & (wins.won_at > day - WON_WINDOW)


def _bounds(wins: Wins, days: I64, pipelines: int) -> F64:
    """The terciles of won amounts for each day and pipeline; NaN where nothing was won."""
    values = np.ascontiguousarray(wins.amount_base)
    order = np.argsort(values, kind="stable")
    bounds = np.full((len(days), max(pipelines, 1), 2), np.nan)
    n = np.zeros(pipelines * 4 + 1, np.int32)
    at = np.full((pipelines * 4 + 1, 2), np.nan)
    nowhere = np.full(len(values), -1, np.int8)
    for k, day in enumerate(days):
        groups = Groups(order, wins.pipeline.astype(np.int32), nowhere, _members(wins, day), pipelines)
        fast(spread_pass, len(days) * len(values))(values, groups, np.array([1 / 3, 2 / 3]), n, at)
        bounds[k, :pipelines] = at[pipelines * 3 : pipelines * 4]
    return bounds


def _spread(samples: Samples, grid: tuple[I64, F64, int], quantiles: tuple[float, ...]) -> Spread:
    """Quantiles of one measure for every day and group; `grid` is days, amount terciles and number of keys."""
    days, bounds, keys = grid
    wins, values = samples.wins, np.ascontiguousarray(samples.values)
    order = np.argsort(values, kind="stable")
    n = np.zeros((len(days), keys * 4 + 1), np.int32)
    at = np.full((len(days), keys * 4 + 1, len(quantiles)), np.nan)
    run = fast(spread_pass, len(days) * len(values))
    for k, day in enumerate(days):
        segment = segments(bounds[k], wins.pipeline, wins.amount_base)[samples.win]
        groups = Groups(order, samples.key, segment, _members(wins, day)[samples.win], keys)
        run(values, groups, np.array(quantiles), n[k], at[k])
    return Spread(keys, n, at)
