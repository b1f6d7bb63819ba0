"""What every call passes: who is it, was it answered before, and what is written down of it.

1. The bearer token becomes an actor; without one the answer is 401, and too many guesses get 429.
2. The actor's scope is entered, so that the walls hold from here on, and the call is counted.
3. A repeated `Idempotency-Key` gets the first answer again.
4. The operation runs in a savepoint: an answer of 400 or above undoes what it changed.
5. The call is recorded with its outcome, also when it was refused or failed.

Each of 1, 2 and 3 to 5 is a transaction of its own: a call that takes long must not hold up the next one of the same
token, which waits for the row that counts them.
"""

import functools
import hashlib
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from auctor.api import problem
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import replies, tokens
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.records import Actor

View = Callable[..., HttpResponse]
Call = Callable[[], HttpResponse]
CHALLENGE = 'Bearer realm="auctor"'
RETRY_SECONDS = 5
# Refused before an operation saw it, so that the same request may succeed later.
NEVER_KEPT = frozenset({405, 429})
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

logger = logging.getLogger(__name__)


class FormUnreadable(AuctorError):
    """A body that says it is a form with files, and is not."""

    code: ClassVar[str] = "api.form_unreadable"
    status: ClassVar[int] = 400


def guarded(view: View, names: Mapping[str, str]) -> View:
    """The view of a path, behind the entrance; `names` are its operations by method."""

    @transaction.non_atomic_requests
    @functools.wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = datetime.now(UTC)
        try:
            with transaction.atomic():
                actor = _authenticate(request, now)
        except AuctorError as error:
            return problem.answer_error(request, error)
        except DatabaseError as error:
            return _fail(request, error)
        if actor is None:
            return _unknown(request)
        request.operation = names.get(request.method or "", "")  # type: ignore[attr-defined]
        request.actor = actor  # type: ignore[attr-defined]
        with scope.enter(actor):
            return _serve(request, actor, now, lambda: view(request, *args, **kwargs))

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


def _serve(request: HttpRequest, actor: Actor, now: datetime, call: Call) -> HttpResponse:
    try:
        response = _count(request, actor, now)
        with transaction.atomic():
            response = response or _answer(request, actor, now, call)
            _record(request, response, actor, now)
    except DatabaseError as error:
        # Nothing was stored, not even the entry: it is written by itself, if the database is there for that.
        response = _fail(request, error)
        with suppress(DatabaseError), transaction.atomic():
            _record(request, response, actor, now)
    return response


def _count(request: HttpRequest, actor: Actor, now: datetime) -> HttpResponse | None:
    try:
        with transaction.atomic():
            tokens.count_call(actor, now=now)
    except AuctorError as error:
        return problem.answer_error(request, error)
    return None


def _answer(request: HttpRequest, actor: Actor, now: datetime, call: Call) -> HttpResponse:
    key = request.headers.get("Idempotency-Key") if request.method not in {"GET", "HEAD"} else None
    if key is None:
        return _run(request, call)
    try:
        digest = _digest(request)
        kept = replies.find_reply(actor, key=key, request=digest, now=now)
    except AuctorError as error:
        return problem.answer_error(request, error)
    if kept is not None:
        return HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
    response = _run(request, call)
    # A failure of ours is not an answer either: the next try may succeed.
    if response.status_code < 500 and response.status_code not in NEVER_KEPT:
        reply = replies.Reply(response.status_code, response.headers["Content-Type"], response.content)
        replies.keep_reply(actor, key=key, request=digest, reply=reply, now=now)
    return response


def _digest(request: HttpRequest) -> bytes:
    """What makes two requests the same; of a form the fields and files, because its boundary is drawn each time."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.digest()
    try:
        fields, files = sorted(request.POST.lists()), sorted(request.FILES.lists())
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise FormUnreadable("The form cannot be read.", mend="Send it as multipart/form-data (RFC 7578).") from error
    digest.update(repr(fields).encode())
    for name, sent in files:
        for file in sent:
            digest.update(repr((name, file.name, file.size)).encode())
            for piece in file.chunks():
                digest.update(piece)
            file.seek(0)
    return digest.digest()


def _run(request: HttpRequest, call: Call) -> HttpResponse:
    with transaction.atomic():
        response = call()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return refuse_method(request, response["Allow"]) if response.status_code == 405 else response


def refuse_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """405; `allowed` are the methods that the address answers, with commas."""
    allowed = ", ".join(sorted(allowed.split(", ")))
    detail = f"This address answers {allowed} only."
    response = problem.answer(request, 405, code="api.method_not_allowed", detail=detail)
    response["Allow"] = allowed
    return response


def _fail(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    logger.error("call failed", exc_info=error)
    if not isinstance(error, OperationalError | InterfaceError):
        return problem.answer_failure(request)
    response = problem.answer(
        request, 503, code="api.database_away", detail="The database does not answer at present; nothing was changed."
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _record(request: HttpRequest, response: HttpResponse, actor: Actor, now: datetime) -> None:
    method = request.method or ""
    log.record(
        actor,
        AuditTag.API_CALLED,
        outcome=_outcome(response.status_code),
        details={
            "operation": request.operation,  # type: ignore[attr-defined]
            "method": method if method in METHODS else "other",
            "status": response.status_code,
        },
        now=now,
    )


def _outcome(status: int) -> str:
    if status >= 500:
        return "failed"
    if status == 429:
        return "limited"
    return "refused" if status >= 400 else "ok"
