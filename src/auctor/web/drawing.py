"""The geometry of small pictures. Pure: numbers in, coordinates out; no style attribute is ever needed."""

from collections.abc import Sequence
from dataclasses import dataclass

import qrcode  # type: ignore[import-untyped]

from auctor.web.records import Part, Point

SPARK_WIDTH = 120
SPARK_HEIGHT = 28
SPARK_MARGIN = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a score as a bar on a scale of 100, with its zero line."""

    part: Part
    x: float
    width: float
    zero: float


@dataclass(frozen=True, slots=True)
class Spark:
    """A small curve: one path for the line (gaps stay gaps), one for the area, and the last known point."""

    line: str
    area: str
    last: tuple[float, float] | None


def draw_parts(parts: Sequence[Part]) -> list[Bar]:
    """Bars of one common scale; the zero line leaves room for the longest bar on each side."""
    points = [part.points or 0 for part in parts]
    up, down = max([0, *points]), -min([0, *points])
    scale = 100 / (up + down) if up + down else 0.0
    zero = down * scale
    return [_draw_part(part, scale, zero) for part in parts]


def _draw_part(part: Part, scale: float, zero: float) -> Bar:
    length = abs(part.points or 0) * scale
    start = zero if (part.points or 0) >= 0 else zero - length
    return Bar(part, round(start, 2), round(length, 2), round(zero, 2))


def draw_spark(points: Sequence[Point]) -> Spark:
    """The curve in a box of 120 x 28. An unknown value interrupts the line and is never drawn as zero."""
    places = _place(points)
    runs = _split(places)
    line = " ".join("M" + " L".join(f"{x:g} {y:g}" for x, y in run) for run in runs)
    areas = (f"M{run[0][0]:g} {SPARK_HEIGHT} L" + " L".join(f"{x:g} {y:g}" for x, y in run) for run in runs)
    area = " ".join(f"{path} L{run[-1][0]:g} {SPARK_HEIGHT} Z" for path, run in zip(areas, runs, strict=True))
    return Spark(line, area, runs[-1][-1] if runs else None)


def _place(points: Sequence[Point]) -> list[tuple[float, float] | None]:
    known = [point.value for point in points if point.value is not None]
    if not known:
        return [None for _ in points]
    low, high = min(known), max(known)
    reach = SPARK_HEIGHT - 2 * SPARK_MARGIN
    step = (SPARK_WIDTH - 2 * SPARK_MARGIN) / max(1, len(points) - 1)

    def place(index: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(SPARK_MARGIN + index * step, 2), round(SPARK_HEIGHT - SPARK_MARGIN - share * reach, 2)

    return [None if point.value is None else place(index, point.value) for index, point in enumerate(points)]


def _split(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]


def draw_qr(text: str) -> tuple[str, int]:
    """The dark squares of a QR code as one path, and the length of its side with the quiet zone."""
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    matrix = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark)
    return "".join(squares), len(matrix)
