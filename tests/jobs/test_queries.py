from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from auctor.jobs.queries import (
    JobMissing,
    access_job,
    count_backlog,
    list_failures,
    list_jobs,
    list_timetable,
    summarise_jobs,
)
from auctor.jobs.records import FailureRecord, JobState
from auctor.jobs.timetable import TIMETABLE
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Role
from tests.cast import NOW, Company
from tests.conftest import superuser
from tests.jobs.bending import bend, enqueue, fail


class TestListJobs:
    def test_shows_the_own_workspace_newest_first(self, committed: None, acme: Company, borealis: Company) -> None:
        first, second = enqueue(acme.owner, deal_id=1), enqueue(acme.owner, deal_id=2)
        enqueue(borealis.owner, deal_id=3)
        with transaction.atomic(), scope.enter(acme.admin):
            found = list_jobs(acme.admin)
        assert [job.id for job in found] == [second, first]
        assert found[0].ids == {"deal_id": "2"}
        assert found[0].asked_by == str(acme.owner.member_id)
        assert (found[0].state, found[0].enqueued_at is None) == (JobState.WAITING, False)

    @pytest.mark.parametrize(
        ("status", "attempts", "state"),
        [
            ("todo", 0, JobState.WAITING),
            ("todo", 2, JobState.RETRYING),
            ("doing", 0, JobState.RUNNING),
            ("succeeded", 1, JobState.SUCCEEDED),
            ("failed", 1, JobState.FAILED),
            ("aborted", 1, JobState.CANCELLED),
            ("cancelled", 0, JobState.CANCELLED),
        ],
    )
    def test_narrows_to_states(
        self, committed: None, acme: Company, status: str, attempts: int, state: JobState
    ) -> None:
        bend(number := enqueue(acme.owner), status, attempts=attempts)
        with transaction.atomic(), scope.enter(acme.admin):
            assert [job.id for job in list_jobs(acme.admin, states=frozenset({state}))] == [number]
            assert list_jobs(acme.admin, states=frozenset(JobState) - {state}) == []

    def test_goes_on_before_the_last_one_of_a_page(self, committed: None, acme: Company) -> None:
        numbers = [enqueue(acme.owner, deal_id=deal) for deal in range(5)]
        with transaction.atomic(), scope.enter(acme.admin):
            first = list_jobs(acme.admin, limit=2)
            second = list_jobs(acme.admin, limit=2, before=first[-1].id)
        assert [job.id for job in first + second] == numbers[:0:-1]

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.ANALYST])
    def test_is_for_admins(self, committed: None, acme: Company, role: Role) -> None:
        actor = acme.of(role)
        with transaction.atomic(), scope.enter(actor), pytest.raises(Forbidden):
            list_jobs(actor)


class TestAccessJob:
    def test_answers_the_same_for_a_stranger_and_for_nothing(
        self, committed: None, acme: Company, borealis: Company
    ) -> None:
        number = enqueue(acme.owner)
        with transaction.atomic(), scope.enter(acme.owner):
            assert access_job(acme.owner, job_id=number).id == number
        answers = []
        for job_id in (number, 10**9):
            with transaction.atomic(), scope.enter(borealis.owner), pytest.raises(JobMissing) as caught:
                access_job(borealis.owner, job_id=job_id)
            answers.append(str(caught.value))
        assert answers[0] == answers[1]

    def test_tells_the_code_of_the_last_failure(self, committed: None, acme: Company) -> None:
        bend(number := enqueue(acme.owner), "failed", attempts=2)
        for attempt, code in enumerate(["crm.busy", "crm.refused"], 1):
            at = NOW.replace(minute=attempt)
            fail(acme.workspace_id, FailureRecord(number, "crm.sync", code, attempt, at, attempt == 1))
        with transaction.atomic(), scope.enter(acme.owner):
            assert access_job(acme.owner, job_id=number).error == "crm.refused"
            assert [failure.error for failure in list_failures(acme.owner, job_id=number)] == [
                "crm.refused",
                "crm.busy",
            ]


class TestListFailures:
    def test_shows_the_own_workspace_only(self, committed: None, acme: Company, borealis: Company) -> None:
        fail(acme.workspace_id, FailureRecord(1, "crm.sync", "KeyError", 1, NOW, will_retry=True))
        with transaction.atomic(), scope.enter(acme.owner):
            assert [failure.error for failure in list_failures(acme.owner)] == ["KeyError"]
        with transaction.atomic(), scope.enter(borealis.owner):
            assert list_failures(borealis.owner) == []


class TestSummariseJobs:
    def test_counts_by_name(self, committed: None, acme: Company, borealis: Company) -> None:
        for deal, status in enumerate(["todo", "todo", "doing", "failed", "succeeded"]):
            bend(enqueue(acme.owner, deal_id=deal), status)
        enqueue(acme.owner, "crm.other")
        enqueue(borealis.owner)
        with transaction.atomic(), scope.enter(acme.owner):
            other, sync = summarise_jobs(acme.owner)
        assert (other.name, other.waiting, other.running, other.failed) == ("crm.other", 1, 0, 0)
        assert (sync.name, sync.waiting, sync.running, sync.failed) == ("crm.sync", 2, 1, 1)
        assert sync.oldest_waiting_at is not None
        assert sync.last_succeeded_at is not None
        assert sync.last_failed_at is not None
        assert other.last_failed_at is None


class TestListTimetable:
    def test_tells_the_next_and_the_last_turn(self, committed: None, acme: Company) -> None:
        now, turn = datetime(2026, 3, 2, 9, 30, tzinfo=UTC), datetime(2026, 3, 2, 3, 17, tzinfo=UTC)
        with superuser() as connection:
            connection.execute(
                "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
                " VALUES ('timetable.jobs.prune', 'jobs.prune', %s)",
                [int(turn.timestamp())],
            )
        with transaction.atomic(), scope.enter(acme.owner):
            lines = {line.job: line for line in list_timetable(acme.owner, now=now)}
        assert set(lines) == {entry.job for entry in TIMETABLE}
        assert lines["jobs.prune"].last_at == turn
        assert lines["jobs.prune"].next_at == turn + timedelta(days=1)


class TestCountBacklog:
    def test_counts_the_whole_installation(self, committed: None, acme: Company, borealis: Company) -> None:
        enqueue(acme.owner)
        bend(enqueue(borealis.owner), "doing")
        with superuser() as connection:
            connection.execute("UPDATE procrastinate_events SET at = now() - interval '90 seconds'")
            connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        counts = count_backlog()
        assert (counts["waiting"], counts["running"], counts["workers"]) == (1, 1, 1)
        assert 89 < counts["oldest_seconds"] < 100
