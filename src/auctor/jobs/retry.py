"""How often a failed job is tried again, by name. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from auctor.kit.errors import AuctorError


class Retry(StrEnum):
    """The policies; the reference page is made from this list."""

    NONE = "none"
    SHORT = "short"
    NETWORK = "network"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` runs in all; the first wait, doubled each time, up to the longest."""

    attempts: int
    first: timedelta
    longest: timedelta
    purpose: str


POLICIES: dict[Retry, RetryPolicy] = {
    Retry.NONE: RetryPolicy(1, timedelta(0), timedelta(0), "A failure needs a person, or the next turn mends it."),
    Retry.SHORT: RetryPolicy(5, timedelta(seconds=1), timedelta(seconds=8), "Only our own database is involved."),
    Retry.NETWORK: RetryPolicy(10, timedelta(seconds=5), timedelta(minutes=15), "Somebody else's service is asked."),
    Retry.PATIENT: RetryPolicy(16, timedelta(minutes=1), timedelta(hours=6), "It has to arrive, even in two days."),
}

# Answers of a service, or conflicts with another transaction, that a later attempt may not meet.
_PASSING = frozenset({408, 409, 425, 429})


def is_permanent(error: BaseException) -> bool:
    """Whether trying again makes no sense: the error says that the request, not its moment, was wrong."""
    return isinstance(error, AuctorError) and 400 <= error.status < 500 and error.status not in _PASSING


def wait_before_retry(policy: RetryPolicy, *, attempts: int, spread: float) -> timedelta | None:
    """How long to wait after `attempts` runs have failed (1 or more); None when there is no further one.

    `spread` from 0 to 1 lengthens the wait by up to a quarter, so that jobs that failed together do not return
    together.
    """
    if attempts >= policy.attempts:
        return None
    wait = min(policy.longest, policy.first * (1 << (attempts - 1)))
    return wait * (1 + spread / 4)
