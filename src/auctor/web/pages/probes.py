"""For machines: is the process alive, can it serve, what does it count."""

import hmac
import ipaddress
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from auctor.identity.actors import address_of
from auctor.vault import startup
from auctor.web.metrics import expose
from auctor.web.page import PUBLIC, page


@transaction.non_atomic_requests
@page(permission=PUBLIC("A load balancer asks whether the process lives; the answer is two words."))
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers. Looks at nothing else, so that a slow database does not get it killed."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@transaction.non_atomic_requests
@page(permission=PUBLIC("A load balancer asks whether to send people here; the answer names no data."))
def ready(_request: HttpRequest) -> HttpResponse:
    """The database answers and the keys are open; 503 with the name of what is missing."""
    checks = {"database": _database_answers(), "keys": startup.is_open()}
    status = HTTPStatus.OK if all(checks.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({name: "ok" if good else "missing" for name, good in checks.items()}, status=status)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


@page(permission=PUBLIC("Guarded by its own token, or by being on this machine."))
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters for Prometheus; anybody else finds nothing here."""
    if not _may_count(request):
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return HttpResponse(expose(), content_type=CONTENT_TYPE_LATEST)


def _may_count(request: HttpRequest) -> bool:
    token = settings.AUCTOR_ENVIRONMENT.metrics_token
    if token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.get_secret_value().encode())
    try:
        return ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False
