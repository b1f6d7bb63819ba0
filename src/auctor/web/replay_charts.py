"""The pictures of a replay, each with its sentence and its table. Pure."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from auctor.risk.replay_records import ReplayedDeal, ReplayResult, ScorerResult
from auctor.web import words
from auctor.web.records import Chart, ChartTable

SCORERS = {"score": "Our score", "stage": "Stage’s probability", "category": "Forecast category"}
EARLY_BINS = (0, 7, 14, 28, 56, 84, 168, 336)
PERCENT_AXIS = {"type": "value", "min": 0, "max": 1}


def name_of(scorer: ScorerResult) -> str:
    """What orders the deals, for people."""
    return next((told for key, told in SCORERS.items() if key in scorer.name), scorer.name)


def draw_curves(result: ReplayResult) -> Chart:
    """Precision against recall of the score and of what one would go by without it."""
    series = [
        {
            "type": "line",
            "name": name_of(one),
            "data": [[round(point.recall, 4), round(point.precision, 4)] for point in one.curve],
            "symbolSize": 5,
            "lineStyle": {"width": 3 if number == 0 else 1.5, "type": "solid" if number == 0 else "dashed"},
        }
        for number, one in enumerate(result.scorers)
    ]
    rows = [
        (
            f"{name_of(one)}, {words.to_percent(point.share)} alarms",
            words.to_percent(point.recall),
            words.to_percent(point.precision),
        )
        for one in result.scorers
        for point in one.curve
    ]
    return Chart(
        title="How much of what was lost is found, at what cost",
        summary="To the right more lost deals are found, upwards fewer alarms are false; every deal weighs as one.",
        option={
            "xAxis": PERCENT_AXIS | {"name": "of lost deals found", "nameLocation": "middle", "nameGap": 24},
            "yAxis": PERCENT_AXIS | {"name": "of alarms right", "nameLocation": "middle", "nameGap": 36},
            "legend": {"top": 0, "right": 0},
            "grid": {"left": 24, "right": 16, "top": 60, "bottom": 28, "containLabel": True},
            "series": series,
            "tooltip": {"trigger": "item"},
        },
        table=ChartTable(("Ordered by", "Found", "Right"), tuple(rows)),
    )


def draw_early(caught: Sequence[ReplayedDeal], total: int) -> Chart:
    """How many days before the loss the first flag would have stood."""
    bins = [*EARLY_BINS, None]
    labels = [f"{low} to {high - 1}" if high else f"{low} and more" for low, high in pairwise(bins) if low is not None]
    days = [one.early_days for one in caught if one.early_days is not None]
    counts = Counter(max(place for place, low in enumerate(EARLY_BINS) if day >= low) for day in days if day >= 0)
    values = [counts[place] for place in range(len(labels))]
    which = "" if len(caught) >= total else f" The {len(caught):,} most valuable of {total:,}."
    return Chart(
        title="How early",
        summary=f"Days from the first flag to the loss, of lost deals that were flagged.{which}",
        option={
            "xAxis": {"type": "category", "data": labels, "name": "days", "nameLocation": "middle", "nameGap": 24},
            "yAxis": {"type": "value", "minInterval": 1},
            "grid": {"left": 8, "right": 16, "top": 24, "bottom": 28, "containLabel": True},
            "series": [{"type": "bar", "data": values, "barCategoryGap": "20%"}],
            "tooltip": {"trigger": "axis"},
        },
        table=ChartTable(("Days before", "Deals"), tuple(zip(labels, (f"{value:,}" for value in values), strict=True))),
    )


def draw_weeks(result: ReplayResult) -> Chart:
    """How many deals were flagged on each Monday, and how many anew: the work that comes of it."""
    labels = [f"{one.on.day} {one.on:%b %Y}" for one in result.weekly]
    told = {"Flagged": [one.flagged for one in result.weekly], "Of these new": [one.new for one in result.weekly]}
    series = [{"type": "line", "name": name, "data": values, "symbol": "none"} for name, values in told.items()]
    new = [one.new for one in result.weekly]
    return Chart(
        title="Flags a week",
        summary=f"On average {sum(new) / max(1, len(new)):.1f} new flags a week.",
        option={
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value", "minInterval": 1},
            "legend": {"top": 0, "right": 0},
            "grid": {"left": 8, "right": 16, "top": 32, "bottom": 8, "containLabel": True},
            "series": series,
            "tooltip": {"trigger": "axis"},
        },
        table=ChartTable(
            ("Monday", "Open", "Flagged", "New"),
            tuple(
                (label, f"{one.open:,}", f"{one.flagged:,}", f"{one.new:,}")
                for label, one in zip(labels, result.weekly, strict=True)
            ),
        ),
    )


def to_headline(result: ReplayResult) -> str:
    """The answer in a sentence or two."""
    if not result.lost and not result.won:
        return "No deal ended in this period that was open on a Monday before."
    early = f", half of them {result.early.median:.0f} days or more before the loss" if result.early else ""
    lost = f"Of {words.to_count(result.lost, 'lost deal')} {result.caught:,} would have been flagged{early}."
    won = words.to_count(result.won, "won deal")
    return f"{lost} Of {won} {result.false_alarms:,} would have been flagged for nothing."
