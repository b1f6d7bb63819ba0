"""Worlds made up by chance, told in the order in which their facts came on record."""

from collections.abc import Callable, Sequence

import numpy as np

from auctor.signals.vocabulary import NEVER, Answer, Direction, Field, Role, Source
from tests.signals.worlds import EARLY, LATE, LOST, MID, START_DAY, WON, World, moment, winners

DAYS = 120
PEOPLE = 6
# How many days after the fact it came on record: most at once, some much later.
LATENESS = (0, 0, 0, 0, 0.1, 3, 12, 40)
BULK_DAY = 70
FOREIGN = 1
VALUES: dict[Field, Sequence[int | None]] = {
    Field.STAGE: (EARLY, MID, LATE, 3, EARLY, MID, WON, LOST),
    Field.AMOUNT: (0, 50_000, 100_000, 150_000, None),
    Field.OWNER: (0, 1, 2, 3, None),
    Field.CATEGORY: (0, 1, 2, 3, None),
    Field.CURRENCY: (0, FOREIGN),
}


def made_up(seed: int, *, deals: int = 4, facts: int = 150, norms: bool = True) -> World:
    """A world of some deals with all kinds of facts; with `norms`, won deals come before them."""
    rng = np.random.default_rng(seed)
    world = World(covered=False)
    world.settings |= {
        "history_since": history(rng),
        "inactive_at": [moment(60), moment(float(rng.integers(5, 100))), NEVER, NEVER],
        "bulk_known_at": [moment(BULK_DAY + 0.1)],
        "period_ends": [START_DAY + 60, START_DAY + 90],
        "snapshots": [moment(day) for day in (30, 60, 90)],
    }
    if norms:
        winners(world, 22, stay=int(rng.integers(5, 20)), gap=int(rng.integers(2, 6)), amount=int(rng.integers(1, 3)))
    first = len(world.rows["deals"])
    cover(world, rng)
    begun = [float(day) for day in rng.choice([0.0, 2.0, 9.0, 20.0, 45.0], deals)]
    for day in begun:
        open_deal(world, rng, day)
    people = [buyer(world, rng) for _ in range(PEOPLE)]
    for now in np.sort(rng.uniform(0, DAYS, facts)):
        known = [place for place, day in enumerate(begun) if day <= now]
        if known:
            # One deal is busier than the others, so that signals which need many touches speak, too.
            place = known[0] if rng.integers(0, 2) else int(rng.choice(known))
            happen(world, rng, float(now), first + place, begun=begun[place], people=people)
    bulk_edit(world, rng, range(first, first + deals), begun)
    return world


def history(rng: np.random.Generator) -> list[list[int]]:
    """The first source logs everything; the second began to log some fields on some day, or never."""
    late = [int(rng.choice([-NEVER, moment(25), moment(65), NEVER])) for _ in Field]
    return [[-NEVER] * len(Field), late]


def cover(world: World, rng: np.random.Generator) -> None:
    """Each source is read completely, for everybody or for one owner, with or without a gap."""
    for source in Source:
        since = float(rng.integers(-50, 20))
        broken = float(rng.choice([1000, 50]))
        world.cover(source, since, broken, owner=int(rng.choice([-1, -1, 0])))
        if broken < DAYS:
            world.cover(source, broken + 3, 1000, seen=broken + 9)


def open_deal(world: World, rng: np.random.Generator, day: float) -> int:
    """A deal that begins on a day; some are seen days later, some tell less."""
    return world.deal(
        day, stage=int(rng.integers(0, 4)), amount=int(rng.integers(0, 4)) * 50_000,
        close_on=int(rng.integers(40, 160)), owner=int(rng.integers(0, 4)), category=int(rng.integers(0, 4)),
        currency=int(rng.integers(0, 2)), source=int(rng.integers(0, 4) == 0), seen=day + float(rng.choice([0, 0, 4])),
    )  # fmt: skip


def buyer(world: World, rng: np.random.Generator) -> int:
    """A buyer whose title may be learnt late, and who may leave."""
    left, titled = float(rng.choice([NEVER, NEVER, 80])), float(rng.choice([-NEVER, -NEVER, 50]))
    return world.person(seniority=int(rng.integers(-1, 5)), left=left, titled=titled)


