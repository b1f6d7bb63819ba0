"""Turns the timetable into orders: at each entry's time, one job for each open workspace or the installation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from procrastinate import App

from auctor.jobs.declare import Declaration
from auctor.jobs.queue import BACKGROUND, QUEUE, defer
from auctor.jobs.timetable import Entry
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.queries import list_open_ids
from auctor.tenancy.records import Actor

# A machine that was off for a night still does the night's work.
CATCH_UP_SECONDS = 26 * 3600


class TimetableWrong(AuctorError):
    """The timetable names a job that no package declares."""

    code: ClassVar[str] = "worker.timetable_wrong"
    status: ClassVar[int] = 500


def register(app: App, entries: Sequence[Entry], jobs: Mapping[str, Declaration]) -> None:
    """Tell procrastinate when to ask for each entry's turn. Raises `TimetableWrong`."""
    for entry in entries:
        if entry.job not in jobs:
            raise TimetableWrong(f"The timetable names {entry.job}, which no package declares.")
        task = app.task(name=f"timetable.{entry.job}", queue=QUEUE, priority=BACKGROUND, pass_context=False)(
            _turn_of(entry)
        )
        app.periodic(cron=entry.cron, periodic_id=entry.job)(task)


def take_turn(entry: Entry) -> int:
    """Enqueue the entry's jobs; returns how many. A turn that is taken twice finds the jobs still waiting."""
    with scope.enter(Actor.system(None, "timetable")), transaction.atomic():
        workspaces = list(_workspaces(entry))
        for workspace_id in workspaces:
            defer(Actor.system(workspace_id, "timetable"), entry.job, priority=BACKGROUND)
    return len(workspaces)


def _turn_of(entry: Entry) -> Callable[[int], None]:
    def turn(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes the moment the turn was due
        take_turn(entry)

    return turn


def _workspaces(entry: Entry) -> Iterator[UUID | None]:
    if entry.installation:
        yield None
    if entry.workspaces:
        yield from list_open_ids()
