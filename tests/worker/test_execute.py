from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from procrastinate.jobs import Job
from procrastinate.utils import utcnow

from auctor.jobs.retry import POLICIES, Retry
from auctor.tenancy.permissions import Forbidden
from auctor.worker.execute import PolicyStrategy


def wait(retry: Retry, error: Exception, *, attempts: int = 0) -> timedelta | None:
    """How long procrastinate would wait after a run that follows so many."""
    job = Job(id=16, queue="default", lock=None, queueing_lock=None, task_name="crm.sync", attempts=attempts)
    decision = PolicyStrategy(POLICIES[retry]).get_retry_decision(exception=error, job=job)
    if decision is None:
        return None
    assert decision.retry_at is not None
    return decision.retry_at - utcnow()


class TestPolicyStrategy:
    @pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 10), (3, 40)])
    def test_counts_the_run_that_has_just_failed(self, attempts: int, seconds: int) -> None:
        found = wait(Retry.NETWORK, ConnectionResetError(), attempts=attempts)
        assert found is not None
        assert abs(found.total_seconds() - seconds) < 1

    def test_ends_with_the_policy(self) -> None:
        assert wait(Retry.NETWORK, ConnectionResetError(), attempts=9) is None
        assert wait(Retry.NONE, ConnectionResetError()) is None

    def test_ends_at_once_when_trying_again_makes_no_sense(self) -> None:
        assert wait(Retry.PATIENT, Forbidden("No.")) is None

    @pytest.mark.parametrize("error", [OperationalError(), InterfaceError()])
    @pytest.mark.parametrize("retry", Retry)
    def test_never_ends_with_a_moment_without_database(self, retry: Retry, error: Exception) -> None:
        assert wait(retry, error) is not None
