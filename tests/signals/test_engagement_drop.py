"""Engagement drop, held to the worked values of its definition."""

import numpy as np
import pytest

from auctor.signals.engagement_drop import poisson_cdf
from auctor.signals.vocabulary import Source, State
from tests.signals.worlds import World

NOW = 60.0


def visited(usual: int, lately: int) -> World:
    """Touches of one buyer: so many per 14 days in the 42 days before, so many in the last 14."""
    world = World()
    deal, buyer = world.deal(), world.person()
    for number in range(usual * 3):
        world.comes(deal, NOW - 14.5 - 41 * number / (usual * 3), buyer, to_us=0)
    for number in range(lately):
        world.comes(deal, NOW - 1 - number, buyer, to_us=0)
    return world


class TestDrop:
    @pytest.mark.parametrize(
        ("usual", "lately", "probability", "severity"),
        [(6, 2, 0.062, 0.667), (6, 3, 0.151, 0.0), (3, 0, 0.050, 1.0)],
    )
    def test_fires_on_what_chance_does_not_explain(
        self, usual: int, lately: int, probability: float, severity: float
    ) -> None:
        found = visited(usual, lately).judge("engagement_drop", NOW)
        assert found.data["probability"] == pytest.approx(probability, abs=6e-4)
        assert found.severity == pytest.approx(severity, abs=5e-4)

    def test_is_unknown_for_rare_touches(self) -> None:
        assert visited(2, 0).judge("engagement_drop", NOW).reason == "rare"

    def test_is_unknown_for_young_deals(self) -> None:
        world = visited(6, 0)
        world.rows["deals"][0] = (world.rows["deals"][0][0] + 10 * 86_400_000_000, *world.rows["deals"][0][1:])
        assert world.judge("engagement_drop", NOW).reason == "young"

    def test_is_unknown_where_mail_was_not_read_for_eight_weeks(self) -> None:
        world = visited(6, 0)
        world.cover(Source.MAIL, 30, 1000)
        assert world.judge("engagement_drop", NOW).state == State.UNKNOWN


class TestPoissonCdf:
    def test_agrees_with_the_sum_of_its_definition(self) -> None:
        expected = np.exp(-4.0) * (1 + 4 + 8 + 32 / 3)
        assert poisson_cdf(np.array([3], np.int32), np.array([4.0]))[0] == pytest.approx(expected)

    def test_survives_large_means(self) -> None:
        found = poisson_cdf(np.array([900, 2000], np.int32), np.array([1000.0, 1000.0]))
        assert 0 < found[0] < 0.01
        assert found[1] == 1
