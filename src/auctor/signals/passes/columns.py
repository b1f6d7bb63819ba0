"""The columns that the passes write, one row a pair, and how they are kept while a pass runs.

A pass writes records: all columns of a row side by side in one array, because compiled code hands every array
over one by one. Signals read columns.
"""

from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from auctor.signals.vocabulary import F64, I8, I16, I32, I64

_DTYPES: dict[Any, type[np.generic]] = {
    I8: np.int8, I16: np.int16, I32: np.int32, I64: np.int64, F64: np.float64,
}  # fmt: skip
C = TypeVar("C", bound=NamedTuple)


def room(columns: type[C], rows: int) -> C:
    """Zeroed records with the columns of a class; every column reads and writes as in the class itself."""
    kinds = [(name, _DTYPES[kind]) for name, kind in columns.__annotations__.items()]
    return cast(C, np.zeros(rows, np.dtype(kinds)).view(np.recarray))


def columns_of(columns: type[C], records: C) -> C:
    """The columns of records, each in one piece."""
    return columns._make(np.ascontiguousarray(getattr(records, name)) for name in columns._fields)


def head(records: C, rows: int) -> C:
    """The first rows of records, still the same records."""
    return cast(C, cast(Any, records)[:rows])


def pick(columns: C, rows: Any) -> C:
    """Some rows of all columns: a slice shows them, an array of row numbers copies them."""
    return columns._make(column[rows] for column in columns)


class StateColumns(NamedTuple):
    """What the deal itself was. `live`: on record and open; flags are 1 or 0, and -1 for unknown; rows point
    into the changes (NO_ROW: the value at the opening of the log)."""

    live: I8
    paused: I8
    created_at: I64
    today: I32
    age_days: I32
    stage: I32
    pipeline: I16
    phase: I8
    stage_days: I32
    stage_total_days: I32
    stage_exact: I8
    stage_row: I32
    close_on: I64
    close_row: I32
    amount: I64
    amount_base: F64
    amount_row: I32
    owner: I64
    owner_active: I8
    category: I64
    category_row: I32
    step_fresh: I8
    step_row: I32


class PastColumns(NamedTuple):
    """What happened to the deal's fields: pushes of the close date, steps back, edits before a forecast."""

    slips_known: I8
    pushes: I16
    crossings: I16
    push_row: I32
    earlier_push_row: I32
    back_known: I8
    back: I8
    back_row: I32
    cut: F64
    cut_row: I32
    category_down: I8
    down_row: I32
    owner_changed: I8
    owner_row: I32
    late_edits: I16
    settled_amount: I64
    settled_close_on: I64
    settled_step_fresh: I8


class TouchColumns(NamedTuple):
    """What buyers and we did. Touch: an *in*, or a past meeting that a buyer attended or accepted.

    Gaps are business hours, silences and distances business days, `clock`s moments; -1 where there is none.
    Rows point into messages or, where `..._in_meeting` is 1, into meetings.
    """

    recent_gaps: I16
    base_gaps: I16
    recent_gap: F64
    base_gap: F64
    slow_row: I32
    owed_hours: F64
    owed_row: I32
    touch_at: I64
    touch_row: I32
    touch_in_meeting: I8
    silent_since: I64
    silent_days: I32
    outs_since: I32
    out_days_since: I32
    out_row: I32
    accepted_at: I64
    accepted_days: I32
    accepted_row: I32
    touches_14: I32
    touches_before: I32
    buyers_30: I32
    titled_30: I32
    ins_30: I32
    top_ins_30: I32
    people_seen: I32
    senior_at: I64
    senior_row: I32
    senior_in_meeting: I8
    champion: I32
    champion_inferred: I8
    champion_at: I64
    champion_days: I32
    champion_gap: F64
    champion_row: I32
    champion_in_meeting: I8
    champion_left: I8
    others_active: I8
    task_row: I32


class CoverColumns(NamedTuple):
    """Since when each source is complete up to the moment, for the deal's owner; NEVER if it is not."""

    mail_since: I64
    calendar_since: I64
    tasks_since: I64
