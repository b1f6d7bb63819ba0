"""Kernels: plain for few rows, compiled for many, and never stale."""

from functools import partial
from types import FunctionType
from typing import Any, cast

import numba
import numpy as np

from auctor.signals import kernels
from auctor.signals.calendar import business_days, clock_in, days_between, working_clock
from auctor.signals.passes.columns import CoverColumns, room
from auctor.signals.passes.state import phase_of, version_of
from auctor.signals.tables import Pairs


def is_plain(run: Any) -> bool:
    """Whether a kernel would run as plain Python."""
    return isinstance(run, partial) and run.args == (phase_of,)


class TestFast:
    def test_leaves_few_rows_to_plain_python(self) -> None:
        assert is_plain(kernels.fast(phase_of, 10)) or (cast(FunctionType, phase_of), True) in kernels._COMPILED

    def test_leaves_more_to_plain_python_while_others_compile(self) -> None:
        held, awaited = dict(kernels._COMPILED), list(kernels._AWAITED)
        try:
            kernels._COMPILED.clear()
            kernels.wait_for(lambda: False)
            assert kernels._few(kernels.FEW_ROWS) == kernels.FEW_MEANWHILE
            kernels.wait_for(lambda: True)
            assert kernels._few(kernels.FEW_ROWS) == kernels.FEW_ROWS
        finally:
            kernels._COMPILED.update(held)
            kernels._AWAITED[:] = awaited


class TestClosed:
    def test_lets_nothing_be_written_however_deep_and_copies_nothing(self) -> None:
        given = Pairs(np.zeros(3, np.int32), np.ones(3, np.int64))
        shut = kernels.closed(given)
        assert [column.flags.writeable for column in (shut.deal, shut.at, given.deal, given.at)] == [0, 0, 1, 1]
        assert np.shares_memory(shut.deal, given.deal)
        assert np.shares_memory(shut.at, given.at)

    def test_is_the_same_kind_whatever_it_was_made_of(self) -> None:
        once = kernels.closed(np.zeros(3))
        assert typeof(kernels.closed(once)) == typeof(once) != typeof(np.zeros(3))


def typeof(array: Any) -> Any:
    """What the compiler takes an array for."""
    return cast(Any, numba).typeof(array)


class TestOpened:
    def test_shows_the_columns_of_records_and_writes_through(self) -> None:
        records = room(CoverColumns, 3)
        shown = kernels.opened((records, 7))
        shown[0].mail_since[1] = 5
        assert shown[1] == 7
        assert records.mail_since.tolist() == [0, 5, 0]
        assert len(shown[0]) == len(CoverColumns._fields)


class TestDigest:
    def test_differs_between_kernels_and_is_stable(self) -> None:
        found = {name: kernels.digest(cast(FunctionType, name)) for name in (phase_of, version_of, working_clock)}
        assert len(set(found.values())) == 3
        assert kernels.digest(cast(FunctionType, phase_of)) == found[phase_of]

    def test_depends_on_what_a_kernel_calls(self) -> None:
        inner = FunctionType(clock_in.__code__, {**clock_in.__globals__, "WORKING_DAY": 1}, "clock_in")
        changed = kernels.kernel(inner)
        caller = FunctionType(
            working_clock.__code__, {**working_clock.__globals__, "clock_in": changed}, "working_clock"
        )
        assert kernels.digest(caller) != kernels.digest(cast(FunctionType, working_clock))

    def test_takes_no_attribute_for_a_call(self) -> None:
        """`days_between` reads a column that is called like the kernel `business_days`."""
        assert "business_days" not in kernels._callees(cast(FunctionType, days_between))
        assert kernels._callees(cast(FunctionType, business_days)).keys() >= {"days_between", "day_row"}
