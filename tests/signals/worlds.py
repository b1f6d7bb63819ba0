"""Small worlds for the tests of signals: facts told one by one, or made up by chance.

Time is counted in days from Monday 2024-01-01; a fraction is an hour of the day (UTC), so that 0.5 is noon.
"""

from dataclasses import dataclass, field
from typing import Any

from auctor.signals.frames import Loaded, Settings, build
from auctor.signals.records import SignalRecord
from auctor.signals.scan import Scan, record_of, scan
from auctor.signals.vocabulary import ABSENT, DAY, NEVER, Answer, Direction, Field, Forecast, Role, Source

# Monday 2024-01-01, 00:00 UTC.
START = 1_704_067_200_000_000
START_DAY = START // DAY
EARLY, MID, LATE, LAST, WON, LOST = range(6)
STAGES = {
    "stage": list(range(6)),
    "pipeline": [0] * 6,
    "position": list(range(6)),
    "kind": [0, 0, 0, 0, 1, 2],
    "probability": [0.1, 0.3, 0.6, 0.8, 1.0, 0.0],
}
FIRST_COLUMNS = {
    "deals": "created_at stage amount close_on owner category next_step_on currency source observed_at",
    "changes": "deal field effective_at observed_at value actor bulk",
    "messages": "deal at observed_at direction is_automatic to_us thread sender",
    "message_people": "message person",
    "meetings": "deal at observed_at done_at void_at",
    "answers": "meeting person answer answered_at",
    "tasks": "deal due_at observed_at closed_at",
    "roles": "deal person role since until",
    "absences": "deal since until observed_at",
    "pauses": "deal since until",
    "people": "seniority titled_at left_at",
    "coverage": "owner source since until observed_at",
    "rates": "currency since rate observed_at",
}


def moment(day: float) -> int:
    """Microseconds of a day of the world; NEVER and its negative stay what they are."""
    return int(day) if abs(day) >= NEVER else START + round(day * 86_400) * 1_000_000


