"""A program that calls the API with the token of somebody of the cast."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from auctor.audit import queries
from auctor.audit.records import EntryRecord
from auctor.identity import tokens
from auctor.identity.records import NewToken
from auctor.tenancy import scope
from auctor.tenancy.permissions import PERMISSIONS_OF, Permission
from auctor.tenancy.records import Actor

ADDRESS = "192.0.2.44"


class Program(Client):
    """Speaks TLS and JSON; an error of the server is an answer and not an exception, as it is for a real program."""

    def __init__(self, token: str = "", *, address: str = ADDRESS) -> None:
        super().__init__(
            raise_request_exception=False,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            REMOTE_ADDR=address,
            HTTP_HOST="localhost",
        )

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None, **words: Any) -> HttpResponse:
        """One call of /api/v1; `key` is the Idempotency-Key."""
        headers = {} if key is None else {"Idempotency-Key": key}
        data = b"" if body is None else json.dumps(body).encode()
        found: HttpResponse = self.generic(
            method, f"/api/v1{path}", data, "application/json", secure=True, headers=headers, **words
        )  # type: ignore[assignment]  # the stubs' own kind of response
        return found


def token_for(actor: Actor, scopes: Collection[Permission] | None = None, *, now: datetime | None = None) -> NewToken:
    """A token with everything that its maker holds, or with these scopes."""
    assert actor.role is not None
    wanted = PERMISSIONS_OF[actor.role] if scopes is None else scopes
    with scope.enter(actor), transaction.atomic():
        return tokens.create_token(actor, name="A program", scopes=wanted, days=30, now=now or datetime.now(UTC))


def program_of(actor: Actor, scopes: Collection[Permission] | None = None) -> Program:
    """A program with a token of this person."""
    return Program(token_for(actor, scopes).secret)


def body_of(response: HttpResponse) -> Any:
    """The JSON of an answer."""
    return json.loads(response.content)


def calls_of(actor: Actor) -> list[EntryRecord]:
    """What the log says of calls in the actor's workspace, the newest first."""
    inside = Actor.system(actor.workspace_id, "test")
    with scope.enter(inside), transaction.atomic():
        page = queries.list_entries(inside, filters=queries.EntryFilter(action="api:called"), limit=200)
    return list(page.entries)
