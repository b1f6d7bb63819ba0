"""What the signals said on every Monday, block by block in bounded memory. Pure: facts in, columns out."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from auctor.risk.replay_weeks import Looks, versions_of
from auctor.signals.catalog import KEYS
from auctor.signals.frames import Loaded
from auctor.signals.norms import Norms
from auctor.signals.policy import Policy
from auctor.signals.scan import Scan, scans
from auctor.signals.score import Band, weigh
from auctor.signals.vocabulary import I8, I16, Flags, Forecast, State

F32 = NDArray[np.float32]
Progress = Callable[[int, int], None]
# How the forecast category reads as a risk: what is promised most is at risk least.
CATEGORY_RISK: Final = {
    Forecast.COMMIT: 0.0,
    Forecast.BEST_CASE: 33.0,
    Forecast.PIPELINE: 67.0,
    Forecast.OMITTED: 100.0,
}


class Seen(NamedTuple):
    """A row for each look. `score` is NaN where the deal was not judged, the baselines where they have no value;
    `fired` and `known` have a bit for each signal of the catalog; `live` tells that the deal was open then."""

    live: Flags
    score: F32
    band: I8
    by_stage: F32
    by_category: F32
    amount: NDArray[np.float64]
    fired: I16
    known: I16


def see(loaded: Loaded, looks: Looks, norms: Norms, policy: Policy, tell: Progress) -> Seen:
    """Judge every look by the settings of `policy` against the norms of its own day."""
    count, done = len(looks.at), 0
    seen = Seen(
        live=np.zeros(count, np.bool_),
        score=np.zeros(count, np.float32),
        band=np.zeros(count, np.int8),
        by_stage=np.zeros(count, np.float32),
        by_category=np.zeros(count, np.float32),
        amount=np.zeros(count),
        fired=np.zeros(count, np.int16),
        known=np.zeros(count, np.int16),
    )
    tell(0, count)
    for rows, found in scans(loaded, looks.deal, looks.at, norms=norms, policy=policy):
        _write(seen, rows, found, loaded, policy)
        done += len(rows)
        tell(done, count)
    return seen


def _write(seen: Seen, rows: NDArray[np.int64], found: Scan, loaded: Loaded, policy: Policy) -> None:
    state = found.frame.state
    scores = weigh(found.severity(), muted=policy.muted)
    seen.live[rows] = state.live == 1
    seen.band[rows] = scores.band
    seen.score[rows] = np.where(scores.band == Band.NOT_JUDGED, np.nan, scores.score)
    version = versions_of(loaded.facts.stages, state.stage, found.frame.pairs.at)
    seen.by_stage[rows] = np.where(version >= 0, 100 * (1 - loaded.facts.stages.probability[version]), np.nan)
    seen.by_category[rows] = np.nan
    for category, risk in CATEGORY_RISK.items():
        seen.by_category[rows[state.category == category]] = risk
    seen.amount[rows] = state.amount_base
    for bit, key in enumerate(KEYS):
        verdict = found.verdicts[key]
        seen.fired[rows] |= ((verdict.state == State.FIRED).astype(np.int16) << bit).astype(np.int16)
        seen.known[rows] |= ((verdict.state != State.UNKNOWN).astype(np.int16) << bit).astype(np.int16)
