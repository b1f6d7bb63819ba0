"""What every call passes: who is it, was it answered before, and what is written down of it.

1. The bearer token becomes an actor; without one the answer is 401, and too many get 429.
2. The actor's scope is entered, so that the walls hold from here on.
3. A repeated `Idempotency-Key` gets the first answer again.
4. The operation runs in a savepoint: an answer of 400 or above undoes what it changed.
5. The call is recorded with its outcome, also when it was refused.
"""

import functools
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from auctor.api import problem
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import replies, tokens
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.records import Actor

View = Callable[..., HttpResponse]
CHALLENGE = 'Bearer realm="auctor"'


def guarded(view: View) -> View:
    """The view of a path, behind the entrance."""

    @functools.wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = datetime.now(UTC)
        try:
            actor = _authenticate(request, now)
        except AuctorError as error:
            return problem.answer_error(request, error)
        if actor is None:
            return _unknown(request)
        request.actor = actor  # type: ignore[attr-defined]
        with scope.enter(actor):
            response = _answer(view, request, actor, now, args, kwargs)
            _record(request, response, actor, now)
        return response

    return call


def _authenticate(request: HttpRequest, now: datetime) -> Actor | None:
    kind, _space, raw = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not raw:
        return None
    return tokens.authenticate_token(
        raw.strip(),
        now=now,
        request_id=getattr(request, "request_id", ""),
        address=request.META.get("REMOTE_ADDR", ""),
    )


def _unknown(request: HttpRequest) -> HttpResponse:
    response = problem.answer(
        request,
        401,
        code="api.token_unknown",
        detail="This needs a valid API token.",
        mend="Send `Authorization: Bearer …` with a token from Settings, API tokens.",
    )
    response["WWW-Authenticate"] = CHALLENGE
    return response


def _answer(
    view: View, request: HttpRequest, actor: Actor, now: datetime, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "") if request.method not in {"GET", "HEAD"} else ""
    if not key:
        return _run(view, request, args, kwargs)
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).digest()
    try:
        kept = replies.find_reply(actor, key=key, request=digest, now=now)
        if kept is not None:
            return HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
        response = _run(view, request, args, kwargs)
        # A failure of ours is not an answer: the next try may succeed.
        if response.status_code < 500:
            reply = replies.Reply(response.status_code, response.headers["Content-Type"], response.content)
            replies.keep_reply(actor, key=key, request=digest, reply=reply, now=now)
    except AuctorError as error:
        return problem.answer_error(request, error)
    return response


def _run(view: View, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse:
    with transaction.atomic():
        response = view(request, *args, **kwargs)
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def _record(request: HttpRequest, response: HttpResponse, actor: Actor, now: datetime) -> None:
    match = request.resolver_match
    log.record(
        actor,
        AuditTag.API_CALLED,
        outcome="ok" if response.status_code < 400 else "refused",
        details={
            "operation": (match.url_name if match else "") or "",
            "method": request.method or "",
            "status": response.status_code,
        },
        now=now,
    )
