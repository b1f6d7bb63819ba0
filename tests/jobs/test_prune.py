from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from auctor.jobs.prune import prune_jobs
from auctor.jobs.queries import list_failures
from auctor.jobs.records import FailureRecord
from auctor.tenancy import scope
from auctor.tenancy.records import Actor
from tests.cast import Company
from tests.conftest import superuser
from tests.jobs.bending import bend, enqueue, fail

NOW = datetime.now(UTC)


def age(number: int, days: int) -> None:
    with superuser() as connection:
        connection.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s", [days, number]
        )


def left() -> list[int]:
    with superuser() as connection:
        return [row[0] for row in connection.execute("SELECT id FROM procrastinate_jobs ORDER BY id").fetchall()]


class TestPruneJobs:
    @pytest.mark.parametrize(
        ("status", "days", "goes"),
        [
            ("succeeded", 8, True),
            ("succeeded", 6, False),
            ("cancelled", 8, True),
            ("failed", 29, False),
            ("failed", 31, True),
            ("aborted", 31, True),
            ("todo", 400, False),
            ("doing", 400, False),
        ],
    )
    def test_deletes_what_ended_long_ago(
        self, committed: None, acme: Company, status: str, days: int, goes: bool
    ) -> None:
        bend(number := enqueue(acme.owner), status)
        age(number, days)
        with transaction.atomic(), scope.enter(acme.system):
            assert prune_jobs(acme.system, now=NOW) == int(goes)
        assert left() == ([] if goes else [number])

    def test_leaves_other_workspaces_alone(self, committed: None, acme: Company, borealis: Company) -> None:
        bend(number := enqueue(borealis.owner), "succeeded")
        age(number, 100)
        with transaction.atomic(), scope.enter(acme.system):
            prune_jobs(acme.system, now=NOW)
        assert left() == [number]

    def test_deletes_turns_of_the_timetable_for_the_installation(self, committed: None, acme: Company) -> None:
        with superuser() as connection:
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                " VALUES ('default', 'timetable.jobs.prune', '{\"timestamp\": 1}')"
            )
        (number,) = left()
        bend(number, "succeeded")
        age(number, 8)
        system = Actor.system(None, "jobs.prune")
        with transaction.atomic(), scope.enter(system):
            assert prune_jobs(system, now=NOW) == 1

    def test_deletes_old_failures(self, committed: None, acme: Company) -> None:
        for days in (29, 31):
            at = NOW - timedelta(days=days)
            fail(acme.workspace_id, FailureRecord(days, "crm.sync", "KeyError", 1, at, will_retry=False))
        with transaction.atomic(), scope.enter(acme.system):
            prune_jobs(acme.system, now=NOW)
            assert [failure.job_id for failure in list_failures(acme.system)] == [29]
