"""Declaring a job: a decorator on a function in a package's `jobs.py`.

    @job("crm.sync", retry=Retry.NETWORK)
    def sync(actor: Actor, *, now: datetime, connection_id: str) -> None:
        operations.sync(actor, connection_id=UUID(connection_id), now=now)

A job may run twice (its worker was killed, it was tried again): its second run must find nothing left to do.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from auctor.jobs.retry import Retry

JobFunction = Callable[..., None]
F = TypeVar("F", bound=JobFunction)

NAME = re.compile(r"[a-z]+\.[a-z][a-z_]*")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A job as declared. `summary` is the first line of its docstring, for the reference."""

    name: str
    function: JobFunction
    retry: Retry
    summary: str


_declared: dict[str, Declaration] = {}


def job(name: str, *, retry: Retry) -> Callable[[F], F]:
    """Declare the function as the job `package.verb`. It is called as `f(actor, *, now, **ids)`, ids as strings.

    Raises `ValueError` for a name of another form and for one that is taken.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a job: it is two words such as crm.sync.")

    def declare(function: F) -> F:
        if name in _declared and _declared[name].function.__module__ != function.__module__:
            raise ValueError(f"The job {name} is declared in {_declared[name].function.__module__} already.")
        summary = (function.__doc__ or "").strip().partition("\n")[0]
        _declared[name] = Declaration(name, function, retry, summary)
        return function

    return declare


def declared() -> Mapping[str, Declaration]:
    """Every job of the modules imported so far, by name."""
    return MappingProxyType(_declared)
