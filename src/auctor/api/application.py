"""The API as one application: its description, its errors, its routes."""

import functools
import logging
from collections import defaultdict
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from auctor.api import contract, entrance, problem
from auctor.api.routes import (
    audit_entries,
    connections,
    deals,
    imports,
    judgements,
    members,
    replays,
    risks,
    signals,
    tokens,
    workspaces,
)
from auctor.kit.errors import AuctorError
from auctor.tenancy.permissions import Public

logger = logging.getLogger(__name__)


class Application(NinjaAPI):
    """Operations are named as their functions are, which is what clients made from the description call them."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name; the architecture tests see to it that no two are alike."""
        return operation.view_func.__name__


api = Application(
    title="auctor",
    version="1",
    description="Everything that the pages show and do. Errors are problem+json (RFC 9457); lists are paged by "
    "cursor; writes take an Idempotency-Key. Tokens are made under Settings, API tokens.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    openapi_extra={
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    },
)
DOORS = (
    workspaces.door,
    members.door,
    tokens.door,
    connections.door,
    audit_entries.door,
    deals.door,
    risks.door,
    signals.door,
    replays.door,
    judgements.door,
    imports.door,
)
for door in DOORS:
    api.add_router("", door)
# The methods of each operation; the framework's addresses know their names only.
METHODS = {
    operation.view_func.__name__: operation.methods
    for door in DOORS
    for view in door.path_operations.values()
    for operation in view.operations
}


@api.exception_handler(AuctorError)
def _on_auctor_error(request: HttpRequest, error: AuctorError) -> HttpResponse:
    if error.status >= 500:
        logger.error("operation failed", exc_info=error)
    return problem.answer_error(request, error)


@api.exception_handler(ValidationError)
def _on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"in": [str(part)[:80] for part in e["loc"]], "message": str(e["msg"])[:300]} for e in error.errors[:50]]
    return problem.answer(
        request,
        422,
        code="api.invalid",
        detail="The request does not fit the operation.",
        mend="`errors` names each field.",
        errors=errors,
    )


@api.exception_handler(HttpError)
def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem.answer(request, error.status_code, code="api.refused", detail=str(error)[:300])


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def _on_form_unreadable(request: HttpRequest, _error: Exception) -> HttpResponse:
    detail, mend = "The request cannot be read.", "Files are sent as multipart/form-data (RFC 7578)."
    return problem.answer(request, 400, code="api.form_unreadable", detail=detail, mend=mend)


@api.exception_handler(Http404)
def _on_not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem.answer(request, 404, code="api.not_found", detail="There is nothing here, or it is not yours.")


@api.exception_handler(DatabaseError)
def _on_database_error(_request: HttpRequest, error: DatabaseError) -> HttpResponse:
    """The entrance knows better: it ends the transaction and tells a database that is away from a mistake of ours."""
    raise error


@api.exception_handler(Exception)
def _on_error(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("operation failed", exc_info=error)
    return problem.answer_failure(request)


@functools.cache
def describe() -> dict[str, Any]:
    """The OpenAPI 3.1 description."""
    return contract.complete(api.get_openapi_schema(path_prefix="/api/v1/"))


@csrf_exempt
@transaction.non_atomic_requests
def description(request: HttpRequest) -> HttpResponse:
    """The description for programs that read it; it says nothing about anybody's data."""
    if request.method not in {"GET", "HEAD"}:
        return entrance.refuse_method(request, "GET, HEAD")
    return JsonResponse(describe())


@csrf_exempt
@transaction.non_atomic_requests
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """Everything else below /api/v1/: the same answer for what never was and what is not yours."""
    return problem.answer(request, 404, code="api.not_found", detail="There is nothing here, or it is not yours.")


description.permission = Public("It describes operations, not data.")  # type: ignore[attr-defined]
nothing.permission = Public("It only says that nothing is here.")  # type: ignore[attr-defined]


def urls() -> list[URLPattern | URLResolver]:
    """Every path behind the entrance, and what answers everything else below /api/."""
    patterns = [found for found in api.urls[0] if isinstance(found, URLPattern) and found.name != "api-root"]
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for pattern in patterns:
        names[str(pattern.pattern)] |= dict.fromkeys(METHODS[pattern.name or ""], pattern.name or "")
    for pattern in patterns:
        pattern.callback = entrance.guarded(pattern.callback, names[str(pattern.pattern)])
    return [path("openapi.json", description), *patterns, path("", nothing), path("<path:rest>", nothing)]
