"""What admins do to background work, with its entry."""

import pytest
from django.db import transaction

from auctor.identity.background import cancel_job, retry_job
from auctor.jobs.operations import JobConflict
from auctor.jobs.records import JobState
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from tests.cast import NOW, Company
from tests.jobs.bending import bend, enqueue
from tests.web.pages.asking import recorded


class TestRetryJob:
    def test_queues_the_job_and_says_so_in_the_log(self, committed: None, acme: Company) -> None:
        bend(number := enqueue(acme.owner), "failed", attempts=3)
        with scope.enter(acme.admin), transaction.atomic():
            assert retry_job(acme.admin, job_id=number, now=NOW).state is JobState.WAITING
        assert recorded(acme) == ["job:retried"]

    def test_leaves_no_entry_when_it_is_refused(self, committed: None, acme: Company) -> None:
        number = enqueue(acme.owner)
        with scope.enter(acme.admin), transaction.atomic(), pytest.raises(JobConflict):
            retry_job(acme.admin, job_id=number, now=NOW)
        with scope.enter(acme.member), transaction.atomic(), pytest.raises(Forbidden):
            retry_job(acme.member, job_id=number, now=NOW)
        assert recorded(acme) == []


class TestCancelJob:
    def test_takes_the_job_out_and_says_so_in_the_log(self, committed: None, acme: Company) -> None:
        number = enqueue(acme.owner)
        with scope.enter(acme.admin), transaction.atomic():
            assert cancel_job(acme.admin, job_id=number, now=NOW).state is JobState.CANCELLED
        assert recorded(acme) == ["job:cancelled"]

    def test_is_for_admins(self, committed: None, acme: Company) -> None:
        number = enqueue(acme.owner)
        with scope.enter(acme.viewer), transaction.atomic(), pytest.raises(Forbidden):
            cancel_job(acme.viewer, job_id=number, now=NOW)
