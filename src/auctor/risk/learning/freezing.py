"""Norms as they stood at a moment, for days that come after it: what is learnt stops there. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from auctor.signals.calendar import midnights
from auctor.signals.norms import Norms, Spread, learn
from auctor.signals.passes.closings import Closings
from auctor.signals.tables import Facts
from auctor.signals.vocabulary import I32, I64


class LaterClosings(Mapping[int, Closings]):
    """The closings of each day; days that share a source share its closings, which are counted once."""

    def __init__(self, norms: Norms, places: I32) -> None:
        self._norms, self._places = norms, places
        self._last: tuple[int, Closings] | None = None

    def __getitem__(self, day: int) -> Closings:
        place = int(self._places[day])
        if self._last is None or self._last[0] != place:
            self._last = place, self._norms.closings(place)
        return self._last[1]

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self._places)))

    def __len__(self) -> int:
        return len(self._places)


def norms_until(facts: Facts, moments: I64, *, until: int) -> Norms:
    """The norms of the moments' days; from `until` on those of the day of `until`."""
    days = np.unique(midnights(facts.calendar, moments))
    learnt = learn(facts, np.minimum(days, until))
    places = learnt.day_of(midnights(facts.calendar, np.minimum(days, until)))
    spreads = {name: _on(getattr(learnt, name), places) for name in ("amount", "reply", "gap", "stay", "buyers")}
    return replace(
        learnt, days=days, bounds=learnt.bounds[places], source=None, kept=LaterClosings(learnt, places), **spreads
    )


def _on(spread: Spread, places: I32) -> Spread:
    return Spread(spread.keys, spread.n[places], spread.at[places])
