"""Mails, meetings, calls and tasks of one deal: what its course makes people do, week by week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from auctor.twins.company.people import Owner, Person
from auctor.twins.company.story import COLD, COOLING, WARM, Course

# Threads a week, hours until a buyer answers, chance that they answer at all, chance of a meeting.
THREADS = {WARM: 1.0, COOLING: 0.75, COLD: 0.5}
ANSWER_HOURS = {WARM: 6.0, COOLING: 26.0, COLD: 60.0}
ANSWERS = {WARM: 0.86, COOLING: 0.45, COLD: 0.07}
MEETS = {WARM: 0.7, COOLING: 0.15, COLD: 0.02}
# How often we owe an answer in the end, hours until we give it, tasks a week of the most disciplined.
WE_FORGET = {WARM: 0.02, COOLING: 0.08, COLD: 0.16}
OUR_ANSWER_HOURS = 2.5
TASKS = {WARM: 1.2, COOLING: 0.6, COLD: 0.3}
PLANS_AHEAD_DAYS = 18


@dataclass(slots=True)
class Touch:
    """One activity and who took part: (role, person or owner, response)."""

    kind: str
    direction: str
    occurred_at: datetime
    recorded_at: datetime
    label: str = ""
    state: str = "done"
    ended_at: datetime | None = None
    due_at: datetime | None = None
    thread: str = ""
    people: list[tuple[str, Person | Owner, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is on a deal; the first buyer is the champion."""

    owner: Owner
    buyers: Sequence[Person]
    leaves_at: datetime | None

    def active(self, moment: datetime) -> list[Person]:
        """Buyers who are still there then."""
        gone = self.leaves_at is not None and moment >= self.leaves_at
        return list(self.buyers[1:] if gone and len(self.buyers) > 1 else self.buyers)


def touches(random: Random, course: Course, cast: Cast, deal_id: str) -> list[Touch]:
    """All touches of the deal in order, also those after today: the caller cuts."""
    made: list[Touch] = []
    for week, mood in enumerate(course.moods):
        begin = course.begins_at + timedelta(weeks=week)
        if begin >= course.ends_at:
            break
        eager = 1.25 if course.stage_at(begin).probability >= 0.5 else 1.0
        for number in range(_count(random, THREADS[mood] * eager)):
            made += _thread(random, mood, cast, _moment(random, begin), f"{deal_id}-t{week}-{number}")
        if random.random() < MEETS[mood] * eager:
            made.append(_meeting(random, mood, cast, begin))
        if random.random() < 0.16:
            made.append(_call(random, mood, cast, _moment(random, begin)))
        if random.random() < TASKS[mood] * cast.owner.discipline:
            made.append(_task(random, cast, begin))
    made = [t for t in made if t.occurred_at < course.ends_at]
    return sorted(made, key=lambda t: t.occurred_at)


def _count(random: Random, mean: float) -> int:
    """A whole number with this mean."""
    whole = int(mean)
    return whole + (random.random() < mean - whole) + (random.random() < 0.15) - (random.random() < 0.15 and whole > 0)


def _moment(random: Random, week: datetime) -> datetime:
    """Some minute of a working day of that week."""
    monday = (week - timedelta(days=week.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    moment = monday + timedelta(days=random.randrange(5), hours=random.uniform(7, 17.5))
    return moment if moment >= week else moment + timedelta(days=7)


def _office(moment: datetime) -> datetime:
    """The same moment, or the next working morning."""
    if moment.hour >= 18:
        moment = (moment + timedelta(days=1)).replace(hour=8)
    while moment.weekday() > 4:
        moment = (moment + timedelta(days=1)).replace(hour=8)
    return moment


def _thread(random: Random, mood: str, cast: Cast, begin: datetime, thread: str) -> Iterator[Touch]:
    """Mails to and fro until somebody does not answer. Cold buyers rarely begin."""
    ours = random.random() < (0.65 if mood == WARM else 0.85)
    moment = begin
    for _ in range(random.randint(1, 6)):
        buyers = cast.active(moment)
        if not buyers:
            return
        yield _mail(random, cast.owner, buyers, moment, thread, ours=ours)
        if ours and random.random() > ANSWERS[mood]:
            return
        if not ours and random.random() < WE_FORGET[mood] / cast.owner.discipline:
            return
        hours = ANSWER_HOURS[mood] if ours else OUR_ANSWER_HOURS / cast.owner.discipline
        moment = _office(moment + timedelta(hours=hours * random.lognormvariate(0, 0.6)))
        ours = not ours
    if ours and (buyers := cast.active(moment)):
        yield _mail(random, cast.owner, buyers, moment, thread, ours=True)


def _mail(
    random: Random, owner: Owner, buyers: Sequence[Person], moment: datetime, thread: str, *, ours: bool
) -> Touch:
    first = buyers[0] if random.random() < 0.45 else random.choice(list(buyers))
    others = [p for p in buyers if p is not first and random.random() < 0.25]
    touch = Touch("email", "out" if ours else "in", moment, moment + timedelta(minutes=3), thread=thread)
    touch.people = [("from", owner, ""), ("to", first, "")] if ours else [("from", first, ""), ("to", owner, "")]
    touch.people += [("cc", person, "") for person in others]
    return touch


def _meeting(random: Random, mood: str, cast: Cast, week: datetime) -> Touch:
    held_at = _moment(random, week).replace(minute=random.choice((0, 30)), second=0, microsecond=0)
    asked_at = held_at - timedelta(days=random.uniform(5, PLANS_AHEAD_DAYS))
    goes_well = random.random() < (0.93 if mood == WARM else 0.65)
    state = "done" if goes_well else random.choice(("cancelled", "no_show"))
    touch = Touch("meeting", "out", held_at, asked_at, state=state, ended_at=held_at + timedelta(minutes=45))
    touch.label = random.choice(("demo", "site visit", "review", "negotiation"))
    touch.people = [("organizer", cast.owner, "accepted")]
    for person in cast.active(held_at)[: random.randint(1, 4)]:
        touch.people.append(("attendee", person, "accepted" if goes_well or random.random() < 0.3 else "declined"))
    return touch


def _call(random: Random, mood: str, cast: Cast, moment: datetime) -> Touch:
    buyers = cast.active(moment)
    incoming = mood == WARM and random.random() < 0.3
    touch = Touch("call", "in" if incoming else "out", moment, moment + timedelta(minutes=20))
    touch.ended_at = moment + timedelta(minutes=random.randint(3, 35))
    touch.label = "connected" if random.random() < ANSWERS[mood] else "no answer"
    if buyers:
        roles = ("from", "to") if incoming else ("to", "from")
        touch.people = [(roles[0], random.choice(buyers), ""), (roles[1], cast.owner, "")]
    return touch


def _task(random: Random, cast: Cast, week: datetime) -> Touch:
    made_at = _moment(random, week)
    due_at = made_at + timedelta(days=random.randint(5, 13))
    kept = random.random() < cast.owner.discipline
    touch = Touch("task", "internal", made_at, made_at, state="done" if kept else "planned", due_at=due_at)
    touch.ended_at = due_at - timedelta(hours=random.randint(1, 30)) if kept else None
    touch.label = "follow up"
    touch.people = [("organizer", cast.owner, "")]
    return touch
