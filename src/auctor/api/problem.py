"""Errors as `application/problem+json` (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from auctor.kit.errors import AuctorError

CONTENT_TYPE = "application/problem+json"


def answer(
    request: HttpRequest,
    status: int,
    *,
    code: str,
    detail: str,
    mend: str = "",
    errors: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """One problem. `code` is stable; `errors` name the fields of a refused body, never their values."""
    problem: dict[str, Any] = {
        "type": f"urn:auctor:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": f"urn:uuid:{getattr(request, 'request_id', '')}",
    }
    if mend:
        problem["mend"] = mend
    if errors:
        problem["errors"] = errors
    return HttpResponse(json.dumps(problem), status=status, content_type=CONTENT_TYPE)


def answer_error(request: HttpRequest, error: AuctorError) -> HttpResponse:
    """An error that speaks. One of ours (5xx) keeps its words, which are for the log, to itself."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer_failure(request)
    response = answer(request, error.status, code=error.code, detail=error.message, mend=error.mend)
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response


def answer_failure(request: HttpRequest) -> HttpResponse:
    """Something broke on our side; `instance` finds it in the log."""
    return answer(request, 500, code="api.failed", detail="Something broke on our side; what it changed was undone.")
