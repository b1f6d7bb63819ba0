"""Next step, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Answer, Field, Source, State
from tests.signals.worlds import EARLY, LATE, MID, World

NOW = 40.0


def planned(stage: int, plan: str, *, left: int = 90) -> World:
    """A deal with one plan: a meeting, a task, a next step, or nothing."""
    world = World()
    deal, buyer = world.deal(stage=stage, close_on=int(NOW) + left), world.person()
    if plan == "meeting":
        world.meeting(deal, NOW + 10, {buyer: Answer.ACCEPTED}, booked=NOW - 2)
    if plan == "task":
        world.task(deal, NOW + 5, made=NOW - 2)
    if plan == "step":
        world.change(deal, Field.NEXT_STEP_ON, NOW - 5, int(NOW) + 3)
    return world


class TestAgreement:
    @pytest.mark.parametrize(
        ("stage", "plan", "severity"),
        [
            (LATE, "nothing", 1.0),
            (LATE, "task", 0.33),
            (LATE, "step", 0.33),
            (LATE, "meeting", 0.0),
            (MID, "nothing", 0.67),
            (MID, "task", 0.0),
            (MID, "step", 0.0),
            (EARLY, "nothing", 0.33),
        ],
    )
    def test_weighs_by_stage_and_plan(self, stage: int, plan: str, severity: float) -> None:
        assert planned(stage, plan).judge("next_step", NOW).severity == pytest.approx(severity)

    def test_is_missed_most_within_30_days_of_the_close_date(self) -> None:
        assert planned(EARLY, "nothing", left=30).judge("next_step", NOW).severity == 1.0

    @pytest.mark.parametrize("answer", [Answer.NONE, Answer.DECLINED, Answer.TENTATIVE])
    def test_asks_for_a_buyer_s_yes(self, answer: Answer) -> None:
        world = World()
        deal, buyer = world.deal(stage=MID, close_on=130), world.person()
        world.meeting(deal, NOW + 10, {buyer: answer}, booked=NOW - 2)
        assert world.judge("next_step", NOW).state == State.FIRED

    def test_sees_no_meeting_beyond_21_days_or_cancelled(self) -> None:
        for when, void in ((22.0, 1e4), (10.0, NOW - 1)):
            world = World()
            deal, buyer = world.deal(stage=MID, close_on=130), world.person()
            world.meeting(deal, NOW + when, {buyer: Answer.ACCEPTED}, booked=NOW - 2, void=void)
            assert world.judge("next_step", NOW).state == State.FIRED

    def test_sees_no_task_that_is_closed_overdue_or_far(self) -> None:
        for due, closed in ((NOW + 5, NOW - 1), (NOW - 1, 1e4), (NOW + 15, 1e4)):
            world = planned(MID, "nothing")
            world.task(0, due, made=NOW - 10, closed=closed)
            assert world.judge("next_step", NOW).state == State.FIRED

    def test_sees_no_step_that_is_past_or_was_set_long_ago(self) -> None:
        for changed, step in ((NOW - 15, 3), (NOW - 5, -1)):
            world = planned(MID, "nothing")
            world.change(0, Field.NEXT_STEP_ON, changed, int(NOW) + step)
            assert world.judge("next_step", NOW).state == State.FIRED

    def test_is_unknown_without_calendar_or_tasks(self) -> None:
        for seen in (Source.CALENDAR, Source.TASKS):
            world = planned(MID, "nothing")
            world.cover(seen, -100, 1000)
            assert world.judge("next_step", NOW).state == State.UNKNOWN
