"""What is stored of a model and what is told of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from auctor.risk.learning import telling
from auctor.risk.learning.records import (
    Figure,
    Figures,
    InputWeight,
    Method,
    ModelRecord,
    ReliabilityBin,
    Standing,
    Target,
)
from auctor.risk.learning.wording import name_of

THEN = datetime(2026, 5, 1, tzinfo=UTC)
FIGURES = Figures(
    base_rate=0.3,
    base_brier=0.21,
    auc=Figure(0.8, 0.7, 0.9),
    brier=Figure(0.15, 0.14, 0.16),
    skill=Figure(0.28, 0.2, 0.35),
    precision_top=Figure(0.7, 0.6, 0.8),
    calibration_error=0.02,
    bins=(ReliabilityBin(0.1, 0.12, 40),),
)
MODEL = telling.with_reason(
    ModelRecord(
        Target.WIN,
        Standing.USED,
        Method.FULL,
        "",
        learnt_at=THEN,
        learn_until=THEN,
        positive=210,
        negative=300,
        rows=2_000,
        test_deals=100,
        test_rows=400,
        trained_from=date(2025, 1, 1),
        trained_to=date(2025, 12, 1),
        tested_from=date(2025, 12, 2),
        tested_to=date(2026, 4, 1),
        figures=FIGURES,
        inputs=(InputWeight("severity.stage_stall", "Signal: stage stall", 1.5),),
    )
)


class TestToRecord:
    def test_gives_back_what_was_told(self) -> None:
        row = telling.Row(MODEL.target, MODEL.standing, MODEL.method, THEN, THEN, telling.to_told(MODEL))
        assert telling.to_record(row, name_of=name_of) == MODEL


class TestWithReason:
    @pytest.mark.parametrize(
        ("standing", "said"),
        [
            (Standing.USED, "Used: it beats the base rate."),
            (Standing.NO_SKILL, "Not used: it does not beat the base rate."),
            (Standing.TOO_FEW, "learning needs 40 of each"),
            (Standing.NOT_LEARNT, "Nothing was learnt yet"),
        ],
    )
    def test_says_why_in_a_sentence(self, standing: Standing, said: str) -> None:
        assert said in telling.with_reason(replace(MODEL, standing=standing)).reason


class TestNothing:
    def test_is_not_used(self) -> None:
        assert not telling.nothing(Target.CLOSE_HOLDS).is_used
