"""A worker with jobs that note what happens to them: run as a program, `sample_jobs.py FOLDER`."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import django

django.setup()

from django.db import connections  # noqa: E402

from auctor.jobs.declare import job  # noqa: E402
from auctor.jobs.models import JobFailure  # noqa: E402
from auctor.jobs.retry import Retry  # noqa: E402
from auctor.kit.errors import AuctorError  # noqa: E402
from auctor.tenancy import scope  # noqa: E402
from auctor.tenancy.records import Actor  # noqa: E402
from auctor.worker.run import run  # noqa: E402

FOLDER = Path(sys.argv[1])


class Missing(AuctorError):
    """What no second attempt can find."""

    code: ClassVar[str] = "sample.missing"
    status: ClassVar[int] = 404


def note(name: str, text: str) -> int:
    """Append a line; returns how many there are now."""
    with (FOLDER / name).open("a") as file:
        file.write(f"{text}\n")
    return len((FOLDER / name).read_text().splitlines())


def write_row(actor: Actor, now: datetime) -> None:
    """A row of the workspace, to see whether the transaction was kept."""
    JobFailure.objects.create(
        workspace_id=actor.workspace_id, job_id=0, name="row", error="", attempt=1, failed_at=now, will_retry=False
    )


@job("sample.scope", retry=Retry.NONE)
def tell_scope(actor: Actor, *, now: datetime, key: str) -> None:
    """Note where the job runs, as Python and as the database see it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT auctor.ctx_workspace(), auctor.ctx_role()")
        row = cursor.fetchone()
    assert scope.current() == actor
    note(f"scope-{key}", f"{actor.workspace_id} {actor.name} {row[0]} {row[1]} {now.tzinfo}")
    write_row(actor, now)


@job("sample.stumble", retry=Retry.SHORT)
def stumble(actor: Actor, *, now: datetime, key: str) -> None:
    """Fail twice after writing, with words that no log may hold."""
    write_row(actor, now)
    if note(f"stumble-{key}", "run") < 3:
        raise KeyError("words of a customer")


@job("sample.refuse", retry=Retry.SHORT)
def refuse(_actor: Actor, *, now: datetime, key: str) -> None:
    """Fail for good."""
    note("refuse", "run")
    raise Missing("There is no such thing.")


@job("sample.hang", retry=Retry.NONE)
def hang(actor: Actor, *, now: datetime, key: str) -> None:
    """The first run never ends, the second does at once."""
    write_row(actor, now)
    if note("hang", f"{os.getpid()}") == 1:
        time.sleep(600)


@job("sample.pause", retry=Retry.NONE)
def pause(actor: Actor, *, now: datetime, key: str) -> None:
    """Take a while; note when."""
    note("pause", f"begin {key}")
    time.sleep(0.8)
    note("pause", f"end {key}")
    write_row(actor, now)


@job("sample.count", retry=Retry.SHORT)
def count(_actor: Actor, *, now: datetime, key: str) -> None:
    """Leave one file for each run."""
    note(f"count-{key}", "run")


if __name__ == "__main__":
    sys.exit(run(concurrency=2))
