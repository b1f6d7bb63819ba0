"""Deal regression, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import NEVER, Field, Forecast, State
from tests.signals.worlds import EARLY, LATE, MID, World, moment

NOW = 60.0


def moved(*changes: tuple[Field, float, int | None], stage: int = MID, actor: int = 1) -> World:
    """A deal of the middle with some changes."""
    world = World()
    deal = world.deal(stage=stage, amount=100_000)
    for name, day, value in changes:
        world.change(deal, name, day, value, actor=actor)
    return world


class TestSteps:
    @pytest.mark.parametrize(
        ("changes", "severity"),
        [
            (((Field.STAGE, 50, EARLY),), 0.67),
            (((Field.AMOUNT, 50, 75_000),), 0.5),
            (((Field.AMOUNT, 50, 80_000),), 0.5),
            (((Field.AMOUNT, 50, 50_000),), 1.0),
            (((Field.AMOUNT, 50, 81_000),), 0.0),
            (((Field.STAGE, 50, EARLY), (Field.OWNER, 51, 2)), 1.0),
            (((Field.CATEGORY, 50, Forecast.PIPELINE),), 0.5),
            (((Field.OWNER, 50, 2),), 0.33),
            (((Field.OWNER, 50, None),), 0.67),
            (((Field.STAGE, 50, EARLY), (Field.STAGE, 50 + 2 / 24, MID)), 0.0),
            (((Field.STAGE, 50, LATE), (Field.STAGE, 50.9, MID)), 0.0),
            (((Field.STAGE, 50, LATE), (Field.STAGE, 52, MID)), 0.67),
            (((Field.STAGE, 20, EARLY),), 0.0),
        ],
    )
    def test_add_up(self, changes: tuple[tuple[Field, float, int | None], ...], severity: float) -> None:
        assert moved(*changes).judge("deal_regression", NOW).severity == pytest.approx(severity)

    def test_are_no_correction_by_another_person(self) -> None:
        world = moved((Field.STAGE, 50, EARLY))
        world.change(0, Field.STAGE, 50.1, MID, actor=2)
        assert world.judge("deal_regression", NOW).severity == pytest.approx(0.67)

    def test_follow_the_order_that_stages_had_then(self) -> None:
        world = moved((Field.STAGE, 50, EARLY))
        loaded = world.load()
        assert loaded.facts.stages.position.tolist() == list(range(6))
        assert world.judge("deal_regression", NOW).reason == "back"

    def test_leave_out_a_switch_of_currency(self) -> None:
        world = moved()
        world.change(0, Field.CURRENCY, 50, 1)
        world.change(0, Field.AMOUNT, 50 + 1 / 1440, 60_000)
        assert world.judge("deal_regression", NOW).state == State.OK
        world.change(0, Field.AMOUNT, 55, 30_000)
        assert world.judge("deal_regression", NOW).data["cut"] == 1.0

    def test_leave_out_bulk_edits(self) -> None:
        world = World()
        world.settings["bulk_known_at"] = [moment(50)]
        deal = world.deal(stage=MID)
        for name, value in ((Field.STAGE, EARLY), (Field.AMOUNT, 10), (Field.CATEGORY, 0), (Field.OWNER, 2)):
            world.change(deal, name, 50, value, bulk=1)
        assert world.judge("deal_regression", NOW).state == State.OK

    def test_see_owners_who_are_gone(self) -> None:
        world = moved()
        world.settings["inactive_at"] = [moment(55), NEVER, NEVER, NEVER]
        assert world.judge("deal_regression", 54).state == State.OK
        assert world.judge("deal_regression", NOW).reason == "orphan"

    def test_are_unknown_without_the_stages_of_30_days(self) -> None:
        world = moved()
        world.settings["history_since"] = [[moment(40)] * 7]
        assert world.judge("deal_regression", NOW).state == State.UNKNOWN
