"""What the signals read, as whole columns: the facts of chosen deals, of all open ones, or of all.

    facts = frames.load(actor, deals=frames.OPEN)
    loaded = auctor.signals.frames.build(facts.tables, facts.settings)

Rows are numbered as the signals want them; `facts.codes` tells what the numbers stand for, `facts.rows` which record
each row of a table is. Reads what is committed, in one snapshot.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

import polars as pl

from auctor.crm import frame_queries as sql
from auctor.crm import frame_tables as shape
from auctor.crm import frame_touches as touches
from auctor.crm.frame_tables import Codes
from auctor.crm.reading import Columns, columns
from auctor.crm.terms import Counting, get_counting
from auctor.crm.vocabulary import FILES, RecordState
from auctor.signals.calendar import epoch_days
from auctor.signals.frames import Settings
from auctor.signals.vocabulary import DAY, StageKind
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

LIVING: Final = f"record_state = {RecordState.ACTIVE:d}"
# Conditions that choose deals.
ALL: Final = LIVING
OPEN: Final = f"{LIVING} AND stage_kind = {StageKind.OPEN:d}"
CLOSED: Final = f"{LIVING} AND stage_kind <> {StageKind.OPEN:d}"
# People bring files once a week; a vendor is read all day.
FILES_PATIENCE: Final = 7 * DAY
# Above this a list of ids costs more than reading everything.
MOST_CHOSEN: Final = 100_000
QUERIES: Final = {
    "deals": sql.DEALS,
    "changes": sql.CHANGES,
    "messages": sql.MESSAGES,
    "meetings": sql.MEETINGS,
    "tasks": sql.TASKS,
    "absences": sql.ABSENCES,
    "participants": sql.PARTICIPANTS,
    "roles": sql.ROLES,
    "pauses": sql.PAUSES,
    "owners": sql.OWNERS,
    "stages": sql.STAGES,
    "coverage": sql.COVERAGE,
    "rates": sql.RATES,
    "snapshot_days": sql.SNAPSHOT_DAYS,
}
# Equal moments are told apart by what happened, which an export carries along, and then by ids, so that an answer does
# not depend on where rows lie in the database.
ORDER: Final = {
    "messages": ("deal", "at", "flow", "thread"),
    "meetings": ("deal", "at", "observed_at", "state", "ended_at"),
    "tasks": ("deal", "due_at", "observed_at", "state", "ended_at"),
    "roles": ("deal", "role", "since", "until"),
}


@dataclass(frozen=True, slots=True)
class LearnerFacts:
    """What the learner counts: activities by kind and label, and custom values with their changes."""

    activities: pl.DataFrame
    custom: pl.DataFrame
    custom_changes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class DealFacts:
    """`tables` and `settings` for `signals.frames.build`. `deals` has a row for each deal in the order of its number.

    `rows`: for the tables in which evidence stands, the ids (16 bytes) of their records. `counted` is what the learner
    reads besides, where it was asked for.
    """

    tables: dict[str, pl.DataFrame]
    settings: Settings
    codes: Codes
    deals: pl.DataFrame
    rows: dict[str, pl.Series]
    counted: LearnerFacts | None = None

    def deal_ids(self) -> list[UUID]:
        """The deals by their number."""
        return [UUID(bytes=key) for key in self.deals["id"]]


def load(
    actor: Actor, *, deals: str | Sequence[UUID] = OPEN, only_open: bool = False, with_counts: bool = False
) -> DealFacts:
    """The facts of `OPEN`, `CLOSED` or `ALL` deals, or of those with the given ids (at most `MOST_CHOSEN`), of these
    only the open ones if told so; `with_counts` reads what the learner counts as well.

    Needs `risk:read`; a member's facts are of own deals only.
    """
    require(actor, Permission.RISK_READ)
    counting = get_counting(actor)
    with columns(actor) as source:
        if isinstance(deals, str):
            source.read_whole_tables()
        found = _load(source, queries(deals, only_open=only_open), counting)
        if not with_counts:
            return found
        where = condition(deals, only_open=only_open)
        return replace(found, counted=_counted(source, where))


def _counted(source: Columns, where: str) -> LearnerFacts:
    return LearnerFacts(
        activities=source.read(sql.LABELS.format(chosen=where)),
        custom=source.read(sql.CUSTOM.format(chosen=where)),
        custom_changes=source.read(sql.CUSTOM_CHANGES.format(chosen=where)),
    )


def chosen(deals: str | Sequence[UUID]) -> str:
    """The condition that chooses deals. Raises `ValueError` for too many ids."""
    if isinstance(deals, str):
        return deals
    if len(deals) > MOST_CHOSEN:
        raise ValueError(f"{len(deals)} deals were chosen; read all of them instead.")
    # UUID objects print nothing but hex digits and dashes.
    return f"{LIVING} AND id = ANY ('{{{','.join(str(UUID(int=deal.int)) for deal in deals)}}}'::uuid[])"


def condition(deals: str | Sequence[UUID], *, only_open: bool) -> str:
    """The condition that chooses deals, or only the open ones of them."""
    return f"{chosen(deals)} AND {OPEN}" if only_open else chosen(deals)


def queries(deals: str | Sequence[UUID] = OPEN, *, only_open: bool = False) -> dict[str, str]:
    """The SQL behind `load` by the name of what it reads."""
    where = condition(deals, only_open=only_open)
    return {name: query.format(chosen=where) for name, query in QUERIES.items()}


def _load(source: Columns, asked: dict[str, str], counting: Counting) -> DealFacts:
    read = {name: source.read(query) for name, query in asked.items()}
    read |= {name: read[name].sort(*by, "id") for name, by in ORDER.items()}
    owners, stages, coverage, rates = (read[name] for name in ("owners", "stages", "coverage", "rates"))
    codes = shape.codes(read, owners, stages, rates, counting.currency)
    changes = shape.changes(read["changes"], read["deals"], codes)
    met = touches.parts(read["messages"], read["participants"], codes)
    invited = touches.parts(read["meetings"], read["participants"], codes)
    messages = touches.messages(read["messages"], met)
    tables = {
        "deals": shape.deals(read["deals"], read["changes"], codes),
        "changes": changes.drop("id", "bulk_at"),
        "messages": messages.drop("id"),
        "message_people": touches.message_people(met),
        "meetings": touches.meetings(read["meetings"]),
        "answers": touches.answers(invited),
        "tasks": touches.tasks(read["tasks"]),
        "roles": touches.roles(read["roles"], codes),
        "absences": read["absences"],
        "pauses": read["pauses"],
        "people": touches.people(codes),
        "stages": shape.stages(stages, codes),
        "coverage": shape.coverage(coverage, codes),
        "rates": shape.rates(rates, codes, counting.currency),
    }
    settings = Settings(
        zone=counting.zone,
        holidays=counting.holidays,
        history_since=shape.history_since(coverage, codes),
        inactive_at=shape.inactive_at(owners),
        bulk_known_at=changes["bulk_at"].drop_nulls().unique().sort(),
        period_ends=epoch_days(period_ends(counting.year_begins_in)),
        snapshots=read["snapshot_days"]["taken_at"],
        patience=FILES_PATIENCE if set(codes.connections) <= {FILES.bytes} else DAY,
    )
    rows = {name: read[name]["id"] for name in ("messages", "meetings", "tasks", "roles")}
    return DealFacts(tables, settings, codes, read["deals"], {**rows, "changes": changes["id"]})


def period_ends(year_begins_in: int) -> list[date]:
    """The last days of all quarters between 2000 and 2045, in years that begin in the given month."""
    firsts = (date(2000 + months // 12, months % 12 + 1, 1) for months in range((year_begins_in - 1) % 3, 45 * 12, 3))
    return [date.fromordinal(first.toordinal() - 1) for first in firsts]
