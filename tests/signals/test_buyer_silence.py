"""Buyer silence, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Answer, Field, NormLevel, Source, State
from tests.signals.worlds import World, winners, working


def silent(*, outs: tuple[float, ...] = (1, 2)) -> World:
    """A buyer wrote on the first Monday; we wrote on some business days after."""
    world = World()
    deal, buyer = world.deal(), world.person()
    world.comes(deal, working(0, 1), buyer, thread=1)
    for day in outs:
        world.goes(deal, working(0, 8 * day + 1), thread=1)
    return world


class TestSilence:
    @pytest.mark.parametrize(("days", "severity"), [(7, 0.0), (11, 0.5), (15, 1.0)])
    def test_counts_business_days_since_the_last_touch(self, days: int, severity: float) -> None:
        found = silent().judge("buyer_silence", working(0, 8 * days + 2))
        assert found.value == days
        assert found.severity == pytest.approx(severity)
        assert found.norm_level == NormLevel.DEFAULT

    def test_is_ok_with_an_accepted_meeting_within_ten_business_days(self) -> None:
        world = silent()
        world.meeting(0, 30, {0: Answer.ACCEPTED}, booked=1)
        found = world.judge("buyer_silence", working(0, 8 * 15 + 2))
        assert (found.state, found.reason) == (State.OK, "agreed")

    @pytest.mark.parametrize("outs", [(), (1,), (1, 1)])
    def test_needs_two_messages_of_ours_on_two_days(self, outs: tuple[float, ...]) -> None:
        assert silent(outs=outs).judge("buyer_silence", 30).reason == "not_written"

    def test_is_unknown_without_the_mailbox(self) -> None:
        world = silent()
        world.cover(Source.CALENDAR, -100, 1000)
        found = world.judge("buyer_silence", 30)
        assert (found.state, found.severity) == (State.UNKNOWN, 0.0)
        assert "mailbox" in found.clears

    def test_is_unknown_once_the_mailbox_is_stale(self) -> None:
        world = silent()
        world.cover(Source.MAIL, -100, 20)
        assert world.judge("buyer_silence", 20.5).state == State.FIRED
        assert world.judge("buyer_silence", 22).state == State.UNKNOWN

    def test_is_unknown_where_reading_began_after_the_last_touch(self) -> None:
        world = silent()
        world.cover(Source.MAIL, 5, 1000)
        assert world.judge("buyer_silence", 30).reason == "short_read"

    def test_listens_to_the_owner_s_mailbox_of_that_time(self) -> None:
        world = silent()
        world.cover(Source.MAIL, -100, 1000, owner=2)
        assert world.judge("buyer_silence", 30).state == State.UNKNOWN
        world.change(0, Field.OWNER, 10, 2)
        assert world.judge("buyer_silence", 30).state == State.FIRED

    def test_stops_its_clock_for_an_absence_but_for_ten_days_at_most(self) -> None:
        world = silent()
        before = world.judge("buyer_silence", working(0, 8 * 15 + 2)).value
        world.rows["absences"].append((0, *(1_704_067_200_000_000 + day * 86_400_000_000 for day in (2, 9, 2))))
        assert (before, world.judge("buyer_silence", working(0, 8 * 15 + 2)).value) == (15, 10)
        world.rows["absences"][0] = (*world.rows["absences"][0][:2], 2**62, world.rows["absences"][0][3])
        assert world.judge("buyer_silence", working(0, 8 * 15 + 2)).value == 5

    def test_ignores_automatic_answers(self) -> None:
        world = silent()
        world.comes(0, 20, 0, automatic=1)
        assert world.judge("buyer_silence", working(0, 8 * 15 + 2)).value == 15

    def test_hears_the_acceptance_of_a_meeting_far_ahead(self) -> None:
        world = silent()
        world.meeting(0, 60, {0: Answer.ACCEPTED}, booked=1, answered=17)
        assert world.judge("buyer_silence", working(0, 8 * 15 + 2)).value == 2


class TestNorm:
    def test_takes_the_longest_gaps_of_won_deals(self) -> None:
        world = silent()
        winners(world, 20, gap=9, stay=40)
        world.rows["deals"][0] = (*world.rows["deals"][0][:2], 100_000, *world.rows["deals"][0][3:])
        found = world.judge("buyer_silence", 100)
        assert (found.threshold, found.data["long_days"], found.norm_n) == (9, 12, 20)
        assert found.norm_level >= NormLevel.PIPELINE
        assert "20 won deals" in found.sentence
