"""The deal frame: one row for each pair of deal and moment, one column for each thing that a signal reads.

`frames.py` brings facts into tables; here the passes turn tables into columns. The live scan is the frame at
now; a replay is the same frame at many moments; one deal or all of them run through the same code.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from auctor.signals.calendar import midnights
from auctor.signals.kernels import fast
from auctor.signals.norms import Found, Norms, look_up
from auctor.signals.passes.closings import Shares, share_pass
from auctor.signals.passes.columns import (
    CoverColumns,
    PastColumns,
    StateColumns,
    TouchColumns,
    columns_of,
    pick,
    room,
)
from auctor.signals.passes.cover import cover_pass
from auctor.signals.passes.layout import make_room
from auctor.signals.passes.past import past_pass
from auctor.signals.passes.spreads import segments
from auctor.signals.passes.state import state_pass
from auctor.signals.passes.touches import quiet_pass, task_pass, touch_pass
from auctor.signals.policy import DEFAULT, Policy
from auctor.signals.tables import Facts, Pairs
from auctor.signals.vocabulary import F64, I8, I32, I64, NormLevel

# How many rows of facts a pair touches on average; only decides whether compiling pays.
ROWS_OF_A_PAIR = 20
# In the order of `Shares`.
SHARE_TYPES = (np.int32, np.int8, np.int32, np.int64, np.float64, np.int8, np.int32)


class NormColumns(NamedTuple):
    """What won deals looked like, for each pair; NaN where the default stands. Levels are `NormLevel`s."""

    reply: F64
    reply_level: I8
    reply_n: I32
    gap_usual: F64
    gap_long: F64
    gap_level: I8
    gap_n: I32
    stay_usual: F64
    stay_long: F64
    stay_level: I8
    stay_n: I32
    buyers: F64
    buyers_level: I8
    buyers_n: I32
    amount_median: F64
    amount_high: F64
    amount_level: I8
    amount_n: I32
    share: F64
    share_level: I8
    share_n: I32


@dataclass(frozen=True, slots=True)
class DealFrame:
    """The columns of all pairs, in the order of `pairs`, and the thresholds that they are judged by."""

    pairs: Pairs
    state: StateColumns
    past: PastColumns
    touches: TouchColumns
    cover: CoverColumns
    norms: NormColumns
    policy: Policy = DEFAULT

    def __len__(self) -> int:
        return len(self.pairs.at)

    def reordered(self, order: I64) -> "DealFrame":
        """The same frame with its rows in another order."""
        return DealFrame(
            pairs=pick(self.pairs, order),
            state=pick(self.state, order),
            past=pick(self.past, order),
            touches=pick(self.touches, order),
            cover=pick(self.cover, order),
            norms=pick(self.norms, order),
            policy=self.policy,
        )


def make_frame(facts: Facts, pairs: Pairs, norms: Norms, shares: Shares) -> DealFrame:
    """The frame of some sorted pairs; `shares` are theirs, from `ask_shares`."""
    rows = len(pairs.at) * ROWS_OF_A_PAIR
    state = read_state(facts, pairs)
    past = room(PastColumns, len(pairs.at))
    fast(past_pass, rows)(facts.log, pairs, past)
    cover = room(CoverColumns, len(pairs.at))
    fast(cover_pass, rows)(facts.coverage, pairs, state.owner, facts.workspace.patience, cover)
    return DealFrame(
        pairs=pairs,
        state=state,
        past=columns_of(PastColumns, past),
        touches=read_touches(facts, pairs, state.live),
        cover=columns_of(CoverColumns, cover),
        norms=norm_columns(facts, state, pairs, norms, shares),
    )


def read_state(facts: Facts, pairs: Pairs) -> StateColumns:
    """The state of every pair."""
    state = room(StateColumns, len(pairs.at))
    fast(state_pass, len(pairs.at) * ROWS_OF_A_PAIR)(facts.log, pairs, state)
    return columns_of(StateColumns, state)


def read_touches(facts: Facts, pairs: Pairs, live: I8) -> TouchColumns:
    """The touches of every pair that is live."""
    rows, touches = len(pairs.at) * ROWS_OF_A_PAIR, room(TouchColumns, len(pairs.at))
    layout = make_room(facts.contacts, np.unique(pairs.deal[live == 1]), facts.calendar)
    fast(touch_pass, rows)(facts.contacts, pairs, live, layout, touches)
    fast(quiet_pass, rows)(facts.absences, pairs, facts.calendar, touches)
    fast(task_pass, rows)(facts.tasks, pairs, touches)
    return columns_of(TouchColumns, touches)


def norm_columns(facts: Facts, state: StateColumns, pairs: Pairs, norms: Norms, shares: Shares) -> NormColumns:
    """Look up the norms of every pair's own day, pipeline, stage and amount."""
    day = norms.day_of(midnights(facts.calendar, pairs.at))
    pipeline, stage = state.pipeline.astype(np.int32), state.stage
    segment = segments_on(norms, day, state)
    found = {
        "reply": look_up(norms.reply, day, pipeline, segment, widest=NormLevel.WORKSPACE),
        "gap": look_up(norms.gap, day, pipeline, segment, widest=NormLevel.WORKSPACE),
        "stay": look_up(norms.stay, day, stage, segment, widest=NormLevel.PIPELINE),
        "buyers": look_up(norms.buyers, day, stage, segment, widest=NormLevel.PIPELINE),
        # An amount is large or small among all won deals of its pipeline, not among those of its own size.
        "amount": look_up(norms.amount, day, pipeline, np.full_like(segment, -1), widest=NormLevel.WORKSPACE),
    }
    columns = [column for norm in found.values() for column in _flat(norm)]
    return NormColumns._make([*columns, shares.share, shares.level, shares.won])


