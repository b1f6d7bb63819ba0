"""The floors and the split by time."""

import numpy as np

from auctor.risk.learning.fitting import fit_ratios
from auctor.risk.learning.model import probabilities
from auctor.risk.learning.records import Method
from auctor.risk.learning.rows import Ends
from auctor.risk.learning.study import method_for, split_of


class TestMethodFor:
    def test_keeps_the_floors(self) -> None:
        assert method_for(39, 500) is Method.NONE
        assert method_for(40, 40) is Method.RATIOS
        assert method_for(199, 900) is Method.RATIOS
        assert method_for(200, 200) is Method.FULL


class TestSplitOf:
    def test_learns_from_deals_that_ended_before_the_test_begins(self) -> None:
        created = np.arange(0, 1000, 10, dtype=np.int64)
        ends = Ends(np.tile([0, 1], 50).astype(np.int8), created + 35)
        found = split_of(created, ends, np.arange(100), until=10_000)
        assert found is not None
        assert found.tested.sum() == 20
        assert not (found.tested & found.trained).any()
        assert ends.closed_at[found.trained].max() < created[found.tested].min()

    def test_tests_on_deals_that_had_time_to_end(self) -> None:
        created = np.arange(0, 1000, 10, dtype=np.int64)
        ends = Ends(np.ones(100, np.int8), created + 100)
        found = split_of(created, ends, np.arange(100), until=1000)
        assert found is not None
        assert created[found.tested].max() <= 900


class TestFitRatios:
    def test_shrinks_the_ratio_of_few_deals(self) -> None:
        label = np.tile([1.0, 0.0], 100)
        often = np.where(np.arange(200) % 4 == 0, 1.0, 0.0)
        seldom = np.zeros(200)
        seldom[:4] = [1, 0, 1, 0]
        both = np.stack([often, seldom], axis=1)
        model = fit_ratios(["fired.champion", "fired.next_step"], both, label, np.arange(200))
        assert model.line.weight[0] > 10 * model.line.weight[1] > 0
        assert probabilities(model, both)[0] > 0.5
