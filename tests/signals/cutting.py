"""What was on record at a moment, and the same world at another time."""

from dataclasses import dataclass, replace
from typing import Any

from auctor.signals.vocabulary import NEVER, Field, Table
from tests.signals.worlds import FIRST_COLUMNS, World

Row = tuple[Any, ...]
DAY = 86_400_000_000
# What puts a row on record: the latest of these columns.
KNOWN_BY = {
    "deals": ("created_at", "observed_at"),
    "changes": ("effective_at", "observed_at"),
    "messages": ("at", "observed_at"),
    "meetings": ("observed_at",),
    "answers": ("answered_at",),
    "tasks": ("observed_at",),
    "roles": ("since",),
    "absences": ("observed_at",),
    "pauses": ("since",),
    "coverage": ("since", "observed_at"),
    "rates": ("since", "observed_at"),
}
# Columns that tell of an end or a beginning; until it comes, it has not.
ENDS = {
    "meetings": ("done_at", "void_at"),
    "tasks": ("closed_at",),
    "roles": ("until",),
    "pauses": ("until",),
    "people": ("titled_at", "left_at"),
    "coverage": ("until",),
}
# Which table the row numbers of a column count.
REFERS = {"deal": "deals", "message": "messages", "meeting": "meetings"}
EVIDENCE = {
    Table.CHANGES: "changes",
    Table.MESSAGES: "messages",
    Table.MEETINGS: "meetings",
    Table.TASKS: "tasks",
    Table.ROLES: "roles",
}


@dataclass(frozen=True)
class Cut:
    """A world without its future, and for each table the rows that its rows were before."""

    world: World
    kept: dict[str, list[int]]

    def before(self, table: Table, row: int) -> int:
        """The row that a row of evidence was in the whole world."""
        return self.kept[EVIDENCE[table]][row] if table in EVIDENCE else row


def cut(world: World, at: int) -> Cut:
    """The world as it was on record at a moment: what came later is gone, what ended later has not ended."""
    kept: dict[str, list[int]] = {}
    rows: dict[str, list[Row]] = {}
    # Tables that others refer to come first.
    for table in sorted(FIRST_COLUMNS, key=lambda name: name not in REFERS.values()):
        names = FIRST_COLUMNS[table].split()
        kept[table] = [
            number
            for number, row in enumerate(world.rows[table])
            if _is_known(table, dict(zip(names, row, strict=True)), at, kept)
        ]
        rows[table] = [
            tuple(_as_of(table, name, value, at, kept) for name, value in zip(names, world.rows[table][n], strict=True))
            for n in kept[table]
        ]
    settings = dict(world.settings)
    settings["inactive_at"] = [_not_before(value, at) for value in settings["inactive_at"]]
    settings["bulk_known_at"] = [_not_before(value, at) for value in settings["bulk_known_at"]]
    settings["snapshots"] = [value for value in settings["snapshots"] if value <= at]
    return Cut(replace(world, rows=rows, settings=settings), kept)


def _is_known(table: str, row: dict[str, Any], at: int, kept: dict[str, list[int]]) -> bool:
    there = all(row[name] in kept[other] for name, other in REFERS.items() if name in row)
    return there and all(row[name] <= at for name in KNOWN_BY.get(table, ()))


def _as_of(table: str, name: str, value: Any, at: int, kept: dict[str, list[int]]) -> Any:
    if name in REFERS:
        return kept[REFERS[name]].index(value)
    return _not_before(value, at) if name in ENDS.get(table, ()) else value


def _not_before(value: int, at: int) -> int:
    return NEVER if value > at else value


def shifted(world: World, weeks: int) -> World:
    """The same world, so many weeks later."""
    rows = {}
    for table, told in world.rows.items():
        names = FIRST_COLUMNS[table].split()
        rows[table] = [
            tuple(_later(name, value, row, 7 * weeks) for name, value in zip(names, row, strict=True)) for row in told
        ]

    def later(moments: list[int]) -> list[int]:
        return [value if abs(value) >= NEVER else value + 7 * weeks * DAY for value in moments]

    settings = dict(world.settings)
    for name in ("inactive_at", "bulk_known_at", "snapshots"):
        settings[name] = later(settings[name])
    settings["history_since"] = [later(fields) for fields in settings["history_since"]]
    settings["period_ends"] = [day + 7 * weeks for day in settings["period_ends"]]
    return replace(world, rows=rows, settings=settings)


def _later(name: str, value: Any, row: Row, days: int) -> Any:
    if value is None or abs(value) >= NEVER:
        return value
    if name.endswith(("_at", "at", "since", "until")):
        return value + days * DAY
    is_day = name in ("close_on", "next_step_on") or (
        name == "value" and row[1] in (Field.CLOSE_ON, Field.NEXT_STEP_ON)
    )
    return value + days if is_day else value
