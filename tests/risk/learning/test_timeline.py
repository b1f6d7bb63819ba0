"""What had happened by a moment."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auctor.risk.learning.timeline import Clock, Timeline

events = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), max_size=30)


def line(told: list[tuple[int, int]]) -> Timeline:
    deal, at = (np.array([one[part] for one in told], dtype=np.int64) for part in (0, 1))
    return Timeline(Clock(at), deal, at)


class TestTimeline:
    @given(events, st.integers(0, 3), st.integers(0, 50))
    def test_counts_what_was_on_record_and_nothing_later(self, told: list[tuple[int, int]], deal: int, at: int) -> None:
        asked = np.array([deal]), np.array([at], dtype=np.int64)
        earlier = [one for one in told if one[1] <= at]
        found = line(told).count(*asked)
        assert found == sum(one[0] == deal for one in earlier)
        assert found == line(earlier).count(*asked)
        np.testing.assert_array_equal(line(told).hours_since(*asked), line(earlier).hours_since(*asked))

    def test_tells_the_value_of_the_last_and_the_one_before(self) -> None:
        made = line([(0, 5), (1, 1), (0, 3)])
        values, asked = np.array([7, 8, 9]), (np.array([0, 0, 1, 2]), np.array([5, 4, 9, 9], dtype=np.int64))
        assert made.last(*asked, values).tolist() == [7, 9, 8, -1]
        assert made.last(*asked, values, back=1).tolist() == [9, -1, -1, -1]
