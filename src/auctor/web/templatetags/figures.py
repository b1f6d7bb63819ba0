"""Scores, their parts, small curves and charts: every picture comes with its words and its table."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from auctor.web import words
from auctor.web.drawing import SPARK_HEIGHT, SPARK_WIDTH, draw_parts, draw_qr, draw_spark
from auctor.web.records import Chart, Part, Point, TimelineEntry
from auctor.web.templatetags.auctor import SEVERITY_WORDS, mark

register = template.Library()


@register.simple_tag
def score(value: int | None, band: str = "unknown") -> SafeString:
    """A score with the shape and word of its band; without a value it says "not judged", never nought."""
    if value is None:
        return format_html(
            '<span class="score score-unknown unknown-text">{} <span>not judged</span></span>', mark("unknown")
        )
    word = SEVERITY_WORDS[band].lower()
    return format_html('<span class="score {}-text">{} {} <small>{}</small></span>', band, mark(band), value, word)


@register.filter
def points(value: int) -> str:
    """Points of a score with their sign."""
    return words.to_points(value)


@register.filter
def whole(value: float) -> int:
    """The nearest whole number."""
    return round(value)


@register.filter
def count(number: int) -> str:
    """A count with its thousands apart."""
    return f"{number:,}"


@register.filter
def chance(share: float) -> str:
    """A probability in per cent: never nought, never certain."""
    return words.to_chance(share)


@register.filter
def percent(share: float) -> str:
    """A share of one in per cent."""
    return words.to_percent(share)


@register.inclusion_tag("components/part_bars.html")
def part_bars(parts: Sequence[Part]) -> dict[str, object]:
    """What a score is made of, up and down, on one scale."""
    return {"bars": draw_parts(parts)}


@register.inclusion_tag("components/sparkline.html")
def sparkline(points: Sequence[Point], label: str, unit: str = "", wide: bool = False) -> dict[str, object]:
    """A small curve. Its table is hidden from the eye in a row, and behind "Show as table" when `wide`."""
    known = [point.value for point in points if point.value is not None]
    return {
        "spark": draw_spark(points),
        "points": points,
        "label": label,
        "unit": unit,
        "wide": wide,
        "summary": f"{label}: {words.to_trend(known)}",
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
    }


@register.inclusion_tag("components/chart.html")
def chart(picture: Chart) -> dict[str, object]:
    """A chart, what it says in a sentence, and its table."""
    return {"chart": picture}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[TimelineEntry]) -> dict[str, object]:
    """Facts in time, newest first, with the evidence marked by shape and word."""
    return {"entries": entries}


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A text as a QR code in one path; black on white in every appearance, because cameras want it so."""
    path, size = draw_qr(text)
    return format_html(
        '<div class="qr"><svg viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="#000" d="{2}"/></svg></div>',
        size,
        label,
        path,
    )
