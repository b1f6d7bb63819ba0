"""What had happened to a deal by a moment: how often, when first, when last. Pure.

Every event carries the moment from which it held and was on record; nothing later is ever counted.
"""

from typing import Final

import numpy as np

from auctor.signals.vocabulary import F64, I64, Flags

# A deal's number and a moment's rank share one integer, so that one binary search finds both.
SHIFT: Final = 31


class Clock:
    """Ranks moments among all moments at which anything happened."""

    def __init__(self, moments: I64) -> None:
        self._moments = np.unique(moments)

    def keys(self, deal: I64, at: I64) -> I64:
        """A number for each pair that sorts by deal, then moment."""
        rank = np.searchsorted(self._moments, at, "right")
        found: I64 = (deal.astype(np.int64) << SHIFT) + rank
        return found


class Timeline:
    """Events of one kind, by deal and moment; those of one moment keep the order in which they came."""

    def __init__(self, clock: Clock, deal: I64, at: I64) -> None:
        self._clock = clock
        self.order = np.lexsort((at, deal))
        self.at = at[self.order]
        self._keys = clock.keys(deal[self.order], self.at)

    def kept(self, chosen: Flags) -> "Timeline":
        """Some of the events; `chosen` is in the order of the timeline."""
        some = Timeline.__new__(Timeline)
        some._clock, some.order = self._clock, self.order[chosen]
        some.at, some._keys = self.at[chosen], self._keys[chosen]
        return some

    def ends(self, deal: I64, at: I64) -> tuple[I64, I64]:
        """The first event of each pair's deal, and the one after its last up to the moment."""
        first = np.searchsorted(self._keys, deal.astype(np.int64) << SHIFT, "left")
        return first, np.searchsorted(self._keys, self._clock.keys(deal, at), "right")

    def count(self, deal: I64, at: I64) -> F64:
        """How many there were."""
        first, after = self.ends(deal, at)
        return (after - first).astype(np.float64)

    def hours_since(self, deal: I64, at: I64) -> F64:
        """Hours since the last one; NaN where there was none."""
        first, after = self.ends(deal, at)
        if not len(self.at):
            return np.full(len(at), np.nan)
        return np.where(after > first, (at - self.at[np.maximum(after - 1, 0)]) / 3.6e9, np.nan)

    def last(self, deal: I64, at: I64, values: I64, *, back: int = 0, nothing: int = -1) -> I64:
        """The value (in the order of the events given) of the last one, or of the one `back` before it."""
        first, after = self.ends(deal, at)
        if not len(self.at):
            return np.full(len(at), nothing, np.int64)
        place = after - 1 - back
        found: I64 = np.where(place >= first, values[self.order][np.maximum(place, 0)], nothing)
        return found

    def last_number(self, deal: I64, at: I64, numbers: F64) -> F64:
        """The number of the last one; NaN where there was none."""
        place = self.last(deal, at, np.arange(len(numbers)))
        return np.where(place >= 0, numbers[np.maximum(place, 0)] if len(numbers) else np.nan, np.nan)
