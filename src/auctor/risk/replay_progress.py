"""How far a run is, told on a connection of its own: others see it while the run's own transaction is still open."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import connections

from auctor.risk.replay_looks import Progress
from auctor.risk.replay_records import RunState
from auctor.tenancy.records import Actor

# More often than a page asks.
EVERY_SECONDS: Final = 0.5


class Teller:
    """Writes to the row of one run, in the scope that is entered, and commits at once."""

    def __init__(self, actor: Actor, run_id: UUID) -> None:
        self._actor, self._run_id = actor, run_id
        self._connection = connections["default"].copy()
        self._told_at = 0.0

    def tell(self, done: int, total: int) -> None:
        """So many of so many looks are behind; told at most twice a second, and at both ends."""
        now = time.monotonic()
        if done in (0, total) or now - self._told_at >= EVERY_SECONDS:
            self._told_at = now
            self._write("done = %s, total = %s, state = %s", [done, total, RunState.RUNNING.value])

    def fail(self, code: str) -> None:
        """The run failed, with the code of its error."""
        self._write("state = %s, error = %s", [RunState.FAILED.value, code])

    def close(self) -> None:
        """Give the connection back to the database."""
        self._connection.close()

    def _write(self, changes: str, values: list[Any]) -> None:
        connection = self._connection
        # Opening a transaction by hand scopes it.
        connection.set_autocommit(False)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE risk_replayrun SET {changes} WHERE workspace_id = %s AND id = %s",  # noqa: S608 - our own names
                    [*values, self._actor.workspace_id, self._run_id],
                )
            connection.commit()
        finally:
            connection.set_autocommit(True)


@contextmanager
def telling(actor: Actor, run_id: UUID) -> Iterator[Progress]:
    """A function to tell progress with; whatever the block raises marks the run as failed and is raised again."""
    teller = Teller(actor, run_id)
    try:
        yield teller.tell
    except Exception as error:
        teller.fail(getattr(error, "code", "risk.replay_failed"))
        raise
    finally:
        teller.close()
