"""What sellers write into the fields of a deal, and when: stages, dates, amounts, categories, next steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from auctor.twins.company.names import NEXT_STEPS
from auctor.twins.company.people import Owner
from auctor.twins.company.story import COLD, WARM, Course

CATEGORIES = ("pipeline", "best case", "commit")
SOURCES = ("inbound", "outbound", "partner", "event")


@dataclass(frozen=True, slots=True)
class Change:
    """One edit of one field; `old` is empty for the first value."""

    field: str
    old: str
    new: str
    changed_at: datetime
    actor: str


def changes(random: Random, course: Course, owner: Owner, heir: Owner, today: datetime) -> list[Change]:
    """Every edit up to today, in order."""
    made = [
        *_stages(course, owner),
        *_close_dates(random, course, owner),
        *_amounts(random, course, owner),
        *_categories(random, course, owner),
        *_next_steps(random, course, owner),
        *_handover(random, course, owner, heir),
        Change("custom.source", "", random.choice(SOURCES), course.begins_at, owner.id),
    ]
    return sorted((c for c in made if c.changed_at <= today), key=lambda c: c.changed_at)


def _stages(course: Course, owner: Owner) -> Iterator[Change]:
    before = ""
    for stage, since in course.stays:
        yield Change("stage", before, stage.id, since, owner.id)
        before = stage.id


def _close_dates(random: Random, course: Course, owner: Owner) -> Iterator[Change]:
    """The first date is hope; it moves out when it comes near and the deal is not."""
    usual = sum(s.days for s in course.pipeline.open)
    promised = (course.begins_at + timedelta(days=usual * random.uniform(0.8, 1.25))).date()
    yield Change("close_date", "", promised.isoformat(), course.begins_at, owner.id)
    while promised < course.ends_at.date():
        near = datetime(promised.year, promised.month, promised.day, tzinfo=course.begins_at.tzinfo)
        is_warm = course.mood_at(near) == WARM
        notice = random.choices((-9, -4, -1, 2, 9), weights=(6, 6, 3, 1, 0) if is_warm else (1, 2, 3, 4, 4))[0]
        moved_at = _working(random, promised + timedelta(days=notice), course.begins_at)
        if moved_at >= course.ends_at:
            return
        later = max(promised, moved_at.date()) + timedelta(days=random.choice((10, 14, 21, 28, 30, 45)))
        if random.random() < (0.03 if is_warm else 0.2):
            return
        yield Change("close_date", promised.isoformat(), later.isoformat(), moved_at, owner.id)
        promised = later


def _working(random: Random, day: date, not_before: datetime) -> datetime:
    moment = datetime(day.year, day.month, day.day, tzinfo=not_before.tzinfo) + timedelta(hours=random.uniform(8, 17))
    return max(moment, not_before + timedelta(days=8))


def _amounts(random: Random, course: Course, owner: Owner) -> Iterator[Change]:
    yield Change("amount", "", f"{course.amount:.2f}", course.begins_at, owner.id)
    is_cut = random.random() < (0.08 if course.is_won else 0.2)
    if not is_cut and random.random() > 0.15:
        return
    factor = random.uniform(0.45, 0.9) if is_cut else random.uniform(1.05, 1.4)
    moment = course.begins_at + (course.ends_at - course.begins_at) * random.uniform(0.4, 0.95)
    yield Change("amount", f"{course.amount:.2f}", f"{round(course.amount * factor, -2):.2f}", moment, owner.id)


def _categories(random: Random, course: Course, owner: Owner) -> Iterator[Change]:
    """By stage and temper; sellers see their deals a little better than they are."""
    before = ""
    for stage, since in course.stays:
        if stage.category != "open":
            continue
        feeling = stage.probability * 2.4 + 0.35 * course.quality + owner.optimism + random.gauss(0, 0.45)
        category = CATEGORIES[0 if feeling < 1.2 else 1 if feeling < 2.1 else 2]
        if category != before:
            moment = since + timedelta(hours=random.uniform(0, 30))
            yield Change("forecast_category", before, category, moment, owner.id)
            before = category


def _next_steps(random: Random, course: Course, owner: Owner) -> Iterator[Change]:
    before = ""
    for week, mood in enumerate(course.moods):
        moment = course.begins_at + timedelta(weeks=week, hours=random.uniform(30, 90))
        if moment >= course.ends_at:
            return
        keeps = owner.discipline * (0.4 if mood == WARM else 0.22 if mood != COLD else 0.1)
        if random.random() < keeps:
            step = random.choice(NEXT_STEPS)
            yield Change("next_step", before, step, moment, owner.id)
            before = step


def _handover(random: Random, course: Course, owner: Owner, heir: Owner) -> Iterator[Change]:
    yield Change("owner", "", owner.id, course.begins_at, owner.id)
    if heir is not owner and random.random() < (0.03 if owner.is_active else 0.6):
        moment = course.begins_at + (course.ends_at - course.begins_at) * random.uniform(0.3, 0.8)
        yield Change("owner", owner.id, heir.id, moment, heir.id)
