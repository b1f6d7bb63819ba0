"""Charts with the sentences and tables that belong to them: what is drawn can always be read. Pure."""

from collections.abc import Sequence

from auctor.risk.learning.records import ModelRecord
from auctor.risk.records import ScorePoint
from auctor.signals.score import STEPS, Band
from auctor.web import words
from auctor.web.records import Chart, ChartTable


def draw_scores(points: Sequence[ScorePoint]) -> Chart:
    """The score of a deal over time with the bounds of the bands; a day without a band is a gap."""
    labels = [f"{one.on_day.day} {one.on_day:%b %Y}" for one in points]
    values = [None if one.band is Band.NOT_JUDGED or one.score is None else round(one.score, 1) for one in points]
    bounds = {"silent": True, "symbol": "none", "label": {"show": False}, "data": [{"yAxis": at} for at in STEPS]}
    return Chart(
        title="Score over time",
        summary=f"{words.to_trend([value for value in values if value is not None]).capitalize()}.",
        option={
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value", "min": 0, "max": 100},
            "series": [
                {
                    "type": "line",
                    "data": values,
                    "symbolSize": 5,
                    "markLine": bounds | {"lineStyle": {"color": "token:line-strong", "type": "dashed"}},
                }
            ],
            "tooltip": {"trigger": "axis"},
        },
        table=ChartTable(
            ("Day", "Score"),
            tuple(
                (label, "not judged" if value is None else f"{value:g}")
                for label, value in zip(labels, values, strict=True)
            ),
        ),
    )


def draw_reliability(model: ModelRecord) -> Chart:
    """How often what was told came true; an honest model lies on the diagonal."""
    bins = model.figures.bins if model.figures else ()
    points = [[round(one.predicted, 4), round(one.observed, 4), one.count] for one in bins]
    diagonal = {"type": "line", "data": [[0, 0], [1, 1]], "symbol": "none", "lineStyle": {"type": "dashed", "width": 1}}
    return Chart(
        title="Reliability",
        summary="Of deals that were given a probability, how many came true. The dashed line is perfect honesty.",
        option={
            "xAxis": {
                "type": "value",
                "min": 0,
                "max": 1,
                "name": "said before",
                "nameLocation": "middle",
                "nameGap": 22,
            },
            "yAxis": {"type": "value", "min": 0, "max": 1, "name": "came true"},
            "series": [{"type": "line", "data": points, "symbolSize": 7}, diagonal | {"color": "token:line-control"}],
            "tooltip": {"trigger": "item"},
            "grid": {"left": 8, "right": 16, "top": 32, "bottom": 24, "containLabel": True},
        },
        table=ChartTable(
            ("Said before", "Came true", "Moments"),
            tuple((words.to_percent(one.predicted), words.to_percent(one.observed), f"{one.count:,}") for one in bins),
        ),
    )
