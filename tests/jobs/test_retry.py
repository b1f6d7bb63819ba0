from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctor.jobs.retry import POLICIES, Retry, is_permanent, wait_before_retry
from auctor.kit.errors import AuctorError


def waits(retry: Retry) -> list[int]:
    """All waits of a policy in seconds, without spread."""
    policy = POLICIES[retry]
    found = [wait_before_retry(policy, attempts=attempts, spread=0) for attempts in range(1, 40)]
    return [int(wait.total_seconds()) for wait in found if wait is not None]


class TestWaitBeforeRetry:
    @pytest.mark.parametrize(
        ("retry", "expected"),
        [
            (Retry.NONE, []),
            (Retry.SHORT, [1, 2, 4, 8]),
            (Retry.NETWORK, [5, 10, 20, 40, 80, 160, 320, 640, 900]),
        ],
    )
    def test_doubles_up_to_the_longest_and_ends(self, retry: Retry, expected: list[int]) -> None:
        assert waits(retry) == expected

    def test_lasts_two_days_for_what_has_to_arrive(self) -> None:
        assert 36 * 3600 < sum(waits(Retry.PATIENT)) < 60 * 3600

    def test_has_a_policy_and_a_purpose_for_every_name(self) -> None:
        assert set(POLICIES) == set(Retry)
        assert all(policy.purpose for policy in POLICIES.values())

    @given(attempts=st.integers(1, 200), spread=st.floats(0, 1), retry=st.sampled_from(Retry))
    def test_never_waits_longer_than_a_quarter_above_the_longest(
        self, attempts: int, spread: float, retry: Retry
    ) -> None:
        policy = POLICIES[retry]
        wait = wait_before_retry(policy, attempts=attempts, spread=spread)
        assert wait is None or timedelta(0) <= wait <= policy.longest * 1.25


class TestIsPermanent:
    @pytest.mark.parametrize(
        ("status", "permanent"), [(403, True), (404, True), (400, True), (409, False), (429, False), (503, False)]
    )
    def test_follows_the_status_of_our_errors(self, status: int, permanent: bool) -> None:
        error_of_status = type("ErrorOfStatus", (AuctorError,), {"status": status})
        assert is_permanent(error_of_status("message")) is permanent

    def test_is_false_for_errors_that_say_nothing(self) -> None:
        assert not is_permanent(ConnectionResetError())
        assert not is_permanent(KeyError("name"))
