"""Stage stall, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import NEVER, Field, NormLevel, State
from tests.signals.worlds import EARLY, MID, START, World, moment, winners


class TestStall:
    @pytest.mark.parametrize(("days", "severity"), [(30, 0.0), (40, 0.333), (61, 1.0)])
    def test_counts_days_in_the_stage(self, days: int, severity: float) -> None:
        world = World()
        world.deal()
        found = world.judge("stage_stall", days)
        assert found.value == days
        assert found.severity == pytest.approx(severity, abs=5e-4)

    def test_begins_anew_on_entering_again_and_keeps_the_total(self) -> None:
        world = World()
        deal = world.deal()
        world.change(deal, Field.STAGE, 20, MID)
        world.change(deal, Field.STAGE, 30, EARLY)
        found = world.judge("stage_stall", 70)
        assert (found.value, found.data["total"]) == (40, 60)

    def test_is_unknown_where_the_record_begins_too_late_to_tell(self) -> None:
        world = World()
        world.settings["history_since"] = [[moment(50)] * 7]
        world.deal()
        assert world.judge("stage_stall", 60).reason == "no_history"
        assert world.judge("stage_stall", 100).state == State.FIRED

    def test_is_unknown_without_a_stage(self) -> None:
        world = World()
        world.settings["history_since"] = [[NEVER] * 7]
        world.deal()
        assert world.judge("stage_stall", 60).reason == "no_stage"

    def test_learns_from_won_deals(self) -> None:
        world = World()
        world.deal(100)
        winners(world, 20, stay=10)
        found = world.judge("stage_stall", 111)
        assert (found.threshold, found.severity, found.norm_n) == (10, 1.0, 20)
        assert found.norm_level >= NormLevel.PIPELINE


class TestNorm:
    def test_is_not_learnt_from_nineteen(self) -> None:
        world = World()
        world.deal(100)
        winners(world, 19, stay=10)
        assert world.judge("stage_stall", 111).norm_level == NormLevel.DEFAULT

    def test_forgets_after_730_days(self) -> None:
        world = World()
        world.deal(770)
        winners(world, 20, stay=10)
        assert (START, world.judge("stage_stall", 790).norm_level) == (START, NormLevel.DEFAULT)
