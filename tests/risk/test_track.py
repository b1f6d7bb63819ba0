"""The track of a signal: counts of deals, the lift with its interval, the proposal to mute."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.risk.track import lift_interval, lift_of, proposes_mute, track_of
from auctor.signals.vocabulary import DAY


class TestTrackOf:
    def test_counts_a_deal_once_and_only_where_the_signal_could_judge(self) -> None:
        # Deal 0 is lost and fires twice, 1 is won and fires, 2 is lost and quiet, 3 was never known.
        looks = pl.DataFrame(
            {
                "deal": [0, 0, 1, 2, 3],
                "at": [10 * DAY, 17 * DAY, 10 * DAY, 10 * DAY, 10 * DAY],
                "known": [1, 1, 1, 1, 0],
                "fired": [1, 1, 1, 0, 0],
            },
            schema_overrides={"known": pl.Int16, "fired": pl.Int16},
        )
        deals = pl.DataFrame({"deal": [0, 1, 2, 3], "ended_at": [30 * DAY] * 4, "is_lost": [True, False, True, True]})
        found = track_of("x", looks, deals, 0)
        assert found[1:6] == (3, 2, 2, 1, 20.0)


class TestLiftInterval:
    @settings(deadline=None)
    @given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 200), st.integers(0, 200))
    def test_holds_the_lift(self, fired_lost: int, fired_won: int, other_lost: int, other_won: int) -> None:
        judged = fired_lost + fired_won + other_lost + other_won
        counts = judged, fired_lost + other_lost, fired_lost + fired_won, fired_lost
        lift, interval = lift_of(*counts), lift_interval(*counts)
        assert lift is not None
        assert interval is not None
        assert interval[0] - 0.1 <= lift <= interval[1] + 0.1

    def test_holds_one_for_a_signal_that_fires_by_chance(self) -> None:
        rng = np.random.default_rng(3)
        inside = 0
        for _ in range(40):
            lost, fired = rng.random(400) < 0.6, rng.random(400) < 0.4
            low, high = lift_interval(400, int(lost.sum()), int(fired.sum()), int((lost & fired).sum())) or (2, 2)
            inside += low <= 1 <= high
        assert inside >= 34

    def test_is_none_where_nothing_fired_or_nothing_was_lost(self) -> None:
        assert lift_interval(10, 5, 0, 0) is None
        assert lift_interval(10, 0, 5, 0) is None


class TestProposesMute:
    @pytest.mark.parametrize(
        ("fired", "low", "high", "proposes"),
        [(49, 0.9, 1.1, False), (50, 0.9, 1.1, True), (500, 1.01, 1.4, False), (500, 0.5, 0.9, False)],
    )
    def test_wants_enough_deals_and_no_lift(self, fired: int, low: float, high: float, proposes: bool) -> None:
        assert proposes_mute(fired, low, high) is proposes
        assert not proposes_mute(fired, None, None)
