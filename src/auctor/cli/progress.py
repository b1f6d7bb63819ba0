"""How far long work is: a bar on a terminal, a line for each step elsewhere, nothing beside JSON."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from auctor.cli.output import note

Progress = Callable[[str, int, int], None]
STEPS = {"read": "Read", "checked": "Checked", "written": "Compared and written"}


@contextmanager
def shown(*, as_json: bool) -> Iterator[Progress | None]:
    """Something to tell (what was done, rows done, rows in all); to stderr, so that stdout stays the result."""
    if as_json:
        yield None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda what, done, total: bar.update(
            task, description=STEPS.get(what, what), completed=done, total=total or None
        )


def _lines() -> Progress:
    told: set[str] = set()

    def tell(what: str, _done: int, total: int) -> None:
        # The last step is told by the result.
        if what not in told and what != "written":
            told.add(what)
            note(f"{STEPS.get(what, what)} {total // 3:,} rows.")

    return tell
