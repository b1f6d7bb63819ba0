"""Figures of a replay: ranks with ties and weights, and what a number of alarms finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.risk.replay_measure import Weighed

ROWS = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 4)), min_size=2, max_size=30)


def weighed(rows: list[tuple[int, bool, int]]) -> Weighed:
    values, lost, weight = (np.array(column) for column in zip(*rows, strict=True))
    return Weighed.of(values.astype(np.float64), lost.astype(np.bool_), weight.astype(np.float64))


class TestAuc:
    @settings(deadline=None)
    @given(ROWS)
    def test_is_the_share_of_pairs_in_the_right_order(self, rows: list[tuple[int, bool, int]]) -> None:
        pairs = [
            (one[2] * other[2], 1.0 if one[0] > other[0] else 0.5 if one[0] == other[0] else 0.0)
            for one in rows
            if one[1]
            for other in rows
            if not other[1]
        ]
        found = weighed(rows).auc()
        if not pairs:
            assert found is None
            return
        assert found == pytest.approx(sum(w * right for w, right in pairs) / sum(w for w, _ in pairs))


class TestAt:
    @settings(deadline=None)
    @given(ROWS, st.floats(0.01, 1.0))
    def test_finds_no_more_than_there_is(self, rows: list[tuple[int, bool, int]], alarms: float) -> None:
        found = weighed(rows).at(alarms)
        if found is None:
            assert not any(lost for _, lost, _ in rows)
            return
        assert 0 <= found.precision <= 1 + 1e-9
        assert 0 <= found.recall <= 1 + 1e-9

    def test_raises_equal_values_as_likely_as_each_other(self) -> None:
        found = weighed([(1, True, 1), (1, False, 1), (1, False, 1), (1, False, 1)]).at(0.5)
        assert found is not None
        assert (found.precision, found.recall) == (0.25, 0.5)
