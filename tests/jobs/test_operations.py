import pytest

from auctor.jobs.operations import JobConflict, cancel_job, retry_job
from auctor.jobs.queries import JobMissing
from auctor.jobs.records import JobState
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Role
from tests.cast import NOW, Company
from tests.jobs.bending import bend, enqueue


class TestRetryJob:
    def test_queues_a_failed_job_with_all_its_attempts(self, committed: None, acme: Company) -> None:
        bend(number := enqueue(acme.owner), "failed", attempts=10)
        with scope.enter(acme.admin):
            job = retry_job(acme.admin, job_id=number, now=NOW)
        assert (job.state, job.attempts, job.due_at) == (JobState.WAITING, 0, NOW)

    @pytest.mark.parametrize("status", ["todo", "doing", "succeeded", "cancelled"])
    def test_refuses_a_job_that_has_not_failed(self, committed: None, acme: Company, status: str) -> None:
        bend(number := enqueue(acme.owner), status)
        with scope.enter(acme.admin), pytest.raises(JobConflict):
            retry_job(acme.admin, job_id=number, now=NOW)

    def test_knows_no_job_of_another_workspace(self, committed: None, acme: Company, borealis: Company) -> None:
        bend(number := enqueue(acme.owner), "failed")
        with scope.enter(borealis.owner), pytest.raises(JobMissing):
            retry_job(borealis.owner, job_id=number, now=NOW)

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.ANALYST])
    def test_is_for_admins(self, committed: None, acme: Company, role: Role) -> None:
        bend(number := enqueue(acme.owner), "failed")
        with scope.enter(acme.of(role)), pytest.raises(Forbidden):
            retry_job(acme.of(role), job_id=number, now=NOW)


class TestCancelJob:
    @pytest.mark.parametrize("attempts", [0, 2])
    def test_takes_a_waiting_job_out(self, committed: None, acme: Company, attempts: int) -> None:
        bend(number := enqueue(acme.owner), "todo", attempts=attempts)
        with scope.enter(acme.admin):
            job = cancel_job(acme.admin, job_id=number)
        assert (job.state, job.ended_at is None) == (JobState.CANCELLED, False)

    @pytest.mark.parametrize("status", ["doing", "succeeded", "failed", "cancelled"])
    def test_refuses_a_job_that_has_begun(self, committed: None, acme: Company, status: str) -> None:
        bend(number := enqueue(acme.owner), status)
        with scope.enter(acme.admin), pytest.raises(JobConflict):
            cancel_job(acme.admin, job_id=number)

    def test_knows_no_job_of_another_workspace(self, committed: None, acme: Company, borealis: Company) -> None:
        number = enqueue(acme.owner)
        with scope.enter(borealis.owner), pytest.raises(JobMissing):
            cancel_job(borealis.owner, job_id=number)

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.ANALYST])
    def test_is_for_admins(self, committed: None, acme: Company, role: Role) -> None:
        number = enqueue(acme.owner)
        with scope.enter(acme.of(role)), pytest.raises(Forbidden):
            cancel_job(acme.of(role), job_id=number)
