"""The API as one application: its description, its errors, its routes."""

import json
import logging
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from auctor.api import entrance, problem
from auctor.api.routes import audit_entries, members, tokens, workspaces
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
for routes in (workspaces, members, tokens, audit_entries):
    api.add_router("", routes.door)


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


@api.exception_handler(Http404)
def _on_not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem.answer(request, 404, code="api.not_found", detail="There is nothing here, or it is not yours.")


@api.exception_handler(Exception)
def _on_error(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("operation failed", exc_info=error)
    return problem.answer(
        request, 500, code="api.failed", detail="Something broke on our side; what it changed was undone."
    )


def describe() -> dict[str, Any]:
    """The OpenAPI 3.1 description, with the problems that any operation may answer with."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    found["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in found["paths"].values():
        for operation in operations.values():
            for status in PROBLEMS:
                operation["responses"].setdefault(str(status), ANSWER | {"description": HTTPStatus(status).phrase})
    return found


PROBLEMS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500)
ANSWER = {"content": {problem.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` and `mend` are for people.",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail", "mend", "instance")},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "array", "items": {"type": "string"}},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def description(request: HttpRequest) -> HttpResponse:
    """The description for programs that read it; it says nothing about anybody's data."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return JsonResponse(describe())


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """Everything else below /api/v1/: the same answer for what never was and what is not yours."""
    return problem.answer(request, 404, code="api.not_found", detail="There is nothing here, or it is not yours.")


description.permission = Public("It describes operations, not data.")  # type: ignore[attr-defined]
nothing.permission = Public("It only says that nothing is here.")  # type: ignore[attr-defined]


def urls() -> list[URLPattern | URLResolver]:
    """Every path behind the entrance, and what answers everything else below /api/."""
    guarded = []
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = entrance.guarded(pattern.callback)
            guarded.append(pattern)
    return [
        path("openapi.json", description),
        *guarded,
        path("", nothing),
        path("<path:rest>", nothing),
    ]
