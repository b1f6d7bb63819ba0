"""The pictures of a replay."""

from datetime import date, timedelta
from uuid import uuid4

from auctor.risk.replay_records import (
    AlarmPoint,
    Early,
    ReplayedDeal,
    ReplayKind,
    ReplayResult,
    ScorerResult,
    WeekFlags,
)
from auctor.signals.score import Band
from auctor.web.replay_charts import draw_curves, draw_early, draw_weeks, to_headline

DAY = date(2026, 3, 2)


def result(**words: object) -> ReplayResult:
    told: dict[str, object] = {
        "first_on": DAY,
        "last_on": DAY + timedelta(days=90),
        "band": Band.MEDIUM,
        "weeks": 13,
        "pairs": 400,
        "lost": 20,
        "won": 10,
        "not_judged": 0,
        "caught": 15,
        "caught_to_the_end": 12,
        "false_alarms": 3,
        "precision": 15 / 18,
        "recall": 0.75,
        "base_rate": 2 / 3,
        "early": Early(10, 21, 40),
        "caught_amount": 1,
        "lost_amount": 2,
        "false_alarm_amount": 3,
        "unpriced": 0,
        "currency": "EUR",
        "weekly": (WeekFlags(DAY, 30, 10, 4), WeekFlags(DAY + timedelta(days=7), 31, 11, 2)),
        "curve": (),
        "scorers": (
            ScorerResult("score", 1.0, 0.71, None, (AlarmPoint(0.1, 0.9, 0.2), AlarmPoint(0.5, 0.8, 0.6))),
            ScorerResult("stage", 0.9, 0.6, None, (AlarmPoint(0.1, 0.7, 0.1),)),
        ),
    }
    return ReplayResult(**{**told, **words})  # type: ignore[arg-type]


def caught(days: float) -> ReplayedDeal:
    return ReplayedDeal(uuid4(), ReplayKind.CAUGHT, DAY, 9, days, 90.0, 80.0, 100)


class TestToHeadline:
    def test_tells_both_kinds_of_deals_and_how_early(self) -> None:
        told = to_headline(result())
        assert told.startswith("Of 20 lost deals 15 would have been flagged, half of them 21 days or more")
        assert told.endswith("Of 10 won deals 3 would have been flagged for nothing.")

    def test_says_when_nothing_ended(self) -> None:
        assert to_headline(result(lost=0, won=0)).startswith("No deal ended")


class TestDrawCurves:
    def test_has_a_line_and_rows_for_each_way_to_order(self) -> None:
        shown = draw_curves(result())
        assert [one["name"] for one in shown.option["series"]] == ["Our score", "Stage’s probability"]  # type: ignore[attr-defined]
        assert len(shown.table.rows) == 3


class TestDrawEarly:
    def test_counts_days_in_their_bins(self) -> None:
        shown = draw_early([caught(3), caught(9), caught(10), caught(400)], 4)
        assert [row[1] for row in shown.table.rows] == ["1", "2", "0", "0", "0", "0", "0", "1"]
        assert "most valuable" in draw_early([caught(3)], 9).summary


class TestDrawWeeks:
    def test_tells_the_work_of_a_week(self) -> None:
        shown = draw_weeks(result())
        assert "3.0 new flags a week" in shown.summary
        assert len(shown.table.rows) == 2
