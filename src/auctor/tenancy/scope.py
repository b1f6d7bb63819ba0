"""The one door into a workspace: requests, jobs, commands and tests all enter here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar

from django.db import connections

from auctor.kit.errors import AuctorError
from auctor.tenancy.records import Actor

_current: ContextVar[Actor | None] = ContextVar("auctor_actor", default=None)


class NoScope(AuctorError):
    """A table of a workspace was asked for outside any workspace. A mistake of ours, never of the user."""

    code: ClassVar[str] = "tenancy.no_scope"
    status: ClassVar[int] = 500


def find_current() -> Actor | None:
    """The actor of the innermost scope, or None outside."""
    return _current.get()


def current() -> Actor:
    """The actor of the innermost scope; raises `NoScope` outside."""
    actor = _current.get()
    if actor is None:
        raise NoScope("No workspace was entered.", mend="Wrap the call in tenancy.scope.enter(actor).")
    return actor


@contextmanager
def enter(actor: Actor) -> Iterator[Actor]:
    """Run the block as this actor.

    Transactions that begin inside are scoped by the database backend as they begin; those already open are scoped
    now and given back on leaving.
    """
    token = _current.set(actor)
    try:
        _scope_open_transactions()
        yield actor
    finally:
        _current.reset(token)
        _scope_open_transactions()


def _scope_open_transactions() -> None:
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block and not connection.needs_rollback and connection.connection is not None:
            connection.scope_transaction()  # type: ignore[attr-defined]  # our backend's
