"""Prediction without the library."""

import numpy as np
import pytest

from auctor.risk.learning import fitting, model
from auctor.risk.learning.model import Model
from auctor.signals.kernels import always_compiled
from auctor.signals.vocabulary import F64

CODES = ["severity.stage_stall", "age_hours", "amount"]


def world(rows: int = 600) -> tuple[F64, F64]:
    """Inputs with holes, and ends that follow from them, but not quite."""
    chance = np.random.default_rng(7)
    inputs = chance.random((rows, 3)) * [1, 500, 10_000]
    log_odds = 1.5 - 3 * inputs[:, 0] + inputs[:, 1] / 250
    inputs[chance.random((rows, 3)) < 0.1] = np.nan
    return inputs, (chance.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.float64)


@pytest.fixture(scope="module")
def fitted() -> Model:
    return fitting.fit_full(CODES, *world())


class TestProbabilities:
    def test_equal_those_of_the_library(self) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        inputs, label = world()
        peer = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=6, random_state=0).fit(inputs, label)
        trees, start = fitting.to_trees(peer)
        nothing = np.zeros(3)
        ours = Model(tuple(CODES), trees, start, model.Line(nothing, nothing + 1, nothing), 0.0, 1.0, 1.0, 0.0)
        np.testing.assert_allclose(model.probabilities(ours, inputs), peer.predict_proba(inputs)[:, 1], atol=1e-6)

    def test_fall_in_a_severity(self, fitted: Model) -> None:
        inputs = np.repeat(np.nan_to_num(world(40)[0]), 11, axis=0)
        inputs[:, 0] = np.tile(np.linspace(0, 1, 11), 40)
        found = model.probabilities(fitted, inputs).reshape(40, 11)
        assert (np.diff(found, axis=1) <= 1e-12).all()

    def test_are_the_same_compiled(self, fitted: Model) -> None:
        inputs, _ = world(20)
        plain = model.raw(fitted, inputs)
        with always_compiled():
            np.testing.assert_allclose(model.raw(fitted, inputs), plain, rtol=1e-12)


class TestContributions:
    def test_add_up_to_the_log_odds(self, fitted: Model) -> None:
        inputs, _ = world(50)
        whole = model.average(fitted) + model.contributions(fitted, inputs).sum(axis=1)
        np.testing.assert_allclose(model.to_probability(whole), model.probabilities(fitted, inputs))


class TestUnpack:
    def test_gives_back_what_was_packed(self, fitted: Model) -> None:
        inputs, _ = world(50)
        again = model.unpack(model.pack(fitted))
        assert again.codes == fitted.codes
        np.testing.assert_array_equal(model.probabilities(again, inputs), model.probabilities(fitted, inputs))
