"""One source, two speeds: a kernel is plain Python over numpy arrays, compiled once the rows are many.

Loading the compiler costs about a second. A command that looks at one deal never pays it; a scan of a
million rows does, and then runs several hundred times faster. Both give equal results, which a test holds.
"""

import dis
import hashlib
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from enum import EnumType
from functools import cache, partial
from types import FunctionType
from typing import Any, Final, TypeVar, cast

import numpy as np

# Below this many rows plain Python answers sooner than the compiler loads, and than one more kernel once it has.
FEW_ROWS: Final = 10_000
FEW_ONCE_LOADED: Final = 2_000
# Compiling all kernels takes most of a minute: while they are being compiled elsewhere, plain Python serves longer.
FEW_MEANWHILE: Final = 250_000

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
_KERNELS: set[FunctionType] = set()
_ROOMY: set[FunctionType] = set()
_ALWAYS: list[bool] = []
_COMPILED: dict[tuple[FunctionType, bool], Any] = {}
_AWAITED: list[Callable[[], bool]] = []


def kernel(function: F) -> F:
    """Mark a function as compilable: numpy arrays, named tuples of them, numbers; no Python objects."""
    _KERNELS.add(cast(FunctionType, function))
    return function


def roomy(function: F) -> F:
    """Mark a kernel that makes new arrays; all others are compiled without the means to."""
    _ROOMY.add(cast(FunctionType, function))
    return kernel(function)


def fast(function: F, rows: int) -> F:
    """The kernel itself for few rows, its compiled twin for many or when one is loaded already."""
    plain = cast(FunctionType, function)
    if (plain, True) in _COMPILED or _ALWAYS or rows >= _few(rows):
        return cast(F, compiled(plain))
    return cast(F, partial(_run_plain, function))


def _few(rows: int) -> int:
    """From how many rows on compiled code is worth its price now."""
    if _COMPILED:
        return FEW_ONCE_LOADED
    if rows < FEW_ROWS or not _AWAITED or _AWAITED[0]():
        return FEW_ROWS
    return FEW_MEANWHILE


def wait_for(is_ready: Callable[[], bool]) -> None:
    """Somebody else compiles all kernels; until this is true, only what is very long runs compiled."""
    _AWAITED[:] = [is_ready]


def _run_plain(function: Callable[..., Any], *given: Any) -> Any:
    """Call a kernel as it stands. Looking up a column of records costs Python a hundred times what a tuple costs."""
    return function(*map(opened, given))


def opened(given: Any) -> Any:
    """The same arrays and tuples of them, with records as tuples of their columns."""
    if isinstance(given, np.recarray):
        names = given.dtype.names or ()
        return _tuple_of(names)._make(given.view(np.ndarray)[name] for name in names)
    if isinstance(given, tuple):
        members = [opened(member) for member in given]
        return type(given)._make(members) if hasattr(given, "_make") else tuple(members)
    return given


def closed(given: T) -> T:
    """The same arrays and tuples of them, for reading only.

    Compiled code takes an array that may be written for another kind than one that may not, and every mixture of both
    would be compiled by itself, half a minute each time: what columns come from must not decide that.
    """
    if isinstance(given, np.ndarray):
        view = given.view()
        view.flags.writeable = False
        return cast(T, view)
    if isinstance(given, tuple) and hasattr(given, "_make"):
        return cast(T, given._make(closed(member) for member in given))
    return given


@cache
def _tuple_of(names: tuple[str, ...]) -> Any:
    return namedtuple("Columns", names)


@contextmanager
def always_compiled() -> Iterator[None]:
    """Within this, every kernel runs compiled, however few the rows."""
    _ALWAYS.append(True)
    try:
        yield
    finally:
        _ALWAYS.pop()


@contextmanager
def compiled_for(rows: int) -> Iterator[None]:
    """Within this, every kernel runs compiled if so many rows are worth it, though a single call may have few."""
    with always_compiled() if rows >= max(_few(rows), FEW_ROWS) else nullcontext():
        yield


def count() -> int:
    """How many kernels there are."""
    return len(_KERNELS)


def compiled(function: FunctionType, *, is_entry: bool = True) -> Any:
    """The compiled twin, with every kernel that it calls compiled as well; kept on disk between processes."""
    key = (function, is_entry)
    if key in _COMPILED:
        return _COMPILED[key]
    # Two threads that come here at once get the same twin, which is compiled once, at its first call.
    return _COMPILED.setdefault(key, _compile(function, is_entry=is_entry))


def _compile(function: FunctionType, *, is_entry: bool) -> Any:
    import numba

    callees = {name: compiled(callee, is_entry=False) for name, callee in _callees(function).items()}
    twin = FunctionType(function.__code__, {**function.__globals__, **callees}, function.__name__)
    twin.__module__ = function.__module__
    # The file name of a cached kernel contains this name. The compiler notices a change of the kernel's own
    # file only; the digest makes a change in a callee of another file visible too.
    twin.__qualname__ = f"{function.__name__}_{'entry' if is_entry else 'inner'}_{digest(function)}"
    # Counting references to arrays and entries for other languages double the time to compile; kernels that
    # neither make arrays nor are called from Python need neither.
    lean: dict[str, Any] = {"no_cfunc_wrapper": True, "no_cpython_wrapper": not is_entry}
    lean["_nrt"] = function in _ROOMY
    return numba.njit(cache=True, error_model="numpy", **lean)(twin)


def digest(function: FunctionType) -> str:
    """A name for what the kernel does: its code, its constants and everything that it calls."""
    code = function.__code__
    parts = [code.co_code.hex(), repr(code.co_consts), repr(code.co_names), sys.version]
    parts += [f"{name}:{_columns(kind)}" for name, kind in function.__annotations__.items()]
    callees = _callees(function)
    parts += [f"{name}={digest(callee)}" for name, callee in sorted(callees.items())]
    for name, value in sorted(_globals(function).items()):
        if isinstance(value, int | float):
            parts.append(f"{name}={value!r}")
        elif isinstance(value, EnumType):
            parts.append(f"{name}={value.__members__!r}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _columns(kind: Any) -> str:
    """The names and order of a named tuple's columns: compiled code finds a column by its place."""
    inner = getattr(kind, "__annotations__", {}) if hasattr(kind, "_fields") else {}
    return f"{kind}" + "".join(f"/{name}:{_columns(column)}" for name, column in inner.items())


def _callees(function: FunctionType) -> dict[str, FunctionType]:
    return {name: value for name, value in _globals(function).items() if value in _KERNELS}


def _globals(function: FunctionType) -> dict[str, Any]:
    """What a function takes from its module; the names of attributes, which look alike, are left out."""
    read = [step.argval for step in dis.get_instructions(function) if step.opname == "LOAD_GLOBAL"]
    return {name: function.__globals__[name] for name in dict.fromkeys(read) if name in function.__globals__}
