"""Norm sets: which won deals they rest on, and what they knew when."""

import numpy as np
import pytest

from auctor.signals.norms import learn, look_up
from auctor.signals.passes.spreads import segments
from auctor.signals.vocabulary import Field, NormLevel, Source
from tests.signals.chance import made_up
from tests.signals.worlds import EARLY, LATE, MID, WON, World, moment, winners


def sized(amounts: list[int]) -> World:
    """Won deals of such amounts, won on day 40 after as many days in the first stage as their place in the list."""
    world = World()
    for stay, amount in enumerate(amounts):
        deal = world.deal(0, amount=amount)
        world.change(deal, Field.STAGE, 1 + stay / 10, MID)
        world.change(deal, Field.STAGE, 40, WON)
    return world


class TestLearn:
    def test_takes_quantiles_of_won_amounts(self) -> None:
        amounts = list(range(1, 101))
        norms = learn(sized(amounts).load().facts, np.array([moment(50)]))
        found = look_up(
            norms.amount,
            np.zeros(1, np.int32),
            np.zeros(1, np.int32),
            np.full(1, -1, np.int8),
            widest=NormLevel.WORKSPACE,
        )
        np.testing.assert_allclose(found.at[0], np.quantile(amounts, [0.5, 0.75]))
        assert (found.n[0], found.level[0]) == (100, NormLevel.PIPELINE)
        np.testing.assert_allclose(norms.bounds[0, 0], np.quantile(amounts, [1 / 3, 2 / 3]))

    @pytest.mark.parametrize(
        ("count", "level"), [(60, NormLevel.SEGMENT), (40, NormLevel.PIPELINE), (19, NormLevel.DEFAULT)]
    )
    def test_falls_back_where_too_few_were_won(self, count: int, level: NormLevel) -> None:
        norms = learn(sized(list(range(1, count + 1))).load().facts, np.array([moment(50)]))
        found = look_up(
            norms.stay,
            np.zeros(1, np.int32),
            np.full(1, EARLY, np.int32),
            np.zeros(1, np.int8),
            widest=NormLevel.PIPELINE,
        )
        assert found.level[0] == level
        assert np.isnan(found.at[0, 0]) == (level == NormLevel.DEFAULT)

    def test_knows_only_wins_before_the_day_began(self) -> None:
        world = sized(list(range(30)))
        norms = learn(world.load().facts, np.array([moment(39.5), moment(40.5)]))
        assert norms.amount.n[:, -1].tolist() == [0, 30]

    def test_forgets_wins_that_were_undone(self) -> None:
        world = sized(list(range(30)))
        world.change(0, Field.STAGE, 60, MID)
        norms = learn(world.load().facts, np.array([moment(50), moment(70)]))
        assert norms.amount.n[:, -1].tolist() == [30, 29]

    def test_is_not_moved_by_wins_and_losses_that_are_learnt_late(self) -> None:
        world = World()
        winners(world, 20, stay=10)
        told = learn(world.load().facts, np.array([moment(50)]))
        world.change(0, Field.STAGE, 12, WON, seen=60)
        world.change(1, Field.STAGE, 31, LATE, seen=60)
        world.change(1, Field.STAGE, 32, WON, seen=60)
        later = learn(world.load().facts, np.array([moment(50)]))
        for name in ("amount", "reply", "gap", "stay", "buyers"):
            np.testing.assert_array_equal(getattr(later, name).n, getattr(told, name).n)
            np.testing.assert_array_equal(getattr(later, name).at, getattr(told, name).at)

    def test_freezes_a_deal_at_its_win(self) -> None:
        world = World()
        winners(world, 20)
        before = learn(world.load().facts, np.array([moment(100)]))
        for deal in range(20):
            world.comes(deal, 90, deal)
            world.change(deal, Field.AMOUNT, 90, 5)
        after = learn(world.load().facts, np.array([moment(100)]))
        np.testing.assert_array_equal(before.gap.at, after.gap.at)
        np.testing.assert_array_equal(before.amount.at, after.amount.at)

    def test_converts_amounts_at_the_rate_of_the_time(self) -> None:
        world = World()
        world.rate(1, 0, 2.0)
        world.rate(1, 90, 3.0)
        world.rate(1, 10, 9.0, seen=91)
        for _ in range(20):
            deal = world.deal(0, amount=100, currency=1)
            world.change(deal, Field.STAGE, 40, WON)
        norms = learn(world.load().facts, np.array([moment(100)]))
        assert norms.amount.at[0, -1, 0] == 200

    def test_leaves_silences_unknown_where_mail_was_not_read(self) -> None:
        world = World()
        winners(world, 20)
        world.cover(Source.MAIL, 20, 1000)
        norms = learn(world.load().facts, np.array([moment(100)]))
        assert (norms.gap.n[0, -1], norms.amount.n[0, -1]) == (0, 20)


class TestSegments:
    def test_split_at_the_terciles(self) -> None:
        bounds, pipeline = np.array([[10.0, 20.0]]), np.zeros(5, np.int16)
        assert segments(bounds, pipeline, np.array([5, 10, 11, 21, np.nan])).tolist() == [0, 0, 1, 2, -1]

    def test_are_unknown_for_pipelines_without_wins(self) -> None:
        bounds = np.array([[np.nan, np.nan]])
        assert segments(bounds, np.array([0, 7], np.int16), np.array([5.0, 5.0])).tolist() == [-1, -1]


class TestManyDays:
    def test_are_learnt_as_each_alone(self) -> None:
        facts = made_up(11).load().facts
        days = np.array([moment(day) for day in (50, 60, 61, 90)])
        together = learn(facts, days)
        for place, day in enumerate(days):
            alone = learn(facts, np.array([day]))
            for name in ("amount", "reply", "gap", "stay", "buyers"):
                np.testing.assert_array_equal(getattr(together, name).at[place], getattr(alone, name).at[0])
            for left, right in zip(list(together.closings(place)), list(alone.closings(0)), strict=True):
                np.testing.assert_array_equal(np.sort(np.asarray(left)), np.sort(np.asarray(right)))
        assert together.day_of(days).tolist() == [0, 1, 2, 3]
