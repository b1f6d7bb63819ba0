"""The figures of a test."""

import numpy as np
from sklearn.metrics import brier_score_loss, roc_auc_score

from auctor.risk.learning import testing

CHANCE = np.random.default_rng(1)
PROBABILITY = np.round(CHANCE.random(500), 2)
LABEL = (CHANCE.random(500) < PROBABILITY).astype(np.float64)
DEAL = np.repeat(np.arange(100), 5)


class TestMeasure:
    def test_agrees_with_the_library(self) -> None:
        found = testing.measure(PROBABILITY, LABEL, DEAL)
        assert abs(found.auc.value - roc_auc_score(LABEL, PROBABILITY)) < 1e-12
        assert abs(found.brier.value - brier_score_loss(LABEL, PROBABILITY)) < 1e-12
        assert found.skill.low < found.skill.value < found.skill.high
        assert sum(one.count for one in found.bins) == 500
        assert found.calibration_error < 0.1

    def test_sees_no_skill_in_noise(self) -> None:
        assert testing.measure(CHANCE.permutation(PROBABILITY), LABEL, DEAL).skill.low < 0


class TestAuc:
    def test_is_a_half_where_all_ended_alike(self) -> None:
        assert testing.auc(np.array([0.1, 0.9]), np.ones(2)) == 0.5
