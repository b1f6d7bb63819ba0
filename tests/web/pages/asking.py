"""Asking a page as one of the cast: signed in with both factors, or not at all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from auctor.tenancy import scope
from tests.cast import Company
from tests.identity.browser import Browser, at, signed_in

ALICE, MAX, MIA, VERA, BOB = (f"{name}@acme.example" for name in ("alice", "max", "mia", "vera", "bob"))
CAROL = "carol@borealis.example"
NOBODY = ""
# The database's clock cannot be stopped, and it believes no statement that was signed long ago: the tests of pages
# stand still at the moment they began.
TODAY = datetime.now(UTC)


def browser_of(email: str) -> Browser:
    """A browser of this person; once in a test for each, because a code is good once."""
    return signed_in(email, now=TODAY) if email else Browser()


def ask(browser: Browser, path: str, **words: Any) -> Any:
    """GET at the time of the tests."""
    with at(TODAY):
        return browser.get(path, **words)


def send(browser: Browser, path: str, data: Mapping[str, Any] | None = None) -> Any:
    """POST at the time of the tests."""
    with at(TODAY):
        return browser.post(path, data or {})


def status(email: str, path: str, method: str = "GET") -> int:
    """How a page answers this person."""
    browser = browser_of(email)
    with at(TODAY):
        return int(browser.generic(method, path).status_code)


def recorded(company: Company) -> list[str]:
    """What the log of a workspace says happened, in order."""
    with scope.enter(company.system), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT action FROM audit.entry ORDER BY id")
        return [str(row[0]) for row in cursor.fetchall()]
