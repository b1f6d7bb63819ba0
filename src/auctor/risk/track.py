"""How a signal did: the lost share of the deals on which it fired, against all deals that it could judge. Pure."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from auctor.risk.replay_measure import first_firings
from auctor.signals.catalog import KEYS
from auctor.signals.vocabulary import DAY

# From so many fired deals on a signal without lift is proposed for muting.
ENOUGH_FIRED: Final = 50
DRAWS: Final = 4_000
SEED: Final = 20_110
INTERVAL: Final = (0.025, 0.975)


class Track(NamedTuple):
    """Counts of deals that ended: judged by the signal at least once, of them lost; fired on, of them lost.

    `early_days` is the median from the first firing to the loss; `low` and `high` bound the lift.
    """

    signal: str
    judged: int
    lost: int
    fired: int
    fired_lost: int
    early_days: float | None
    low: float | None
    high: float | None


def tracks_of(looks: pl.DataFrame, deals: pl.DataFrame) -> list[Track]:
    """The track of every signal of the catalog, from a replay's looks and the deals that ended in it."""
    return [track_of(key, looks, deals, bit) for bit, key in enumerate(KEYS)]


def track_of(signal: str, looks: pl.DataFrame, deals: pl.DataFrame, bit: int) -> Track:
    """The track of one signal. A deal counts once, by its first firing; one that it never could judge counts not."""
    ended = deals.select("deal", "ended_at", "is_lost")
    judged = ended.join(first_firings(looks, bit).filter("known"), on="deal", how="inner")
    fired = judged.filter(pl.col("fired_at").is_not_null())
    fired_lost = fired.filter("is_lost")
    lost = int(judged["is_lost"].sum())
    early = ((fired_lost["ended_at"] - fired_lost["fired_at"]) / DAY).median()
    interval = lift_interval(judged.height, lost, fired.height, fired_lost.height)
    return Track(
        signal,
        judged.height,
        lost,
        fired.height,
        fired_lost.height,
        float(early) if isinstance(early, int | float) else None,
        *(interval or (None, None)),
    )


def lift_of(judged: int, lost: int, fired: int, fired_lost: int) -> float | None:
    """Precision over base rate; None where nothing fired or nothing was lost."""
    return (fired_lost / fired) / (lost / judged) if fired and lost else None


def lift_interval(judged: int, lost: int, fired: int, fired_lost: int) -> tuple[float, float] | None:
    """The middle 95 % of the lift over resampled deals (a bootstrap: draws of the four kinds of deals, seeded)."""
    if not fired or not lost:
        return None
    kinds = np.array([fired_lost, fired - fired_lost, lost - fired_lost, judged - lost - (fired - fired_lost)])
    draws = np.random.default_rng(SEED).multinomial(judged, kinds / judged, size=DRAWS)
    drawn_fired, drawn_lost = draws[:, 0] + draws[:, 1], draws[:, 0] + draws[:, 2]
    usable = (drawn_fired > 0) & (drawn_lost > 0)
    if not usable.any():
        return None
    lift = (draws[usable, 0] / drawn_fired[usable]) / (drawn_lost[usable] / judged)
    low, high = np.quantile(lift, INTERVAL)
    return float(low), float(high)


def proposes_mute(fired: int, low: float | None, high: float | None) -> bool:
    """Whether the signal fired often enough to tell, and told nothing: the interval holds a lift of one."""
    return fired >= ENOUGH_FIRED and low is not None and high is not None and low <= 1 <= high
