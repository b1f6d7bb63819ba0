"""Compiling ahead reaches every kernel."""

from auctor.signals import kernels
from auctor.signals.prepare import tiny
from auctor.signals.scan import severities
from auctor.signals.vocabulary import DAY


class TestTiny:
    def test_can_be_judged(self) -> None:
        found = severities(tiny(), [0, 1], [1_704_067_200_000_000 + 40 * DAY] * 2)
        assert found.state.shape == (2, 12)
        assert kernels.count() > 50
