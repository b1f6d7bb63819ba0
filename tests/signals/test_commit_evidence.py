"""Commit evidence, held to the worked values of its definition."""

import pytest

from auctor.signals.vocabulary import Field, Forecast, Source, State
from tests.signals.worlds import LATE, World, moment

NOW = 60.0


def promised(category: Forecast | None, *, senior: bool = True) -> World:
    """A deal with amount, close date and one head who wrote long ago: no step, one buyer, no recent touch."""
    world = World()
    deal = world.deal(stage=LATE, category=category, close_on=90)
    world.comes(deal, 20, world.person(seniority=3 if senior else 0), to_us=0)
    return world


class TestEvidence:
    @pytest.mark.parametrize(
        ("category", "severity"),
        [(Forecast.COMMIT, 0.5), (Forecast.BEST_CASE, 0.35), (Forecast.PIPELINE, 0.2), (Forecast.OMITTED, 0.0)],
    )
    def test_weighs_what_is_missing_by_the_promise(self, category: Forecast, severity: float) -> None:
        found = promised(category).judge("commit_evidence", NOW)
        assert (found.value, found.data["known"]) == (3, 6)
        assert found.severity == pytest.approx(severity)

    def test_is_unknown_with_three_known_facts(self) -> None:
        world = promised(Forecast.COMMIT)
        world.cover(Source.TASKS, -100, 1000)
        found = world.judge("commit_evidence", NOW)
        assert (found.data["known"], found.state) == (3, State.UNKNOWN)

    def test_is_unknown_without_a_category(self) -> None:
        assert promised(None).judge("commit_evidence", NOW).reason == "no_category"

    def test_shows_but_does_not_score_edits_just_before_a_forecast(self) -> None:
        world = World()
        world.settings["snapshots"] = [moment(58)]
        deal = world.deal(stage=LATE, close_on=90, amount=0)
        world.change(deal, Field.AMOUNT, 57.5, 500_000)
        found = world.judge("commit_evidence", NOW)
        assert (found.data["amount"], found.data["late_edits"]) == (0, 1)
        assert "not counted" in found.sentence
        world.change(deal, Field.AMOUNT, 58.5, 500_000)
        assert world.judge("commit_evidence", NOW).data["amount"] == 1