def _flat(norm: Found) -> list[NDArray[Any]]:
    return [*(np.ascontiguousarray(column) for column in norm.at.T), norm.level, norm.n]


def segments_on(norms: Norms, day: I32, state: StateColumns) -> I8:
    """The amount tercile of every pair among the won deals of its pipeline on its day."""
    pipelines = norms.bounds.shape[1]
    known = (state.pipeline >= 0) & (state.pipeline < pipelines)
    flat = np.where(known, day * pipelines + state.pipeline, -1)
    return segments(norms.bounds.reshape(-1, 2), flat.astype(np.int32), state.amount_base)


def ask_shares(facts: Facts, pairs: Pairs, norms: Norms, *, block: int) -> Shares:
    """For every pair, the share of deals that from the same day in the same stage were won in the days left.

    Asked for all pairs before anything else, because the visits of a day are counted once for all its pairs.
    """
    shares = Shares._make(np.zeros(len(pairs.at), kind) for kind in SHARE_TYPES)
    days = np.zeros(len(pairs.at), np.int32)
    shares.share[:] = np.nan
    for start in range(0, len(pairs.at), block):
        part = slice(start, start + block)
        some = Pairs(pairs.deal[part], pairs.at[part])
        days[part] = norms.day_of(midnights(facts.calendar, some.at))
        _ask(norms, days[part], read_state(facts, some), pick(shares, part))
    order = np.lexsort((-shares.stay, shares.stage, days))
    order = order[(shares.stage[order] >= 0) & (shares.left[order] >= 0)]
    starts = np.searchsorted(days[order], np.arange(len(norms.days) + 1))
    for day in range(len(norms.days)):
        asked = order[starts[day] : starts[day + 1]]
        if len(asked):
            closings = norms.closings(day)
            fast(share_pass, len(closings.stay) + len(asked) * ROWS_OF_A_PAIR)(closings, shares, asked)
    return shares


def _ask(norms: Norms, day: I32, state: StateColumns, shares: Shares) -> None:
    """Fill in the questions of some pairs; stage -1 asks nothing."""
    asks = (state.live == 1) & (state.stage_exact == 1) & (state.close_on >= state.today)
    shares.stage[:] = np.where(asks, state.stage, -1)
    shares.segment[:] = segments_on(norms, day, state)
    shares.stay[:] = state.stage_days
    shares.left[:] = np.where(asks, state.close_on - state.today, -1)