def happen(world: World, rng: np.random.Generator, now: float, deal: int, *, begun: float, people: list[int]) -> None:
    """One fact that comes on record now; what it tells of may lie earlier, or ahead."""
    past = max(now - float(rng.choice(LATENESS)), begun)
    kinds: list[Callable[[], object]] = [
        *[lambda: write(world, rng, (now, past), deal, people)] * 7,
        lambda: meet(world, rng, now, deal, people),
        lambda: plan(world, rng, now, deal),
        lambda: name_role(world, rng, now, deal, people),
        lambda: rest(world, rng, now, deal),
        lambda: world.rate(FOREIGN, past, float(rng.integers(1, 4)), seen=now),
        *[lambda: change(world, rng, (now, past), deal)] * 4,
    ]
    kinds[int(rng.integers(0, len(kinds)))]()


def write(world: World, rng: np.random.Generator, when: tuple[float, float], deal: int, people: list[int]) -> None:
    """A message, from a buyer or from us."""
    now, past = when
    direction = Direction.IN if rng.integers(0, 7) < 4 else Direction.OUT
    copied = tuple(int(person) for person in rng.choice(people, int(rng.integers(0, 3)), replace=False))
    sender = int(rng.choice(people)) if direction == Direction.IN else -1
    world.mail(
        deal, past, direction, who=sender, thread=int(rng.integers(-1, 4)), seen=now, people=copied,
        to_us=int(rng.integers(0, 2)), automatic=int(rng.integers(0, 9) == 0),
    )  # fmt: skip


def meet(world: World, rng: np.random.Generator, now: float, deal: int, people: list[int]) -> None:
    """A meeting that is booked now; it may be answered, held or cancelled later."""
    start = now + float(rng.integers(-3, 25))
    answers = {int(person): Answer(int(rng.integers(0, 4))) for person in rng.choice(people, 2, replace=False)}
    done, void = rng.choice([now + 30, NEVER]), rng.choice([now + 5, NEVER, NEVER])
    answered = now + float(rng.choice([0, 0, 4]))
    world.meeting(deal, start, answers, booked=now, done=float(done), void=float(void), answered=answered)


def plan(world: World, rng: np.random.Generator, now: float, deal: int) -> None:
    """A task of ours."""
    world.task(deal, now + float(rng.integers(-3, 20)), made=now, closed=float(rng.choice([now + 6, NEVER])))


def name_role(world: World, rng: np.random.Generator, now: float, deal: int, people: list[int]) -> None:
    """The CRM says what part somebody plays."""
    who, role = int(rng.choice(people)), Role(int(rng.integers(0, 4)))
    world.role(deal, who, role, now, float(rng.choice([now + 9, NEVER])))


def rest(world: World, rng: np.random.Generator, now: float, deal: int) -> None:
    """Somebody lays the deal to rest, or a buyer is away for a while."""
    if rng.integers(0, 3) == 0:
        world.pause(deal, now, now + float(rng.integers(1, 6)))
    else:
        world.absence(deal, now + float(rng.integers(-5, 9)), now + 14, seen=now)


def change(world: World, rng: np.random.Generator, when: tuple[float, float], deal: int) -> None:
    """One field changes; a closed deal may be opened again, a stage entered again."""
    now, past = when
    name = Field(int(rng.choice([*Field, Field.STAGE, Field.STAGE, Field.OWNER])))
    value: int | None = int(rng.integers(60, 200))
    if name in VALUES:
        value = VALUES[name][int(rng.integers(0, len(VALUES[name])))]
    world.change(deal, name, past, value, seen=now, actor=int(rng.integers(-1, 3)))


def bulk_edit(world: World, rng: np.random.Generator, deals: Sequence[int], begun: Sequence[float]) -> None:
    """Somebody moves a field of all deals at once; a moment later it is known that they did."""
    name = Field(int(rng.choice([Field.CLOSE_ON, Field.OWNER, Field.STAGE, Field.AMOUNT])))
    value = int(rng.integers(0, 3)) if name in VALUES else int(rng.integers(100, 200))
    for deal, day in zip(deals, begun, strict=True):
        world.change(deal, name, max(BULK_DAY, day), value, bulk=1)
