"""Loose columns, from numpy, polars, pyarrow or plain lists, become arrays of one type each."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from auctor.kit.errors import AuctorError
from auctor.signals.kernels import fast, kernel
from auctor.signals.vocabulary import I32, I64


class Convertible(Protocol):
    """A polars Series, a pyarrow array, or whatever else hands out a numpy array."""

    def to_numpy(self) -> Any:
        """The values as a numpy array."""


Column = Convertible | NDArray[Any] | Sequence[Any]


class BadColumn(AuctorError):
    """A column does not fit: wrong length, wrong kind, or a code outside of its list."""

    code: ClassVar[str] = "signals.bad_column"
    status: ClassVar[int] = 422


def integers(values: Column, name: str, *, missing: int | None = None, dtype: type = np.int64) -> NDArray[Any]:
    """Whole numbers, booleans and moments (as microseconds). `missing` stands for null; without it null raises.

    Raises BadColumn for values that are no whole numbers or do not fit the type.
    """
    array = _array(_filled(values, missing))
    if array.dtype.kind in "Mm":
        return _moments(array, name, missing).astype(dtype, copy=False)
    holes = _holes(array)
    if holes.any():
        if missing is None:
            raise BadColumn(f"Row {int(holes.argmax())} is empty.", where=name, mend="Give every row a value.")
        array = np.where(holes, missing, array)
    if array.dtype.kind not in "iub":
        array = _whole(array, name)
    limits = np.iinfo(dtype)
    if len(array) and (array.min() < limits.min or array.max() > limits.max):
        raise BadColumn(f"A value does not fit into {np.dtype(dtype).name}.", where=name)
    return np.ascontiguousarray(array, dtype=dtype)


def numbers(values: Column, name: str) -> NDArray[np.float64]:
    """Decimal numbers; null becomes NaN. Raises BadColumn for text."""
    array = _array(values)
    if array.dtype.kind == "O":
        array = np.where(_holes(array), np.nan, array)
    try:
        return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadColumn("A value is not a number.", where=name) from error


def codes(values: Column, name: str, count: int) -> I32:
    """Row numbers of another table with `count` rows; null becomes -1. Raises BadColumn for any other number."""
    array: I32 = integers(values, name, missing=-1, dtype=np.int32)
    if len(array) and (array.min() < -1 or array.max() >= count):
        raise BadColumn(f"A row number is not between 0 and {count - 1}.", where=name)
    return array


def same_length(columns: dict[str, NDArray[Any]], table: str) -> int:
    """The common length of columns. Raises BadColumn if they differ."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise BadColumn(f"Columns differ in length: {lengths}.", where=table)
    return next(iter(lengths.values()), 0)


def grouped(owner: I32, at: I64 | None, groups: int, name: str) -> tuple[I32, I64 | None]:
    """First rows of each group (one more than groups), and the order that groups and sorts; None if it is so.

    Rows at the same moment keep the order in which they came. Raises BadColumn for more rows than 2^31.
    """
    if len(owner) >= np.iinfo(np.int32).max:
        raise BadColumn("More than 2,147,483,647 rows.", where=name, mend="Judge the deals in several parts.")
    if len(owner) and owner.min() < 0:
        raise BadColumn(f"Row {int(owner.argmin())} belongs to nothing.", where=name)
    clock = np.zeros(1, np.int64) if at is None else at
    order = None
    if not fast(is_sorted, len(owner))(owner, clock):
        order = np.argsort(owner, kind="stable") if at is None else np.lexsort((at, owner))
    first = np.zeros(groups + 1, np.int32)
    if len(owner):
        fast(count_groups, len(owner))(owner, first)
    return first, order


@kernel
def count_groups(owner: I32, first: I32) -> None:
    """Turn zeros into the first rows of groups, in place: there may be as many groups as rows."""
    for row in range(len(owner)):
        first[owner[row] + 1] += 1
    for group in range(1, len(first)):
        first[group] += first[group - 1]


@kernel
def is_sorted(owner: I32, at: I64) -> bool:
    """True if rows stand by owner and, where `at` has a row for each, by moment."""
    timed = len(at) == len(owner)
    for row in range(1, len(owner)):
        if owner[row] < owner[row - 1]:
            return False
        if timed and owner[row] == owner[row - 1] and at[row] < at[row - 1]:
            return False
    return True


def _filled(values: Column, missing: int | None) -> Column:
    """Fill the holes of Arrow's integers before numpy turns them into floats, which would round large amounts."""
    kind = str(getattr(values, "dtype", getattr(values, "type", ""))).lower()
    if missing is not None and hasattr(values, "fill_null") and kind.startswith(("int", "uint")):
        filled: Column = values.fill_null(missing)
        return filled
    return values


def _array(values: Column) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    if hasattr(values, "combine_chunks") or (hasattr(values, "null_count") and not hasattr(values, "to_physical")):
        return np.asarray(values.to_numpy(zero_copy_only=False))  # type: ignore[union-attr, call-arg]
    if hasattr(values, "to_numpy"):
        return np.asarray(values.to_numpy())
    return np.asarray(values) if len(values) else np.zeros(0, np.int64)


def _moments(array: NDArray[Any], name: str, missing: int | None) -> I64:
    holes = np.isnat(array)
    if holes.any() and missing is None:
        raise BadColumn(f"Row {int(holes.argmax())} has no moment.", where=name, mend="Give every row a moment.")
    unit = "datetime64[D]" if array.dtype == np.dtype("datetime64[D]") else "datetime64[us]"
    whole = array.astype(unit).astype(np.int64)
    return np.where(holes, missing if missing is not None else 0, whole)


def _holes(array: NDArray[Any]) -> NDArray[np.bool_]:
    if array.dtype.kind == "f":
        holes: NDArray[np.bool_] = np.isnan(array)
        return holes
    if array.dtype.kind == "O":
        return np.array([value is None or value != value for value in array], dtype=np.bool_)
    return np.zeros(len(array), np.bool_)


def _whole(array: NDArray[Any], name: str) -> I64:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise BadColumn("A value is not a whole number.", where=name)
    try:
        whole = array.astype(np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadColumn("A value is not a whole number.", where=name) from error
    if not (whole == array).all():
        raise BadColumn("A value is not a whole number.", where=name)
    return whole
