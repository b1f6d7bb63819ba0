"""Columns that were read become tables: sorted, grouped by deal, each fact with the moment it was known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from auctor.signals.columns import grouped
from auctor.signals.kernels import fast, kernel
from auctor.signals.specs import Read
from auctor.signals.tables import (
    Absences,
    Changes,
    Coverage,
    Deals,
    Meetings,
    Messages,
    Pauses,
    People,
    Rates,
    Roles,
    Stages,
    Tasks,
)
from auctor.signals.vocabulary import I32, I64, Direction

LONGEST_LAG = 2**30


def deals(read: Read, amount: I64, opening: I32) -> Deals:
    """Deals are on record once they exist and were seen."""
    created_at = read["created_at"]
    return Deals(created_at, later(created_at, read["observed_at"]), read["source"], amount, opening)


def changes(read: Read, groups: int) -> tuple[Changes, I64 | None]:
    """Field changes by the moment they took effect."""
    first, order = grouped(read["deal"], read["effective_at"], groups, "changes")
    known_at = later(read["effective_at"], read["observed_at"])
    columns = (read["field"], read["effective_at"], known_at, read["value"], read["actor"], read["bulk"])
    return Changes(first, *(take(column, order) for column in columns)), order


def messages(read: Read, people: Read, groups: int) -> tuple[Messages, I64 | None]:
    """Human messages between buyers and us; automatic and internal ones are left out."""
    human = (read["is_automatic"] == 0) & (read["direction"] != Direction.OTHER)
    kept = None if human.all() else np.flatnonzero(human)
    read = {name: take(column, kept) for name, column in read.items()}
    first, order = grouped(read["deal"], read["at"], groups, "messages")
    read = {name: take(column, order) for name, column in read.items()}
    lag, late = lags(read["at"], read["observed_at"])
    origin = order if kept is None else take(kept, order)
    named_in, (named,) = children(people["message"], (people["person"],), (len(human), origin))
    named_first = np.searchsorted(named_in, first).astype(np.int32)
    columns = (read["direction"], read["to_us"], read["thread"], read["sender"], named_first, named_in, named)
    return Messages(first, read["at"], lag, late, *columns), origin


def meetings(read: Read, answers: Read, groups: int) -> tuple[Meetings, I64 | None]:
    """Meetings by start; an answer is known when it was given, but not before the meeting itself."""
    first, order = grouped(read["deal"], read["at"], groups, "meetings")
    columns = (read["at"], read["observed_at"], read["done_at"], read["void_at"])
    answered_at = later(answers["answered_at"], read["observed_at"][answers["meeting"]])
    by_time = np.argsort(answered_at, kind="stable")
    given = tuple(column[by_time] for column in (answers["person"], answers["answer"], answered_at))
    meeting, given = children(answers["meeting"][by_time], given, (len(read["at"]), order))
    answer_first, _ = grouped(meeting, None, len(read["at"]), "answers")
    held = (take(column, order) for column in columns)
    return Meetings._make([first, *held, answer_first, *given]), order


def tasks(read: Read, groups: int) -> tuple[Tasks, I64 | None]:
    """Tasks by due moment."""
    first, order = grouped(read["deal"], read["due_at"], groups, "tasks")
    columns = (read["due_at"], read["observed_at"], read["closed_at"])
    return Tasks(first, *(take(column, order) for column in columns)), order


def roles(read: Read, groups: int) -> tuple[Roles, I64 | None]:
    """Contact roles; one that was seen late counts from then on."""
    first, order = grouped(read["deal"], None, groups, "roles")
    columns = (read["person"], read["role"], later(read["since"], read["observed_at"]), read["until"])
    return Roles(first, *(take(column, order) for column in columns)), order


def absences(read: Read, groups: int) -> Absences:
    """Out-of-office notes."""
    first, order = grouped(read["deal"], read["since"], groups, "absences")
    return Absences(first, *(take(read[name], order) for name in ("since", "until", "observed_at")))


def pauses(read: Read, groups: int) -> Pauses:
    """Deals laid to rest."""
    first, order = grouped(read["deal"], read["since"], groups, "pauses")
    return Pauses(first, *(take(read[name], order) for name in ("since", "until")))


def people(read: Read) -> People:
    """Buyers stand in the order in which they came."""
    return People(read["seniority"], read["titled_at"], read["left_at"])


def stages(read: Read) -> Stages:
    """Versions of stages by the moment they came into force."""
    count = int(read["stage"].max(initial=-1)) + 1
    first, order = grouped(read["stage"], read["since"], count, "stages")
    names = ("since", "pipeline", "position", "kind", "probability", "late")
    return Stages(first, *(take(read[name], order) for name in names))


def coverage(read: Read) -> Coverage:
    """What was read completely: group 0 for everybody, then one group for each owner."""
    group = (read["owner"] + 1).astype(np.int32)
    first, order = grouped(group, read["since"], int(group.max(initial=0)) + 1, "coverage")
    known_at = later(read["since"], read["observed_at"])
    columns = (read["source"], read["since"], read["until"], known_at)
    return Coverage(first, *(take(column, order) for column in columns))


def rates(read: Read) -> Rates:
    """Rates by currency and moment."""
    count = int(read["currency"].max(initial=-1)) + 1
    first, order = grouped(read["currency"], read["since"], count, "rates")
    known_at = later(read["since"], read["observed_at"])
    return Rates(first, *(take(column, order) for column in (read["since"], known_at, read["rate"])))


def later(one: I64, other: I64) -> I64:
    """The later of two moments for each row; the very same array where it is later everywhere."""
    return one if one is other else np.maximum(one, other)


def lags(at: I64, observed_at: I64) -> tuple[I32, I64]:
    """How much later each row came on record, in 32 bits, and the moments for which these do not suffice."""
    lag, late = np.zeros(len(at), np.int32), np.zeros(0, np.int64)
    if observed_at is not at:
        late = np.zeros(fast(write_lags, len(at))(at, observed_at, lag, late), np.int64)
        fast(write_lags, len(at))(at, observed_at, lag, late)
    return lag, late


@kernel
def write_lags(at: I64, observed_at: I64, lag: I32, late: I64) -> int:
    """Write lags, and moments that come too late as far as there is room for them; return how many these are."""
    count = 0
    for row in range(len(at)):
        behind = max(observed_at[row] - at[row], 0)
        if behind <= LONGEST_LAG:
            lag[row] = behind
            continue
        if count < len(late):
            late[count] = observed_at[row]
        count += 1
        lag[row] = -count
    return count


def take(column: NDArray[Any], order: I64 | None) -> NDArray[Any]:
    """The column in another order, untouched if there is none."""
    return column if order is None else column[order]


def children(
    parent: I32, columns: tuple[NDArray[Any], ...], parents: tuple[int, I64 | None]
) -> tuple[I32, tuple[NDArray[Any], ...]]:
    """Child rows by the new rows of their parents. `parents`: how many came, and which stayed in what order;
    children of parents that were left out are left out."""
    count, order = parents
    if order is not None:
        place = np.full(count, -1, dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        parent = place[parent]
        kept = None if (parent >= 0).all() else np.flatnonzero(parent >= 0)
        parent, columns = take(parent, kept), tuple(take(column, kept) for column in columns)
    by_parent = np.argsort(parent, kind="stable") if (parent[1:] < parent[:-1]).any() else None
    return take(parent, by_parent), tuple(take(column, by_parent) for column in columns)
