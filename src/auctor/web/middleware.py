"""What happens to every request before a page sees it, and to every answer before it leaves."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from http import HTTPStatus
from typing import ClassVar

import structlog
from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from opentelemetry import trace

from auctor.kit import telemetry
from auctor.kit.errors import AuctorError
from auctor.kit.ids import uuid7
from auctor.web import errors
from auctor.web.metrics import note_request

log = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)

Answer = Callable[[HttpRequest], HttpResponse]

LONGEST_PATH = 2_048
LONGEST_QUERY = 8_192
LARGEST_UPLOAD = 256 * 1024 * 1024

# The list of OWASP's Secure Headers Project as far as Django's SecurityMiddleware and the CSP do not say it.
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": ", ".join(
        [
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "autoplay",
                "browsing-topics",
                "camera",
                "display-capture",
                "encrypted-media",
                "fullscreen",
                "gamepad",
                "geolocation",
                "gyroscope",
                "hid",
                "idle-detection",
                "local-fonts",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "picture-in-picture",
                "screen-wake-lock",
                "serial",
                "storage-access",
                "usb",
                "xr-spatial-tracking",
            )
        ]
        + ["clipboard-write=(self)", "publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
    ),
}


class RequestMiddleware:
    """Names the request, refuses what no page could mean, writes one line of log."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the request's own number in `X-Request-ID`; a number from outside is not believed."""
        request.request_id = str(uuid7())  # type: ignore[attr-defined]
        began = time.monotonic()
        name = {"request_id": request.request_id}  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(**name), _span(name):
            status = refuse(request)
            response = errors.answer(request, errors.USUAL[status]) if status else self.get_response(request)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            _note(request, response, time.monotonic() - began)
        return response


def _span(attributes: dict[str, str]) -> AbstractContextManager[object]:
    return tracer.start_as_current_span("request", attributes=attributes) if telemetry.is_on() else nullcontext()


def refuse(request: HttpRequest) -> int:
    """The status that a request earns before anybody looks at what it wants; 0 when it may pass."""
    query = request.META.get("QUERY_STRING", "")
    if "\0" in request.path or "%00" in query or "\0" in query:
        return HTTPStatus.BAD_REQUEST
    if len(request.path) > LONGEST_PATH or len(query) > LONGEST_QUERY:
        return HTTPStatus.BAD_REQUEST
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_upload = request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data")
    limit = LARGEST_UPLOAD if is_upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not length.isascii() or not length.isdigit():
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if int(length) > limit else 0


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Log, count and trace the route and not the address: an address may hold what somebody searched for."""
    match = request.resolver_match
    route = match.route if match else "-"
    words = {"method": request.method, "route": route, "status": response.status_code}
    structlog.get_logger(__name__).info("request", **words, milliseconds=round(seconds * 1000, 1))
    note_request(route, request.method or "", response.status_code, seconds)
    if not telemetry.is_on():
        return
    span = trace.get_current_span()
    span.update_name(route)
    span.set_attributes({"http.route": route, "http.response.status_code": response.status_code})


class HeadersMiddleware:
    """Puts the security headers on every answer, also on files and errors."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages are never stored; files say themselves how long they keep."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class PolicyMiddleware(CSPMiddleware):
    """The content security policy. Pages that ask for no nonce say the same, so theirs is built once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What a view or a nonce changes is django-csp's own matter."""
        changed = getattr(request, "_csp_nonce", None) or any(name.startswith("_csp_") for name in vars(response))
        if changed or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _usual_policy())
        # From here on a nonce would stand in a page and not in its policy: asking for one is an error.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response


@cache
def _usual_policy() -> str:
    return str(build_policy())


class ErrorMiddleware:
    """Turns errors that speak, and answers without a page, into pages. The API has its own translator."""

    plain: ClassVar[frozenset[int]] = frozenset({403, 404, 405, 413, 429})

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """An empty refusal (Django's 405 has no body) gets its page; its headers stay."""
        response = self.get_response(request)
        if response.status_code in self.plain and not response.streaming and not response.content:
            if request.path.startswith("/api/"):
                return response
            told = errors.answer(request, errors.USUAL[response.status_code])
            for name, value in response.headers.items():
                if name != "Content-Type":
                    told.headers.setdefault(name, value)
            return told
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The view's transaction is rolled back by now."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, AuctorError):
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                log.error("page failed", exc_info=error)
            return errors.answer_error(request, error)
        if isinstance(error, OperationalError | InterfaceError):
            log.error("database away", exc_info=error)
            return errors.answer(request, errors.USUAL[503])
        return None
