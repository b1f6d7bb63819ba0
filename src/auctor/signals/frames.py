"""From loose columns to the tables that the passes read.

`build` takes one set of columns for each table: a mapping of names to columns, a polars DataFrame or a pyarrow
Table. `COLUMNS` says which columns each table has. Rows may come in any order. What a table refers to is a row
number: deal 0 is the first row of `deals`, person 0 the first of `people`; stages, owners, pipelines, currencies
and sources are codes from 0 on, and currency 0 is the workspace's own.

A table that is left out is empty. That alone proves nothing: absence counts only where `coverage` says that a
source was read completely.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from auctor.signals import shape
from auctor.signals.calendar import calendar
from auctor.signals.columns import BadColumn, Column, codes, grouped, integers, same_length
from auctor.signals.kernels import closed
from auctor.signals.specs import COLUMNS, Read, Rows, count_rows, read_openings, read_table
from auctor.signals.tables import Facts, Pairs, Workspace
from auctor.signals.vocabulary import DAY, I32, I64, NEVER, Field, Table


@dataclass(frozen=True, slots=True)
class Settings:
    """What belongs to the workspace and not to a deal. Moments in microseconds, days since 1970.

    `history_since` has a row for each source and a column for each `Field`: from when on changes are logged
    (NEVER: not at all); empty means that every log is complete. `inactive_at` has a moment for each owner,
    `bulk_known_at` one for each bulk edit, beginning with number 1. `patience` is how far reading may lag.
    """

    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    history_since: Sequence[Sequence[int]] | I64 = ()
    inactive_at: Column = ()
    bulk_known_at: Column = ()
    period_ends: Column = ()
    snapshots: Column = ()
    patience: int = DAY


@dataclass(frozen=True, slots=True)
class Loaded:
    """The facts, and for each table in which evidence stands the input row of each of its rows (None: the same)."""

    facts: Facts
    origins: dict[Table, I64 | None] = field(default_factory=dict)

    def origin(self, table: Table, row: int) -> int:
        """The input row of an evidence row."""
        order = self.origins.get(table)
        return row if order is None else int(order[row])


def build(tables: Mapping[str, Rows], settings: Settings | None = None) -> Loaded:
    """Facts from columns. Raises BadColumn for unknown tables or columns, wrong types, lengths and row numbers.

    Every table is asked for once and let go before the next: a mapping that makes its tables when they are asked
    for needs memory for one of them at a time. `people` and `deals` come first.
    """
    unknown = sorted(set(tables) - set(COLUMNS))
    if unknown:
        raise BadColumn(f"There is no table {unknown[0]!r}.", where="facts", mend=f"Known are {sorted(COLUMNS)}.")
    settings, counts = settings or Settings(), Counted(tables)
    people, deals = shape.people(counts.read("people")), shape.deals(*counts.read_deals())
    count = len(deals.created_at)
    messages, messages_order = shape.messages(counts.read("messages"), counts.read("message_people"), count)
    meetings, meetings_order = shape.meetings(counts.read("meetings"), counts.read("answers"), count)
    changes, changes_order = shape.changes(counts.read("changes"), count)
    tasks, tasks_order = shape.tasks(counts.read("tasks"), count)
    roles, roles_order = shape.roles(counts.read("roles"), count)
    facts = Facts(
        deals=deals, changes=changes, messages=messages, meetings=meetings, tasks=tasks, roles=roles,
        absences=shape.absences(counts.read("absences"), count), pauses=shape.pauses(counts.read("pauses"), count),
        people=people, stages=shape.stages(counts.read("stages")), coverage=shape.coverage(counts.read("coverage")),
        rates=shape.rates(counts.read("rates")), workspace=_workspace(settings),
        calendar=calendar(settings.zone, settings.holidays),
    )  # fmt: skip
    check_codes(facts)
    orders = (changes_order, messages_order, meetings_order, tasks_order, roles_order, None)
    return Loaded(closed(facts), dict(zip(Table, orders, strict=True)))


@dataclass(slots=True)
class Counted:
    """Reads one table after the other and remembers how many rows each has, because later ones refer to them."""

    tables: Mapping[str, Rows]
    rows: dict[str, int] = field(default_factory=dict)

    def read(self, name: str) -> Read:
        """The columns of a table."""
        return self._read(name, self.tables.get(name))

    def read_deals(self) -> tuple[Read, I64, I32]:
        """The columns of the deals, their opening amounts, and their other opening values."""
        rows = self.tables.get("deals")
        return self._read("deals", rows), *read_openings(rows)

    def _read(self, name: str, rows: Rows) -> Read:
        self.rows[name] = count_rows(rows)
        return read_table(name, rows, self.rows)


def _workspace(settings: Settings) -> Workspace:
    history = integers(np.asarray(settings.history_since, dtype=np.int64).ravel(), "history_since")
    if not len(history):
        history = np.full(len(Field), -NEVER, dtype=np.int64)
    return Workspace(
        history_since=history.reshape(-1, len(Field)),
        inactive_at=integers(settings.inactive_at, "inactive_at", missing=NEVER),
        bulk_known_at=np.concatenate([[NEVER], integers(settings.bulk_known_at, "bulk_known_at")]),
        period_ends=np.sort(integers(settings.period_ends, "period_ends", dtype=np.int32)),
        snapshots=np.sort(integers(settings.snapshots, "snapshots")),
        patience=settings.patience,
    )


def pairs_of(deal: Column, at: Column, facts: Facts) -> tuple[Pairs, I64 | None]:
    """Pairs sorted by deal and moment, and the order that sorted them (None: they were).

    Raises BadColumn for deals that are not among the facts.
    """
    deals, moments = codes(deal, "deal", len(facts.deals.created_at)), integers(at, "at")
    same_length({"deal": deals, "at": moments}, "pairs")
    _, order = grouped(deals, moments, len(facts.deals.created_at), "pairs")
    if order is not None:
        deals, moments = deals[order], moments[order]
    return closed(Pairs(deals, moments)), order


def check_codes(facts: Facts) -> None:
    """Raise BadColumn for a stage, owner, source or bulk edit outside of its list."""
    changes, workspace = facts.changes, facts.workspace
    stages, owners = len(facts.stages.first) - 1, len(workspace.inactive_at)
    for code, count in ((Field.STAGE, stages), (Field.OWNER, owners)):
        logged = changes.value[changes.field == code]
        for values in (facts.deals.opening[code], logged):
            if values.max(initial=-1) >= count:
                raise BadColumn(f"{code.name.lower()} {values.max()} is not below {count}.", where="facts")
    if (np.diff(facts.stages.first) == 0).any():
        empty = int((np.diff(facts.stages.first) == 0).argmax())
        raise BadColumn(f"Stage {empty} has no version.", where="stages", mend="Number stages without gaps.")
    if facts.deals.source.max(initial=0) >= len(workspace.history_since):
        raise BadColumn("A source has no row of history_since.", where="deals")
    if changes.bulk.max(initial=0) >= len(workspace.bulk_known_at):
        raise BadColumn("A bulk edit has no moment in bulk_known_at.", where="changes")