@dataclass
class World:
    """Facts as rows; everything is covered from the beginning unless a test says otherwise."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in FIRST_COLUMNS})
    settings: dict[str, Any] = field(default_factory=lambda: {"inactive_at": [NEVER] * 4})
    covered: bool = True

    def deal(self, day: float = 0, *, stage: int = EARLY, **values: Any) -> int:
        """A deal created on a day. Values: amount, close_on (day), owner, category, next_step_on, currency, source,
        seen (day)."""
        close_on, step_on = values.get("close_on"), values.get("next_step_on")
        row = (
            moment(day), stage, values.get("amount", 100_000), None if close_on is None else START_DAY + close_on,
            values.get("owner", 0), values.get("category", Forecast.COMMIT),
            None if step_on is None else START_DAY + step_on, values.get("currency", 0),
            values.get("source", 0), moment(values.get("seen", day)),
        )  # fmt: skip
        return self._add("deals", row)

    def person(self, *, seniority: int = 0, left: float = NEVER, titled: float = -NEVER) -> int:
        """A buyer."""
        return self._add("people", (seniority, moment(titled), moment(left)))

    def change(self, deal: int, name: Field, day: float, value: int | None, **more: Any) -> int:
        """A change of a field. More: seen (day), actor, bulk."""
        if name in (Field.CLOSE_ON, Field.NEXT_STEP_ON) and value is not None:
            value += START_DAY
        seen, actor, bulk = more.get("seen", day), more.get("actor", 0), more.get("bulk", 0)
        value = ABSENT if value is None else value
        return self._add("changes", (deal, int(name), moment(day), moment(seen), value, actor, bulk))

    def mail(self, deal: int, day: float, direction: Direction, **more: Any) -> int:
        """A message. More: who (sender), thread, to_us, seen (day), automatic, people."""
        who, thread, to_us = more.get("who", -1), more.get("thread", -1), more.get("to_us", 1)
        seen, automatic = more.get("seen", day), more.get("automatic", 0)
        row = (deal, moment(day), moment(seen), int(direction), automatic, to_us, thread, who)
        number = self._add("messages", row)
        for person in more.get("people", ()):
            self._add("message_people", (number, person))
        return number

    def comes(self, deal: int, day: float, who: int, **more: Any) -> int:
        """A message of a buyer."""
        return self.mail(deal, day, Direction.IN, who=who, **more)

    def goes(self, deal: int, day: float, **more: Any) -> int:
        """A message of ours."""
        return self.mail(deal, day, Direction.OUT, **more)

    def meeting(self, deal: int, day: float, answers: dict[int, Answer], **more: float) -> int:
        """A meeting with buyers' answers. More, as days: booked, done, void, answered."""
        booked = more.get("booked", day - 7)
        number = self._add(
            "meetings",
            (deal, moment(day), moment(booked), moment(more.get("done", NEVER)), moment(more.get("void", NEVER))),
        )
        for person, answer in answers.items():
            self._add("answers", (number, person, int(answer), moment(more.get("answered", booked))))
        return number

    def task(self, deal: int, due: float, *, made: float = 0, closed: float = NEVER) -> int:
        """A task of ours."""
        return self._add("tasks", (deal, moment(due), moment(made), moment(closed)))

    def role(self, deal: int, person: int, role: Role, since: float = 0, until: float = NEVER) -> int:
        """The part that a contact plays."""
        return self._add("roles", (deal, person, int(role), moment(since), moment(until)))

    def cover(self, source: Source, since: float, until: float, *, owner: int = -1, seen: float | None = None) -> None:
        """A source read completely from one day to another; nothing else is covered then."""
        self.covered = False
        self._add(
            "coverage", (owner, int(source), moment(since), moment(until), moment(since if seen is None else seen))
        )

    def rate(self, currency: int, day: float, rate: float, *, seen: float | None = None) -> int:
        """What one minor unit of a currency is worth from a day on."""
        return self._add("rates", (currency, moment(day), rate, moment(day if seen is None else seen)))

    def pause(self, deal: int, since: float, until: float) -> int:
        """A person lays a deal to rest."""
        return self._add("pauses", (deal, moment(since), moment(until)))

    def absence(self, deal: int, since: float, until: float, *, seen: float | None = None) -> int:
        """A buyer is out of office."""
        return self._add("absences", (deal, moment(since), moment(until), moment(since if seen is None else seen)))

    def load(self) -> Loaded:
        """The facts of the world."""
        rows = {name: list(told) for name, told in self.rows.items()}
        if self.covered:
            rows["coverage"] = [(-1, int(source), -NEVER, NEVER, -NEVER) for source in Source]
        tables: dict[str, Any] = {"stages": STAGES}
        for name, columns in FIRST_COLUMNS.items():
            values = list(zip(*rows[name], strict=True)) or [()] * len(columns.split())
            if rows[name]:
                tables[name] = dict(zip(columns.split(), values, strict=True))
        return build(tables, Settings(**self.settings))

    def scan(self, day: float, deal: int = 0) -> Scan:
        """All signals of one deal on a day."""
        return scan(self.load(), [deal], [moment(day)])

    def judge(self, key: str, day: float, deal: int = 0) -> SignalRecord:
        """One signal of one deal on a day."""
        loaded = self.load()
        return record_of(scan(loaded, [deal], [moment(day)]), loaded, key, 0)

    def _add(self, table: str, row: tuple[Any, ...]) -> int:
        self.rows[table].append(row)
        return len(self.rows[table]) - 1


def working(day: int, hours: float) -> float:
    """The day and hour after so many business hours from 9 o'clock of a Monday."""
    days, rest = divmod(hours, 8)
    if rest == 0 and days > 0:
        days, rest = days - 1, 8
    weeks, weekday = divmod(int(days), 5)
    return day + weeks * 7 + weekday + (9 + rest) / 24


def winners(world: World, count: int, *, stay: int = 10, amount: int = 100_000, gap: int = 4) -> None:
    """Won deals that stayed `stay` days in the early stage, with a buyer writing every `gap` business days."""
    for _ in range(count):
        deal, buyer = world.deal(0, amount=amount), world.person(seniority=3)
        for touch in range(5):
            world.comes(deal, working(0, 8 * gap * touch + 1), buyer, thread=10_000 + deal)
        world.change(deal, Field.STAGE, stay, MID)
        world.change(deal, Field.STAGE, stay + 20, WON)
