"""Levels and ramps."""

import numpy as np
import pytest

from auctor.signals.verdict import level_of, ramp
from auctor.signals.vocabulary import Level


class TestLevelOf:
    @pytest.mark.parametrize(
        ("severity", "level"),
        [
            (0.0, Level.NONE),
            (0.1, Level.LOW),
            (0.333, Level.LOW),
            (1 / 3, Level.MEDIUM),
            (1 / 3 - 1e-10, Level.MEDIUM),
            (0.67, Level.HIGH),
            (2 / 3 - 1e-10, Level.HIGH),
            (1.0, Level.HIGH),
        ],
    )
    def test_rises_in_thirds(self, severity: float, level: Level) -> None:
        assert level_of(np.array([severity]))[0] == level


class TestRamp:
    def test_rises_between_its_ends(self) -> None:
        assert ramp(np.array([6.0, 7.0, 11.0, 15.0, 99.0]), 7, 15).tolist() == [0, 0, 0.5, 1, 1]
