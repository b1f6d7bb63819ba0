"""Close date credible, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Field, NormLevel, State
from tests.signals.worlds import EARLY, LOST, MID, WON, World


class TestOverdue:
    @pytest.mark.parametrize(("days", "severity"), [(1, 0.518), (14, 0.75), (28, 1.0), (60, 1.0)])
    def test_grows_over_four_weeks(self, days: int, severity: float) -> None:
        world = World()
        world.deal(close_on=30)
        found = world.judge("close_date_credible", 30.5 + days)
        assert found.value == days
        assert found.severity == pytest.approx(severity, abs=5e-4)

    def test_begins_after_the_day_itself(self) -> None:
        world = World()
        world.deal(close_on=30)
        assert world.judge("close_date_credible", 30.9).state == State.UNKNOWN

    def test_is_unknown_without_a_date(self) -> None:
        world = World()
        world.deal()
        assert world.judge("close_date_credible", 30).reason == "no_date"


def history(won_fast: int, won_slow: int, lost: int) -> World:
    """Deals that stood 10 days in the early stage; won after 5 or 55 more days, or lost after 30 more."""
    world = World()
    world.deal(200, close_on=240)
    for count, stage, day in ((won_fast, WON, 15), (won_slow, WON, 65), (lost, LOST, 40)):
        for _ in range(count):
            deal = world.deal(0)
            world.change(deal, Field.STAGE, 10, MID)
            world.change(deal, Field.STAGE, day, stage)
    return world


class TestShare:
    def test_is_that_of_deals_at_the_same_point_with_the_same_time_left(self) -> None:
        # On day 6 of the stage, 34 days are left: 5 of 50 were won by then, no other deal had ended.
        found = history(5, 45, 0).judge("close_date_credible", 206)
        assert found.value == pytest.approx(0.10)
        assert found.severity == pytest.approx(0.6)
        assert (found.norm_n, found.norm_level) == (50, NormLevel.SEGMENT)

    def test_counts_lost_deals_as_far_as_they_came(self) -> None:
        # Day 6 + 70 days: 5 of 60 won, 10 lost before the other 45 of 45 were won.
        world = history(5, 45, 10)
        world.rows["deals"][0] = (
            *world.rows["deals"][0][:3],
            world.rows["deals"][0][3] + 36,
            *world.rows["deals"][0][4:],
        )
        found = world.judge("close_date_credible", 206)
        assert found.value == pytest.approx(1.0)

    def test_is_unknown_below_twenty_won_deals(self) -> None:
        assert history(5, 14, 50).judge("close_date_credible", 206).reason == "too_few"

    def test_leaves_out_deals_that_had_left_the_stage_by_then(self) -> None:
        assert history(5, 45, 0).judge("close_date_credible", 211).reason == "too_few"

    def test_sees_only_what_had_ended_by_then(self) -> None:
        world = history(20, 30, 0)
        world.rows["deals"][0] = (world.rows["deals"][0][0] - 200 * 86_400_000_000, EARLY, *world.rows["deals"][0][2:])
        found = world.judge("close_date_credible", 30)
        assert found.norm_n in (0, 20)
