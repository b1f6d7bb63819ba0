"""How often something may be tried: by address, by account, by token. Shared by all processes through the database.

The counting is exact over a sliding span, and it is part of the request's transaction: whoever tries at the same moment
for the same subject waits for the row, so that a hundred guesses at once are a hundred guesses and not one.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, ClassVar

from django.db import connection
from django.http import HttpRequest

from auctor.identity.models import RateLimit
from auctor.kit.errors import AuctorError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` tries in `span`, for each subject."""

    name: str
    amount: int
    span: timedelta


SIGN_IN_BY_ADDRESS = Limit("sign-in by address", 30, timedelta(minutes=5))
SIGN_IN_BY_ACCOUNT = Limit("sign-in by account", 5, timedelta(minutes=5))
CODE = Limit("code", 5, timedelta(minutes=5))
CODE_IN_A_DAY = Limit("code in a day", 20, timedelta(days=1))
REAUTHENTICATE = Limit("reauthenticate", 5, timedelta(minutes=5))
RESET_BY_ADDRESS = Limit("password reset by address", 20, timedelta(minutes=5))
RESET_BY_ACCOUNT = Limit("password reset by account", 5, timedelta(hours=1))
SIGN_UP_BY_ADDRESS = Limit("sign-up by address", 20, timedelta(minutes=60))
LINK_BY_ADDRESS = Limit("one-time link by address", 20, timedelta(minutes=5))
INVITE = Limit("invitations of a workspace", 100, timedelta(days=1))
WRONG_TOKEN_BY_ADDRESS = Limit("wrong token by address", 20, timedelta(minutes=5))
TOKEN = Limit("calls of a token", 100, timedelta(seconds=10))

ALL = (
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_ACCOUNT,
    CODE,
    CODE_IN_A_DAY,
    REAUTHENTICATE,
    RESET_BY_ADDRESS,
    RESET_BY_ACCOUNT,
    SIGN_UP_BY_ADDRESS,
    LINK_BY_ADDRESS,
    INVITE,
    WRONG_TOKEN_BY_ADDRESS,
    TOKEN,
)


class TooManyTries(AuctorError):
    """A limit was reached; `retry_after` are the whole seconds until the next try counts."""

    code: ClassVar[str] = "identity.too_many_tries"
    status: ClassVar[int] = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            f"Too many tries. The next one is possible in {retry_after} seconds.",
            mend="Wait, then try once more.",
        )
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this try was still within the limit; if not, in how many seconds the next one is."""

    allowed: bool
    retry_after: int = 0


# One statement: it counts, forgets what left the span, and leaves the row locked until the transaction ends. The try
# is added only while there is room, so a refused one does not prolong the wait.
TAKE = """
INSERT INTO identity_ratelimit AS kept (key, hits, was_allowed, expires_at)
VALUES (%(key)s, ARRAY[%(now)s::timestamptz], true, %(now)s::timestamptz + %(span)s::interval)
ON CONFLICT (key) DO UPDATE SET (hits, was_allowed, expires_at) = (
    SELECT coalesce(array_agg(hit ORDER BY hit), '{}')
               || CASE WHEN count(*) < %(amount)s THEN excluded.hits ELSE '{}' END,
           count(*) < %(amount)s, excluded.expires_at
    FROM unnest(kept.hits) AS hit WHERE hit > %(now)s::timestamptz - %(span)s::interval)
RETURNING was_allowed, hits[1]
"""


def take(limit: Limit, subject: str, *, now: datetime) -> Verdict:
    """Count one try for the subject (an address, an account, a token's id) and say whether it may go on."""
    words: dict[str, Any] = {"key": _key(limit, subject), "now": now, "span": limit.span, "amount": limit.amount}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, words)
        was_allowed, oldest = cursor.fetchone()
    if was_allowed:
        return Verdict(allowed=True)
    return Verdict(allowed=False, retry_after=max(1, ceil((oldest + limit.span - now).total_seconds())))


def give_back(limit: Limit, subject: str, *, now: datetime) -> None:
    """Uncount the try that was taken at `now`: only failures are to be counted."""
    for row in RateLimit.objects.filter(key=_key(limit, subject), hits__contains=[now]):
        row.hits.remove(now)
        row.save(update_fields=["hits"])


def require(limit: Limit, subject: str, *, now: datetime) -> None:
    """`take`, or raise `TooManyTries`."""
    verdict = take(limit, subject, now=now)
    if not verdict.allowed:
        raise TooManyTries(verdict.retry_after)


def mark(request: HttpRequest, verdict: Verdict) -> None:
    """Note on a request that it was refused by a limit, for whoever answers it: raising would undo the count."""
    request.retry_after = verdict.retry_after  # type: ignore[attr-defined]


def sweep(*, now: datetime) -> int:
    """Drop rows that limit nothing any more; returns their number."""
    return RateLimit.objects.filter(expires_at__lt=now).delete()[0]


def _key(limit: Limit, subject: str) -> bytes:
    return hashlib.sha256(f"{limit.name}\0{subject}".encode()).digest()
