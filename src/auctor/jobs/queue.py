"""The one way to enqueue work: by name, in the transaction of the change that asks for it."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import connections
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from auctor.jobs.arguments import OURS, Id, check_ids, pack
from auctor.jobs.declare import NAME
from auctor.kit.errors import AuctorError
from auctor.tenancy.records import Actor

QUEUE = "default"
# Work of the timetable stands behind what a person waits for.
BACKGROUND = -10

# The same work, due and not begun. Locked, so that no worker begins it before our change can be seen; one that
# somebody else holds is passed by.
FIND_WAITING = """
SELECT id FROM procrastinate_jobs
 WHERE status = 'todo' AND lock = %(lock)s AND task_name = %(name)s AND args - %(ours)s::text[] = %(ids)s::jsonb
   AND (scheduled_at IS NULL OR scheduled_at <= now()) AND args ->> 'workspace_id' = %(workspace)s
 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


class NoTransaction(AuctorError):
    """Work was enqueued outside a transaction: it could run although its cause was never stored."""

    code: ClassVar[str] = "jobs.no_transaction"
    status: ClassVar[int] = 500


def defer(
    actor: Actor,
    name: str,
    *,
    run_at: datetime | None = None,
    lock: str | None = None,
    priority: int = 0,
    **ids: Id,
) -> int:
    """Enqueue a job in the actor's workspace and return its number; it is seen by workers after the commit.

    Jobs with the same lock in a workspace run one after another, in the order of their numbers (one that waits for
    its next attempt keeps its turn); by default that is the same job with the same ids. When exactly this work is
    waiting already, nothing is added and the waiting job's number is returned: it will see our change too.

    Raises `ArgumentRefused` for anything that is not an id, `NoTransaction` outside a transaction.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a job.")
    if not connections["default"].in_atomic_block:
        raise NoTransaction(f"The job {name} was enqueued outside a transaction.")
    checked = check_ids(ids)
    arguments = pack(actor, name, checked)
    subject = lock or ",".join([name, *(f"{key}={value}" for key, value in sorted(checked.items()))])
    full_lock = f"{arguments['workspace_id']}:{subject}"
    waiting = None if run_at else _find_waiting(name, full_lock, arguments["workspace_id"], checked)
    if waiting is not None:
        return waiting
    order = app.configure_task(name, queue=QUEUE, lock=full_lock, schedule_at=run_at, priority=priority)
    number: int = order.defer(**arguments)
    return number


def _find_waiting(name: str, lock: str, workspace: str, ids: dict[str, str]) -> int | None:
    words: dict[str, Any] = {
        "name": name,
        "lock": lock,
        "workspace": workspace,
        "ours": sorted(OURS),
        "ids": Jsonb(ids),
    }
    with connections["default"].cursor() as cursor:
        cursor.execute(FIND_WAITING, words)
        row = cursor.fetchone()
    return row[0] if row else None
