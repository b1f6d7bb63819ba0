"""Champion, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Answer, Role, State
from tests.signals.worlds import World, working


def carried(gap: int) -> World:
    """A named champion who wrote five times, every `gap` business days, last on business day 4 x gap."""
    world = World()
    deal, champion = world.deal(), world.person()
    world.role(deal, champion, Role.CHAMPION)
    for touch in range(5):
        world.comes(deal, working(0, 8 * gap * touch + 1), champion, to_us=0)
    return world


class TestQuiet:
    @pytest.mark.parametrize(("gap", "days", "severity"), [(2, 11, 0.5), (4, 15, 0.5), (2, 7, 0.0), (4, 20, 1.0)])
    def test_is_measured_by_the_champion_s_own_pace(self, gap: int, days: int, severity: float) -> None:
        found = carried(gap).judge("champion", working(0, 8 * (4 * gap + days) + 2))
        assert (found.value, found.data["gap"]) == (days, gap)
        assert found.severity == pytest.approx(severity)

    def test_weighs_more_while_others_stay_active(self) -> None:
        world = carried(2)
        world.comes(0, working(0, 8 * 18 + 1), world.person(), to_us=0)
        assert world.judge("champion", working(0, 8 * 19 + 2)).severity == pytest.approx(0.6)

    def test_uses_five_days_below_four_gaps(self) -> None:
        world = World()
        deal, champion = world.deal(), world.person()
        world.role(deal, champion, Role.CHAMPION)
        world.comes(deal, working(0, 1), champion, to_us=0)
        assert world.judge("champion", 30).data["gap"] == 5


class TestLeaving:
    def test_is_the_worst(self) -> None:
        world = carried(2)
        world.rows["people"][0] = (0, -(2**62), 1_704_067_200_000_000 + 20 * 86_400_000_000)
        assert world.judge("champion", 19).state == State.OK
        found = world.judge("champion", 21)
        assert (found.severity, found.reason) == (1.0, "left")

    def test_is_undone_by_a_later_message(self) -> None:
        world = carried(2)
        world.rows["people"][0] = (0, -(2**62), 1_704_067_200_000_000 + 5 * 86_400_000_000)
        assert world.judge("champion", 13).state == State.OK


class TestInference:
    def test_names_who_writes_and_meets_most_and_says_so(self) -> None:
        world = World()
        deal, busy, calm = world.deal(), world.person(), world.person()
        for day in range(4):
            world.comes(deal, day + 0.5, busy, to_us=0)
        for day in range(3):
            world.comes(deal, day + 0.6, calm, to_us=0)
        world.meeting(deal, 4.5, {busy: Answer.ACCEPTED})
        found = world.judge("champion", 40)
        assert found.data["inferred"] == 1
        assert (found.evidence[-1].row, "inferred" in found.sentence) == (busy, True)

    def test_counts_the_buyers_whom_a_person_brings_in(self) -> None:
        world = World()
        deal, first, second = world.deal(), world.person(), world.person()
        for day in range(3):
            world.comes(deal, day + 0.4, first, to_us=0, thread=1)
            world.comes(deal, day + 0.5, second, to_us=0, thread=2)
        world.comes(deal, 4.5, world.person(), to_us=0, thread=2)
        assert world.judge("champion", 40).evidence[-1].row == second

    def test_needs_three_messages(self) -> None:
        world = World()
        deal, buyer = world.deal(), world.person()
        for day in range(2):
            world.comes(deal, day + 0.5, buyer, to_us=0)
        assert world.judge("champion", 40).state == State.UNKNOWN
