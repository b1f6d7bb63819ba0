"""Twelve weeks of contact as one picture: the buyer above the line, us below, meetings on it, stages under it. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from auctor.crm.records import ActivityRecord, IntervalRecord, Timeline
from auctor.crm.vocabulary import ActivityKind, ActivityState, Flow

BEHIND, AHEAD = timedelta(weeks=12), timedelta(weeks=2)
LEFT, RIGHT = 70.0, 1090.0
BUYER_Y, LINE_Y, OURS_Y = 46.0, 58.0, 76.0
STEP, MOST_STACKED = 11.0, 3
# A stage's name is written where it fits: seven units a letter and a margin.
LETTER, MARGIN = 7.0, 16.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A message, call or meeting. `look`: buyer, ours, met or planned; evidence is drawn stronger."""

    x: float
    y: float
    look: str
    is_evidence: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a stage; its name is empty where it would not fit. `tone` counts from 0 to 2."""

    x: float
    width: float
    name: str
    tone: int


@dataclass(frozen=True, slots=True)
class Week:
    """The numbers of a week, for those who read."""

    begins_on: date
    from_buyer: int
    from_us: int
    meetings: int


@dataclass(frozen=True, slots=True)
class ContactPicture:
    """Everything that is drawn, and the same as a table."""

    dots: tuple[Dot, ...]
    stays: tuple[Stay, ...]
    ticks: tuple[tuple[float, date], ...]
    today_x: float
    weeks: tuple[Week, ...]
    summary: str


def draw_contact(timeline: Timeline, *, evidence: Collection[UUID], now: datetime) -> ContactPicture:
    """The picture of the twelve weeks that end now, and of what is planned in the next two."""
    seen = [one for one in timeline.activities if _look(one) and now - BEHIND <= one.at <= now + AHEAD]
    weeks = tuple(_weeks(seen, now))
    touches = sum(week.from_buyer for week in weeks), sum(week.from_us for week in weeks)
    met = sum(week.meetings for week in weeks)
    return ContactPicture(
        dots=tuple(_dots(seen, evidence, now)),
        stays=tuple(_stays(timeline.intervals, now)),
        ticks=tuple(
            (_x(now - timedelta(weeks=back), now), (now - timedelta(weeks=back)).date()) for back in (12, 8, 4)
        ),
        today_x=_x(now, now),
        weeks=weeks,
        summary=f"In twelve weeks {touches[0]} from the buyer, {touches[1]} from us, {met} meetings.",
    )


def _x(at: datetime, now: datetime) -> float:
    share = (at - (now - BEHIND)) / (BEHIND + AHEAD)
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _look(one: ActivityRecord) -> str:
    """What is drawn; empty for tasks, notes, what is automatic and what was called off."""
    if one.is_automatic or one.state in (ActivityState.CANCELLED, ActivityState.NO_SHOW):
        return ""
    if one.kind is ActivityKind.MEETING:
        return "planned" if one.state is ActivityState.PLANNED else "met"
    if one.kind in (ActivityKind.EMAIL, ActivityKind.CALL) and one.state is not ActivityState.PLANNED:
        return {Flow.IN: "buyer", Flow.OUT: "ours"}.get(one.flow, "")
    return ""


def _dots(seen: Sequence[ActivityRecord], evidence: Collection[UUID], now: datetime) -> Iterator[Dot]:
    """One for each touch; those of a day are stacked, and from the fourth on they share the last place."""
    stacked: Counter[tuple[date, str]] = Counter()
    for one in sorted(seen, key=lambda touch: touch.at):
        look = _look(one)
        place = min(stacked[one.at.date(), look], MOST_STACKED - 1)
        stacked[one.at.date(), look] += 1
        level = {"buyer": BUYER_Y - STEP * place, "ours": OURS_Y + STEP * place}.get(look, LINE_Y)
        yield Dot(_x(one.at, now), level, look, one.id in evidence)


def _stays(intervals: Sequence[IntervalRecord], now: datetime) -> Iterator[Stay]:
    for number, one in enumerate(intervals):
        begin, end = max(one.entered_at, now - BEHIND), min(one.left_at or now, now)
        if begin >= end:
            continue
        x, width = _x(begin, now), round(_x(end, now) - _x(begin, now), 1)
        fits = len(one.stage) * LETTER + MARGIN <= width
        yield Stay(x, width, one.stage if fits else "", number % 3)


def _weeks(seen: Sequence[ActivityRecord], now: datetime) -> Iterator[Week]:
    for back in range(12, 0, -1):
        begin = now - timedelta(weeks=back)
        looks = Counter(_look(one) for one in seen if begin < one.at <= begin + timedelta(weeks=1))
        yield Week(begin.date(), looks["buyer"], looks["ours"], looks["met"])
