"""A browser of Django's test client that keeps time and knows its own authenticator app."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client

from auctor.identity import codes
from auctor.identity.models import SecondFactor, User
from tests.cast import NOW

PASSWORD = "quiet-harbour-lantern"


class Browser(Client):
    """Speaks TLS from an address of documentation, like a browser that navigates."""

    def __init__(self, address: str = "192.0.2.7", **words: Any) -> None:
        super().__init__(
            headers={"Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"},
            REMOTE_ADDR=address,
            HTTP_HOST="localhost",
            **words,
        )

    def generic(self, method: str, path: Any, *args: Any, **words: Any) -> Any:
        return super().generic(method, path, *args, **{**words, "secure": True})

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        """The first step."""
        return self.post("/account/login/", {"login": email, "password": password})

    def give_code(self, email: str, *, now: datetime, code: str = "") -> Any:
        """The second step."""
        return self.post("/account/2fa/authenticate/", {"code": code or code_for(email, now=now)})

    def enrol(self, *, now: datetime) -> Any:
        """Enrol an authenticator app: read the secret from the page and answer with its code."""
        page = self.get("/account/2fa/totp/activate/").content.decode()
        match = re.search(r"\b[A-Z2-7]{32}\b", page)
        assert match, page
        code = codes.code_of(match.group(), codes.counter_at(now.timestamp()))
        return self.post("/account/2fa/totp/activate/", {"code": code})


def code_for(email: str, *, now: datetime) -> str:
    """What this person's authenticator app shows."""
    row = SecondFactor.objects.get(id=User.objects.get(email=email).id)
    assert row.totp_seed
    return codes.code_of(row.totp_seed, codes.counter_at(now.timestamp()))


@cache
def _hashed() -> str:
    """Hashing is meant to be slow; once is enough for a run."""
    return make_password(PASSWORD)


@contextmanager
def at(moment: datetime = NOW) -> Iterator[Any]:
    """Time stands still."""
    with time_machine.travel(moment, tick=False) as traveller:
        yield traveller


def later(steps: int = 1) -> datetime:
    """So many steps of the authenticator app after NOW."""
    return NOW + timedelta(seconds=codes.STEP_SECONDS * steps)


def with_password(email: str) -> User:
    """Give somebody of the cast a password and a verified address."""
    user: User = User.objects.get(email=email)
    user.password = _hashed()
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def signed_in(email: str, *, now: datetime = NOW, **words: Any) -> Browser:
    """A browser with both factors given; the code of `now` is used up."""
    with_password(email)
    browser = Browser(**words)
    with at(now):
        browser.sign_in(email)
        browser.enrol(now=now)
    return browser
