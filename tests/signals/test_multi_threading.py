"""Multi-threading, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Answer, NormLevel, Source, State
from tests.signals.worlds import EARLY, LATE, MID, World, winners

NOW = 40.0


def talking(buyers: int, *, stage: int = EARLY, created: float = 0, amount: int = 100_000) -> World:
    """So many buyers wrote twice in the last 30 days."""
    world = World()
    deal = world.deal(created, stage=stage, amount=amount)
    for number in range(buyers):
        buyer = world.person()
        for day in (1, 3):
            world.comes(deal, NOW - day - number / 10, buyer, to_us=0)
    return world


class TestParticipation:
    @pytest.mark.parametrize(
        ("buyers", "stage", "severity"),
        [(1, LATE, 0.667), (2, LATE, 0.333), (1, MID, 0.5), (0, MID, 1.0), (5, LATE, 0.0)],
    )
    def test_compares_with_what_the_stage_needs(self, buyers: int, stage: int, severity: float) -> None:
        found = talking(buyers, stage=stage).judge("multi_threading", NOW)
        assert found.severity == pytest.approx(severity, abs=5e-4)

    @pytest.mark.parametrize(("buyers", "severity"), [(3, 0.25), (5, 0.0)])
    def test_needs_four_for_late_and_large_deals(self, buyers: int, severity: float) -> None:
        world = talking(buyers, stage=LATE, amount=100_000)
        winners(world, 20, amount=50_000)
        found = world.judge("multi_threading", NOW)
        assert found.threshold == 4
        assert found.severity == pytest.approx(severity)

    def test_needs_one_in_the_first_three_weeks(self) -> None:
        assert talking(1, stage=LATE, created=NOW - 10).judge("multi_threading", NOW).state == State.OK

    def test_fires_when_one_person_writes_nearly_everything(self) -> None:
        world = talking(2, stage=MID)
        for number in range(20):
            world.comes(0, NOW - 5 - number / 100, 0, to_us=0)
        found = world.judge("multi_threading", NOW)
        assert (found.severity, found.reason) == (0.33, "one_voice")

    def test_counts_attended_meetings_but_never_copies(self) -> None:
        world = talking(1, stage=MID)
        second, copied = world.person(), world.person()
        world.comes(0, NOW - 2, 0, to_us=0, people=(copied,))
        assert world.judge("multi_threading", NOW).value == 1
        world.meeting(0, NOW - 3, {second: Answer.NONE}, done=NOW - 2)
        assert world.judge("multi_threading", NOW).value == 2

    def test_counts_no_meeting_that_was_declined_or_cancelled(self) -> None:
        world = talking(1, stage=MID)
        second = world.person()
        world.meeting(0, NOW - 3, {second: Answer.DECLINED}, done=NOW - 2)
        world.meeting(0, NOW - 4, {second: Answer.ACCEPTED}, void=NOW - 5)
        assert world.judge("multi_threading", NOW).value == 1

    def test_is_unknown_where_too_few_were_seen_in_unread_mail(self) -> None:
        world = talking(1, stage=MID)
        world.cover(Source.MAIL, NOW - 20, 1000)
        assert world.judge("multi_threading", NOW).state == State.UNKNOWN

    def test_is_ok_where_enough_were_seen_even_in_unread_mail(self) -> None:
        world = talking(2, stage=MID)
        world.cover(Source.MAIL, NOW - 20, 1000)
        assert world.judge("multi_threading", NOW).state == State.OK


class TestNorm:
    def test_learns_from_won_deals_at_that_stage_within_two_and_six(self) -> None:
        world = talking(1, stage=EARLY)
        winners(world, 20)
        found = world.judge("multi_threading", NOW)
        assert (found.threshold, found.norm_n) == (2, 20)
        assert found.norm_level >= NormLevel.PIPELINE
