"""Senior access, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Role, Source, State
from tests.signals.worlds import EARLY, LATE, MID, World, winners

NOW = 60.0


def known(stage: int, *, left: int | None = None, touched: float | None = None, seen: int = 4) -> World:
    """A deal with some buyers without power, and perhaps a head who wrote some days ago."""
    world = World()
    deal = world.deal(stage=stage, close_on=None if left is None else int(NOW) + left)
    for _ in range(seen):
        world.comes(deal, NOW - 2, world.person(seniority=1), to_us=0)
    if touched is not None:
        world.comes(deal, NOW - touched, world.person(seniority=3), to_us=0)
    return world


class TestPower:
    @pytest.mark.parametrize(("left", "severity"), [(20, 1.0), (30, 1.0), (60, 0.6), (None, 0.6)])
    def test_is_missed_most_when_late_and_closing(self, left: int | None, severity: float) -> None:
        assert known(LATE, left=left).judge("senior_access", NOW).severity == pytest.approx(severity)

    def test_is_missed_in_a_large_deal_of_the_middle(self) -> None:
        world = known(MID)
        winners(world, 20, amount=50_000)
        assert world.judge("senior_access", NOW).severity == pytest.approx(0.4)

    def test_is_not_needed_early_in_a_small_deal(self) -> None:
        assert known(EARLY).judge("senior_access", NOW).reason == "not_needed"

    @pytest.mark.parametrize(("days", "severity"), [(50, 0.4), (45, 0.0), (10, 0.0)])
    def test_wears_off_after_45_days(self, days: float, severity: float) -> None:
        assert known(LATE, left=20, touched=days).judge("senior_access", NOW).severity == pytest.approx(severity)

    def test_is_unknown_with_one_of_three_titles(self) -> None:
        world = World()
        deal = world.deal(stage=LATE)
        for seniority in (1, -1, -1):
            world.comes(deal, NOW - 2, world.person(seniority=seniority), to_us=0)
        assert world.judge("senior_access", NOW).reason == "no_titles"

    def test_comes_with_the_role_of_a_decision_maker(self) -> None:
        world = known(LATE)
        world.role(0, 0, Role.ECONOMIC_BUYER)
        assert world.judge("senior_access", NOW).state == State.OK

    def test_comes_with_a_director_in_small_accounts(self) -> None:
        for seen, state in ((2, State.OK), (3, State.FIRED)):
            world = known(LATE, seen=seen)
            world.comes(0, NOW - 3, world.person(seniority=2), to_us=0)
            assert world.judge("senior_access", NOW).state == state

    def test_claims_never_only_where_mail_was_read_from_the_first_day(self) -> None:
        world = known(LATE, left=20)
        world.cover(Source.MAIL, 10, 1000)
        found = world.judge("senior_access", NOW)
        assert (found.severity, found.reason) == (0.4, "stale")
