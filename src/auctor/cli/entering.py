"""Into one workspace, by what a person calls it."""

from collections.abc import Iterator
from contextlib import contextmanager

from auctor.cli.start import workspace
from auctor.identity import queries
from auctor.tenancy import scope
from auctor.tenancy.records import Actor


@contextmanager
def entered(which: str) -> Iterator[Actor]:
    """The database, one transaction, and the scope of the workspace of that name or id.

    Raises `identity.queries.WorkspaceUnclear` when there is none, or several of that name.
    """
    with workspace(None):
        inside = Actor.system(queries.find_workspace(which).id, "cli")
        with scope.enter(inside):
            yield inside
