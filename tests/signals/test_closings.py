"""The share won within the days left, against a Kaplan-Meier estimate written as in a textbook."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.signals.passes.closings import Closings, Shares, share_pass

VISITS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(-1, 2), st.booleans()), min_size=30, max_size=80
)


def closings(visits: list[tuple[int, int, int, bool]]) -> Closings:
    ordered = sorted(visits, key=lambda visit: -visit[0])
    stay, more, segment, won = (np.array(column) for column in zip(*ordered, strict=True))
    return Closings(
        np.array([0, len(visits)]), stay.astype(np.int16), (stay + more).astype(np.int16),
        segment.astype(np.int8), won.astype(np.int8),
    )  # fmt: skip


def textbook(visits: list[tuple[int, int, int, bool]], stay: int, left: int) -> float:
    """1 - product over days of (1 - won / at risk), among visits that stayed long enough."""
    there = [(first + more, won) for first, more, _, won in visits if first >= stay]
    open_share = 1.0
    for day in range(stay, stay + left + 1):
        at_risk = sum(end >= day for end, _ in there)
        won = sum(end == day and is_won for end, is_won in there)
        if at_risk:
            open_share *= 1 - won / at_risk
    return 1 - open_share


class TestSharePass:
    @settings(deadline=None)
    @given(VISITS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60)), min_size=1, max_size=5))
    def test_agrees_with_the_textbook(
        self, visits: list[tuple[int, int, int, bool]], asked: list[tuple[int, int]]
    ) -> None:
        asked = sorted(asked, reverse=True)
        stay, left = (np.array(column) for column in zip(*asked, strict=True))
        n = len(asked)
        shares = Shares(
            np.zeros(n, np.int32), np.full(n, -1, np.int8), stay.astype(np.int32), left.astype(np.int64),
            np.zeros(n), np.zeros(n, np.int8), np.zeros(n, np.int32),
        )  # fmt: skip
        share_pass(closings(visits), shares, np.arange(n))
        for row, (days, more) in enumerate(asked):
            won = sum(is_won for first, _, _, is_won in visits if first >= days)
            if won < 20:
                assert np.isnan(shares.share[row])
            else:
                np.testing.assert_allclose(shares.share[row], textbook(visits, days, more), atol=1e-12)
                assert shares.won[row] == won
