"""Which columns each table takes, and how loose rows are read by that list."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from auctor.signals.columns import BadColumn, codes, integers, numbers, same_length
from auctor.signals.vocabulary import ABSENT, I32, I64, NEVER, SHORT_ABSENT, SHORT_UNKNOWN, UNKNOWN, Field

Rows = Any  # A mapping of columns, a polars DataFrame or a pyarrow Table; None for an empty table.
Read = dict[str, NDArray[Any]]
REQUIRED: Final = None


class Spec(NamedTuple):
    """One column: its type, what null and a missing column mean, and the table whose rows it counts.

    `missing` REQUIRED: neither may happen. A text: the value of that other column.
    """

    dtype: type
    missing: int | str | None = REQUIRED
    refers: str = ""


MOMENT, CODE, SMALL, DECIMAL = np.int64, np.int32, np.int8, np.float64
COLUMNS: Final[dict[str, dict[str, Spec]]] = {
    "deals": {"created_at": Spec(MOMENT), "observed_at": Spec(MOMENT, "created_at"), "source": Spec(SMALL, 0)},
    "changes": {
        "deal": Spec(CODE, refers="deals"), "field": Spec(SMALL), "effective_at": Spec(MOMENT),
        "observed_at": Spec(MOMENT, "effective_at"), "value": Spec(MOMENT, ABSENT), "actor": Spec(CODE, -1),
        "bulk": Spec(CODE, 0),
    },
    "messages": {
        "deal": Spec(CODE, refers="deals"), "at": Spec(MOMENT), "observed_at": Spec(MOMENT, "at"),
        "direction": Spec(SMALL, 0), "is_automatic": Spec(SMALL, 0), "to_us": Spec(SMALL, 1),
        "thread": Spec(CODE, -1), "sender": Spec(CODE, -1, refers="people"),
    },
    "message_people": {"message": Spec(CODE, refers="messages"), "person": Spec(CODE, refers="people")},
    "meetings": {
        "deal": Spec(CODE, refers="deals"), "at": Spec(MOMENT), "observed_at": Spec(MOMENT, "at"),
        "done_at": Spec(MOMENT, NEVER), "void_at": Spec(MOMENT, NEVER),
    },
    "answers": {
        "meeting": Spec(CODE, refers="meetings"), "person": Spec(CODE, refers="people"), "answer": Spec(SMALL, 0),
        "answered_at": Spec(MOMENT, -NEVER),
    },
    "tasks": {
        "deal": Spec(CODE, refers="deals"), "due_at": Spec(MOMENT), "observed_at": Spec(MOMENT, "due_at"),
        "closed_at": Spec(MOMENT, NEVER),
    },
    "roles": {
        "deal": Spec(CODE, refers="deals"), "person": Spec(CODE, refers="people"), "role": Spec(SMALL, 0),
        "since": Spec(MOMENT), "observed_at": Spec(MOMENT, "since"), "until": Spec(MOMENT, NEVER),
    },
    "absences": {
        "deal": Spec(CODE, refers="deals"), "since": Spec(MOMENT), "until": Spec(MOMENT, NEVER),
        "observed_at": Spec(MOMENT, "since"),
    },
    "pauses": {"deal": Spec(CODE, refers="deals"), "since": Spec(MOMENT), "until": Spec(MOMENT)},
    "people": {"seniority": Spec(SMALL, -1), "titled_at": Spec(MOMENT, 0), "left_at": Spec(MOMENT, NEVER)},
    "stages": {
        "stage": Spec(CODE), "since": Spec(MOMENT, -NEVER), "pipeline": Spec(np.int16, 0),
        "position": Spec(np.int16), "kind": Spec(SMALL, 0), "probability": Spec(DECIMAL), "late": Spec(SMALL, -1),
    },
    "coverage": {
        "owner": Spec(CODE, -1), "source": Spec(SMALL), "since": Spec(MOMENT, -NEVER),
        "until": Spec(MOMENT, NEVER), "observed_at": Spec(MOMENT, "since"),
    },
    "rates": {
        "currency": Spec(CODE), "since": Spec(MOMENT, -NEVER), "rate": Spec(DECIMAL),
        "observed_at": Spec(MOMENT, "since"),
    },
}  # fmt: skip
# Values at the opening of each field's log: a missing column is unknown, null is "the source says none".
OPENINGS: Final = {
    "stage": Field.STAGE, "amount": Field.AMOUNT, "close_on": Field.CLOSE_ON, "owner": Field.OWNER,
    "category": Field.CATEGORY, "next_step_on": Field.NEXT_STEP_ON, "currency": Field.CURRENCY,
}  # fmt: skip


def count_rows(rows: Rows) -> int:
    """How many rows a table has."""
    names = _names(rows)
    return len(rows[names[0]]) if names else 0


def read_table(table: str, rows: Rows, counts: dict[str, int]) -> Read:
    """All columns of a table. Raises BadColumn for unknown, missing and misfitting ones."""
    specs, names = COLUMNS[table], _names(rows)
    known = {*specs, *(OPENINGS if table == "deals" else ())}
    unknown = sorted(set(names) - known)
    if unknown:
        raise BadColumn(f"There is no column {unknown[0]!r}.", where=table, mend=f"Known are {sorted(known)}.")
    length = count_rows(rows)
    read: Read = {}
    for name, spec in specs.items():
        if name in names:
            read[name] = _read_column(f"{table}.{name}", rows[name], spec, counts)
        elif isinstance(spec.missing, str):
            read[name] = read[spec.missing]
        else:
            read[name] = _filled_column(f"{table}.{name}", spec, length)
    same_length(read, table)
    return read


def read_openings(rows: Rows) -> tuple[I64, I32]:
    """The opening amounts of all deals, and their other opening values, a row for each field.

    Raises BadColumn for days and codes beyond 30 bits.
    """
    names, length = _names(rows), count_rows(rows)
    opening = np.zeros((len(Field), length), dtype=np.int32)
    amount = np.full(length, UNKNOWN, dtype=np.int64)
    for name, code in OPENINGS.items():
        if name not in names:
            if code not in (Field.CURRENCY, Field.AMOUNT):
                opening[code] = SHORT_UNKNOWN
        elif code == Field.AMOUNT:
            amount = integers(rows[name], f"deals.{name}", missing=ABSENT)
        else:
            opening[code] = _short(integers(rows[name], f"deals.{name}", missing=ABSENT), f"deals.{name}")
    return amount, opening


def _short(values: I64, name: str) -> I32:
    """The same values in 32 bits, with the sentinels of 32 bits."""
    short = np.where(values == ABSENT, SHORT_ABSENT, np.where(values == UNKNOWN, SHORT_UNKNOWN, values))
    if len(short) and (short.min() < SHORT_UNKNOWN or short.max() > -SHORT_ABSENT):
        raise BadColumn("A day or a code is beyond 30 bits.", where=name)
    return short.astype(np.int32)


def _read_column(name: str, values: Any, spec: Spec, counts: dict[str, int]) -> NDArray[Any]:
    if spec.dtype is DECIMAL:
        return numbers(values, name)
    if spec.refers:
        found = codes(values, name, counts[spec.refers])
        if spec.missing is REQUIRED and len(found) and found.min() < 0:
            raise BadColumn(f"Row {int(found.argmin())} refers to nothing.", where=name)
        return found
    missing = spec.missing if isinstance(spec.missing, int) else None
    return integers(values, name, missing=missing, dtype=spec.dtype)


def _filled_column(name: str, spec: Spec, length: int) -> NDArray[Any]:
    if spec.dtype is DECIMAL:
        return np.full(length, np.nan)
    if not isinstance(spec.missing, int) and length:
        raise BadColumn("The column is missing.", where=name)
    # Zeros that nobody writes to take no memory.
    return np.full(length, spec.missing, spec.dtype) if spec.missing else np.zeros(length, spec.dtype)


def _names(rows: Rows) -> list[str]:
    if rows is None:
        return []
    found = getattr(rows, "column_names", None) or getattr(rows, "columns", None) or list(rows)
    return [str(name) for name in found]
