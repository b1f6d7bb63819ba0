"""Charts with their sentences and tables."""

from datetime import date, timedelta

from auctor.risk.learning.records import Figure, Figures, Method, ModelRecord, ReliabilityBin, Standing, Target
from auctor.risk.records import ScorePoint
from auctor.signals.score import Band
from auctor.web.charts import draw_reliability, draw_scores

DAY = date(2026, 11, 1)


class TestDrawScores:
    def test_leaves_a_gap_where_a_day_has_no_band(self) -> None:
        points = [
            ScorePoint(DAY, 40.0, Band.LOW),
            ScorePoint(DAY + timedelta(days=1), 55.0, Band.NOT_JUDGED),
            ScorePoint(DAY + timedelta(days=2), 80.0, Band.HIGH),
        ]
        shown = draw_scores(points)
        assert [row[1] for row in shown.table.rows] == ["40", "not judged", "80"]
        assert "ising from 40 to 80" in shown.summary


class TestDrawReliability:
    def test_has_a_row_for_each_bin(self) -> None:
        one = Figure(0.1, 0.0, 0.2)
        bins = (ReliabilityBin(0.2, 0.25, 40), ReliabilityBin(0.8, 0.7, 1200))
        model = ModelRecord(
            Target.WIN, Standing.USED, Method.FULL, "", figures=Figures(0.4, 0.24, one, one, one, one, 0.05, bins)
        )
        assert draw_reliability(model).table.rows[1] == ("80\u202f%", "70\u202f%", "1,200")
