"""Worlds made up by chance, told in the order in which their facts came on record."""

from dataclasses import replace

import numpy as np

from auctor.signals.vocabulary import NEVER, Answer, Direction, Field, Role, Source
from tests.signals.worlds import FIRST_COLUMNS, START, START_DAY, WON, World, moment, winners

DAYS = 120
PEOPLE = 6


def made_up(seed: int, *, deals: int = 4, facts: int = 150, norms: bool = True) -> World:
    """A world of some deals with all kinds of facts; with `norms`, won deals come before them."""
    rng = np.random.default_rng(seed)
    world = World(covered=False)
    world.settings |= {
        "inactive_at": [moment(60), NEVER, NEVER, NEVER],
        "bulk_known_at": [moment(70)],
        "period_ends": [START_DAY + 60, START_DAY + 90],
        "snapshots": [moment(day) for day in (30, 60, 90)],
    }
    if norms:
        winners(world, 22, stay=int(rng.integers(5, 20)), gap=int(rng.integers(2, 6)), amount=int(rng.integers(1, 3)))
    for source in Source:
        world.cover(source, float(rng.integers(-50, 20)), 1000)
    first = len(world.rows["deals"])
    for _ in range(deals):
        world.deal(
            float(rng.integers(0, 30)), stage=int(rng.integers(0, 4)), amount=int(rng.integers(0, 4)) * 50_000,
            close_on=int(rng.integers(40, 160)), owner=int(rng.integers(0, 4)), category=int(rng.integers(0, 4)),
            currency=int(rng.integers(0, 2)),
        )  # fmt: skip
    people = [world.person(seniority=int(rng.integers(-1, 5))) for _ in range(PEOPLE)]
    for now in np.sort(rng.uniform(30, DAYS, facts)):
        happen(world, rng, float(now), first + int(rng.integers(0, deals)), people)
    return world


def happen(world: World, rng: np.random.Generator, now: float, deal: int, people: list[int]) -> None:
    """One fact that comes on record now; what it tells of may lie earlier, or ahead."""
    kind, who, past = int(rng.integers(0, 12)), int(rng.choice(people)), now - float(rng.choice([0, 0, 0, 3]))
    if kind < 7:
        direction = Direction.IN if kind < 4 else Direction.OUT
        copied = tuple(int(person) for person in rng.choice(people, int(rng.integers(0, 3)), replace=False))
        sender = who if direction == Direction.IN else -1
        world.mail(
            deal, past, direction, who=sender, thread=int(rng.integers(-1, 4)), seen=now, people=copied,
            to_us=int(rng.integers(0, 2)), automatic=int(rng.integers(0, 9) == 0),
        )  # fmt: skip
    elif kind == 7:
        start = now + float(rng.integers(-3, 25))
        answers = {int(person): Answer(int(rng.integers(0, 4))) for person in rng.choice(people, 2, replace=False)}
        done, void = rng.choice([now + 30, NEVER]), rng.choice([now + 5, NEVER, NEVER])
        world.meeting(deal, start, answers, booked=now, done=float(done), void=float(void))
    elif kind == 8:
        world.task(deal, now + float(rng.integers(-3, 20)), made=now, closed=float(rng.choice([now + 6, NEVER])))
    elif kind == 9:
        world.role(deal, who, Role(int(rng.integers(0, 4))), now, float(rng.choice([now + 9, NEVER])))
    else:
        name = Field(int(rng.integers(0, 7)))
        value = {Field.STAGE: rng.choice([0, 1, 2, 3, 1, 2, WON]), Field.AMOUNT: rng.integers(0, 4) * 50_000}.get(
            name, rng.integers(60, 200) if name in (Field.CLOSE_ON, Field.NEXT_STEP_ON) else rng.integers(0, 2)
        )
        more = {"seen": now, "actor": int(rng.integers(-1, 3)), "bulk": int(rng.integers(0, 5) == 0)}
        world.change(deal, name, past, int(value), **more)


def known_at(table: str, row: tuple[int, ...]) -> int:
    """When a row came on record."""
    told = dict(zip(FIRST_COLUMNS[table].split(), row, strict=True))
    names = {"deals": ("created_at",), "roles": ("since",), "absences": ("since", "observed_at")}
    if table in ("message_people", "answers", "people", "pauses", "rates"):
        return START
    wanted = names.get(table, ("observed_at",) if table in ("meetings", "tasks") else ("observed_at", "at"))
    return max(told[name] for name in (*wanted, "effective_at", "since") if name in told and told[name] is not None)


def cut(world: World, at: int) -> World:
    """The world as it was on record at a moment: what came later is gone, what ended later has not ended."""
    rows = {name: [row for row in told if known_at(name, row) <= at] for name, told in world.rows.items()}
    rows["message_people"] = [row for row in rows["message_people"] if row[0] < len(rows["messages"])]
    rows["answers"] = [row for row in rows["answers"] if row[0] < len(rows["meetings"])]
    for table, columns in (("meetings", (3, 4)), ("tasks", (3,)), ("roles", (4,)), ("people", (2,))):
        rows[table] = [
            tuple(NEVER if place in columns and value > at else value for place, value in enumerate(row))
            for row in rows[table]
        ]
    return replace(world, rows=rows)


def shifted(world: World, weeks: int) -> World:
    """The same world, so many weeks later."""
    days = 7 * weeks
    clocks = ("_at", "at", "since", "until")
    rows = {}
    for table, told in world.rows.items():
        names = FIRST_COLUMNS[table].split()
        rows[table] = [
            tuple(_later(name, value, row, days, clocks) for name, value in zip(names, row, strict=True))
            for row in told
        ]
    settings = dict(world.settings)
    for name in ("inactive_at", "bulk_known_at", "snapshots"):
        settings[name] = [value if abs(value) >= NEVER else value + days * 86_400_000_000 for value in settings[name]]
    settings["period_ends"] = [day + days for day in settings["period_ends"]]
    return replace(world, rows=rows, settings=settings)


def _later(name: str, value: int | None, row: tuple[int, ...], days: int, clocks: tuple[str, ...]) -> int | None:
    if value is None or abs(value) >= NEVER:
        return value
    if name.endswith(clocks):
        return value + days * 86_400_000_000
    is_day = name in ("close_on", "next_step_on") or (
        name == "value" and row[1] in (Field.CLOSE_ON, Field.NEXT_STEP_ON)
    )
    return value + days if is_day else value
