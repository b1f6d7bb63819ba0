"""Close date slips, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import NEVER, Field, State
from tests.signals.worlds import START_DAY, World

PERIOD_END = 90


def pushed(*moves: tuple[float, int], first: int = 60) -> World:
    """A deal to close on a day, then pushed on some days to others."""
    world = World()
    world.settings["period_ends"] = [START_DAY + PERIOD_END, START_DAY + 2 * PERIOD_END]
    deal = world.deal(close_on=first)
    for day, close_on in moves:
        world.change(deal, Field.CLOSE_ON, day, close_on)
    return world


class TestPushes:
    @pytest.mark.parametrize(
        ("moves", "severity"),
        [
            (((10, 70),), 0.25),
            (((10, 100),), 0.5),
            (((10, 70), (20, 100)), 0.75),
            (((10, 100), (20, 190)), 1.0),
            (((10, 67), (20, 74), (30, 81)), 0.75),
        ],
    )
    def test_add_up_with_those_past_a_period_s_end(self, moves: tuple[tuple[float, int], ...], severity: float) -> None:
        assert pushed(*moves).judge("close_date_slips", 50).severity == pytest.approx(severity)

    @pytest.mark.parametrize(
        "moves",
        [((10, 66),), ((10, 50),), ((3, 80),), ((10, 80), (10.5, 60))],
        ids=["six days", "earlier", "first week", "taken back within a day"],
    )
    def test_leave_out_what_is_none(self, moves: tuple[tuple[float, int], ...]) -> None:
        assert pushed(*moves).judge("close_date_slips", 50).state == State.OK

    def test_merge_edits_within_a_day(self) -> None:
        assert pushed((10, 64), (10.5, 68)).judge("close_date_slips", 50).value == 1

    def test_leave_out_bulk_edits_from_the_moment_they_are_seen_to_be(self) -> None:
        world = pushed()
        world.settings["bulk_known_at"] = [1_704_067_200_000_000 + 11 * 86_400_000_000]
        world.change(0, Field.CLOSE_ON, 10, 80, bulk=1)
        assert world.judge("close_date_slips", 10.5).state == State.FIRED
        assert world.judge("close_date_slips", 50).state == State.OK

    def test_are_unknown_without_history(self) -> None:
        world = pushed()
        world.settings["history_since"] = [[NEVER] * 7]
        assert world.judge("close_date_slips", 50).state == State.UNKNOWN

    def test_name_the_latest_two_as_evidence(self) -> None:
        found = pushed((10, 70), (20, 80), (30, 90)).judge("close_date_slips", 50)
        assert [proof.row for proof in found.evidence] == [2, 1]
