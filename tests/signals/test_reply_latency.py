"""Reply latency, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Answer, NormLevel, State
from tests.signals.worlds import World, working

NOW = 70.5


def answered(recent: list[float], before: list[float]) -> World:
    """A world in which a buyer answered after so many business hours, lately and before."""
    world = World()
    deal, buyer = world.deal(), world.person()
    for number, gap in enumerate(before):
        day = 7 * (number + 1)
        world.goes(deal, working(day, 0), thread=number)
        world.comes(deal, working(day, gap), buyer, thread=number, to_us=0)
    for number, gap in enumerate(recent):
        thread = 100 + number
        world.goes(deal, working(56, 0), thread=thread)
        world.comes(deal, working(56, gap), buyer, thread=thread, to_us=0)
    return world


class TestSlowness:
    @pytest.mark.parametrize(
        ("recent", "before", "severity"),
        [
            ([20, 30, 28], [4, 6, 5, 7], 1.0),
            ([9, 10], [4, 4, 4], 0.0),
            ([6, 7], [1, 1, 1], 0.0),
            ([16, 18], [5, 5, 5], 0.357),
        ],
    )
    def test_compares_recent_answers_with_earlier_ones(
        self, recent: list[float], before: list[float], severity: float
    ) -> None:
        found = answered(recent, before).judge("reply_latency", NOW)
        assert found.severity == pytest.approx(severity, abs=5e-4)
        assert found.state == (State.FIRED if severity else State.OK)

    def test_is_unknown_after_a_single_answer(self) -> None:
        assert answered([30], []).judge("reply_latency", NOW).state == State.UNKNOWN

    def test_falls_back_to_eight_hours_without_enough_earlier_answers(self) -> None:
        found = answered([18, 18], [1, 1]).judge("reply_latency", NOW)
        assert found.data["base_hours"] == 8
        assert found.norm_level == NormLevel.DEFAULT

    def test_pairs_an_answer_with_the_latest_unanswered_message_of_its_thread(self) -> None:
        world = World()
        deal, buyer = world.deal(), world.person()
        for hours in (0, 10):
            world.goes(deal, working(56, hours), thread=1)
        for hours in (12, 14):
            world.comes(deal, working(56, hours), buyer, thread=1, to_us=0)
        found = world.judge("reply_latency", NOW)
        assert found.value == pytest.approx((2 + 14) / 2)


class TestOwing:
    @pytest.mark.parametrize(("hours", "severity"), [(8, 0.0), (16, 0.5), (24, 1.0)])
    def test_grows_with_the_age_of_an_open_message(self, hours: float, severity: float) -> None:
        world = answered([1, 1], [1, 1, 1])
        world.comes(0, working(63, 0), 0, thread=500)
        found = world.judge("reply_latency", working(63, hours))
        assert found.severity == pytest.approx(severity)
        assert found.reason == ("owed" if severity else "clear")

    def test_ends_with_a_later_message_of_ours_in_the_thread(self) -> None:
        world = answered([1, 1], [1, 1, 1])
        world.comes(0, working(63, 0), 0, thread=500)
        world.goes(0, working(63, 20), thread=500)
        assert world.judge("reply_latency", working(63, 30)).state == State.OK

    def test_ends_with_a_meeting_with_the_sender(self) -> None:
        world = answered([1, 1], [1, 1, 1])
        world.comes(0, working(63, 0), 0, thread=500)
        world.meeting(0, working(63, 20), {0: Answer.NONE}, booked=63)
        assert world.judge("reply_latency", working(63, 30)).state == State.OK

    def test_ignores_messages_that_only_copy_us(self) -> None:
        world = answered([1, 1], [1, 1, 1])
        world.comes(0, working(63, 0), 0, thread=500, to_us=0)
        assert world.judge("reply_latency", working(63, 30)).state == State.OK

    def test_fires_although_the_buyers_pace_is_unknown_and_names_its_evidence(self) -> None:
        world = World()
        deal, buyer = world.deal(), world.person()
        message = world.comes(deal, working(7, 0), buyer, thread=1)
        found = world.judge("reply_latency", working(7, 24))
        assert (found.severity, [proof.row for proof in found.evidence]) == (1.0, [message])
        assert "waited 24 business hours" in found.sentence
        assert "Answer" in found.clears
