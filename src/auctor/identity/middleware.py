"""Every request runs as somebody: the actor is found, the scope entered, and the second factor asked for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from auctor.identity import actors, factors
from auctor.tenancy import scope
from auctor.tenancy.records import Actor, ActorKind

Answer = Callable[[HttpRequest], HttpResponse]
# Calls of programs carry their own proof; a browser's cookie means nothing there.
PROGRAMS = "/api/"


class ScopeMiddleware:
    """Enters the scope of the request's actor. Stands last, after the session and the user."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The scope lasts until the answer is rendered."""
        actor = _actor_of(request)
        request.actor = actor  # type: ignore[attr-defined]
        with scope.enter(actor):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Whoever gave a password and no second factor sees nothing but its enrolment."""
        if request.path.startswith(PROGRAMS) or request.actor.kind is not ActorKind.ANONYMOUS:  # type: ignore[attr-defined]
            return None
        if not request.user.is_authenticated or getattr(view, "before_second_factor", False):
            return None
        return ask_for_factor(request)


def ask_for_factor(request: HttpRequest) -> HttpResponse:
    """People go to the enrolment; anything else is refused, since a redirect would answer what nobody asked."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": reverse(factors.ENROL)})
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or request.method not in {"GET", "HEAD"}:
        return HttpResponse("Enrol a second factor first.\n", status=403, content_type="text/plain; charset=utf-8")
    came_from = urlencode({"next": request.get_full_path()}) if request.path != "/" else ""
    return HttpResponseRedirect(f"{reverse(factors.ENROL)}{'?' if came_from else ''}{came_from}")


def before_second_factor(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that somebody may use between the password and the second factor: enrolment and sign-out."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


def _actor_of(request: HttpRequest) -> Actor:
    if request.path.startswith(PROGRAMS):
        return Actor.anonymous(**actors.words_of(request))
    return actors.actor_of(request, now=datetime.now(UTC))
