"""Bulk edits are one event: many deals changed in one field by one person at once are an administrative act."""

from typing import Final, NamedTuple

import numpy as np

from auctor.signals.columns import Column, integers
from auctor.signals.kernels import fast, kernel
from auctor.signals.vocabulary import I8, I32, I64, NEVER, SECOND, Flags

WITHIN: Final = 600 * SECOND
MORE_THAN: Final = 25


def find_bulk_edits(field: Column, actor: Column, deal: Column, at: Column) -> tuple[I32, I64]:
    """For every change the number of its bulk edit (0: none), and for each bulk edit, from number 1 on, the moment
    from which it was seen to be one: that of the 26th deal. `at` are the moments at which changes were on record.

    Changes without an actor (-1) are never bulk edits.
    """
    fields, actors = integers(field, "field", dtype=np.int8), integers(actor, "actor", missing=-1, dtype=np.int32)
    deals, moments = integers(deal, "deal", dtype=np.int32), integers(at, "at")
    order = np.lexsort((moments, actors, fields))
    rows = Rows(fields[order], actors[order], deals[order], moments[order])
    seen_at = np.full(len(deals), NEVER, np.int64)
    near = crowds(rows)
    if near.any():
        marks = seen_at[near]
        crowded = Rows(rows.field[near], rows.actor[near], rows.deal[near], rows.at[near])
        fast(mark_bursts, len(marks))(crowded, np.zeros(int(deals.max(initial=0)) + 1, np.int32), marks)
        seen_at[near] = marks
    found, numbers = np.unique(np.append(seen_at, NEVER), return_inverse=True)
    bulk = np.zeros(len(deals), np.int32)
    bulk[order] = np.where(seen_at == NEVER, 0, numbers[:-1] + 1)
    return bulk, found[:-1]


class Rows(NamedTuple):
    """Changes sorted by field, actor and moment."""

    field: I8
    actor: I32
    deal: I32
    at: I64


def crowds(rows: Rows) -> Flags:
    """The rows among which a bulk edit may be; few, so that a small import need not load the compiler.

    No window reaches over a pause of `WITHIN`, so rows between two pauses are looked at together or not at all. More
    than `MORE_THAN` deals take more than so many rows, the last of them within the window of the first.
    """
    broken = np.ones(len(rows.at), np.bool_)
    same = (rows.field[1:] == rows.field[:-1]) & (rows.actor[1:] == rows.actor[:-1])
    broken[1:] = ~same | (rows.at[1:] - rows.at[:-1] > WITHIN)
    run = np.cumsum(broken) - 1
    near = rows.at[MORE_THAN:] - rows.at[:-MORE_THAN] <= WITHIN
    is_crowd = np.zeros(int(run[-1]) + 1 if len(run) else 0, np.bool_)
    is_crowd[run[MORE_THAN:][near & (run[MORE_THAN:] == run[:-MORE_THAN])]] = True
    found: Flags = is_crowd[run]
    return found


@kernel
def mark_bursts(rows: Rows, inside: I32, seen_at: I64) -> None:
    """Slide over each actor's changes of a field; `inside` counts the changes of each deal within the window."""
    start, marked, deals = 0, 0, 0
    for row in range(len(rows.at)):
        fresh = row == 0 or rows.field[row] != rows.field[row - 1] or rows.actor[row] != rows.actor[row - 1]
        while start < row and (fresh or rows.at[start] < rows.at[row] - WITHIN):
            inside[rows.deal[start]] -= 1
            deals -= inside[rows.deal[start]] == 0
            start += 1
        inside[rows.deal[row]] += 1
        deals += inside[rows.deal[row]] == 1
        if deals > MORE_THAN and rows.actor[row] >= 0:
            marked = max(marked, start)
            while marked <= row:
                seen_at[marked] = rows.at[row]
                marked += 1
