"""What people see when something cannot be done: what, why, the mend, and a number to quote. Never a detail of ours."""

import json
import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from auctor.kit.errors import AuctorError
from auctor.web.addresses import is_fragment, is_navigation

log = logging.getLogger(__name__)

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
RETRY_SECONDS = 5
REFUSED = "api.refused"


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure in words."""

    status: int
    title: str
    message: str
    mend: str
    code: str = ""


USUAL: dict[int, Problem] = {
    problem.status: problem
    for problem in (
        Problem(
            400, "This request was not understood", "Something in it is malformed.", "Go back, reload, and try again."
        ),
        Problem(
            403,
            "You may not do this",
            "Your role in this workspace does not include it.",
            "Ask an owner or admin of the workspace.",
        ),
        Problem(
            404,
            "There is nothing here",
            "The address is wrong, or what stood here is gone or not yours to see.",
            "Check the address, or start from the inbox.",
        ),
        Problem(
            405,
            "This page does not work that way",
            "It was asked in a way it does not answer.",
            "Open it from the menu.",
        ),
        Problem(413, "This is too big", "The request is larger than is accepted here.", "Send less at once."),
        Problem(
            429,
            "Too many attempts",
            "We wait a little before the next one, so that nobody can try them all.",
            "Wait a few minutes, then try once more.",
        ),
        Problem(
            500,
            "Something broke on our side",
            "It was logged. Nothing you entered was half saved: what failed was undone as a whole.",
            "Try again; if it stays, tell the people who run this installation the number below.",
        ),
        Problem(
            503,
            "Back in a moment",
            "The database does not answer at present.",
            "Reload in a few seconds. Nothing is lost.",
        ),
    )
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400; a body that is too big is told apart."""
    return answer(request, USUAL[413 if isinstance(exception, TOO_BIG) else 400])


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Django's handler of 403."""
    return answer(request, USUAL[403])


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's form
    """Django's handler of 404."""
    return answer(request, USUAL[404])


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of 500; a database that is away is told apart, because waiting helps."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return answer(request, USUAL[503 if is_away else 500])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's view for a form without its token: nearly always a page that was open for too long."""
    log.warning("csrf refused", extra={"reason": reason})
    return answer(
        request,
        Problem(
            403,
            "This form is out of date",
            "It was opened in another session, or the browser sent no cookie.",
            "Go back, reload the page, and send it again.",
            "web.csrf",
        ),
    )


def answer_error(request: HttpRequest, error: AuctorError) -> HttpResponse:
    """An error that speaks, as a page. Errors of ours (5xx) keep their words to the log."""
    usual = USUAL.get(error.status, USUAL[400])
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer(request, usual)
    problem = Problem(error.status, usual.title, error.message, error.mend or usual.mend, error.code)
    response = answer(request, problem)
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a page for people, as a message for parts of pages, as a line for programs.

    Rendered without the request: the page of a failure must not need what has just failed.
    """
    reference = getattr(request, "request_id", "")
    if request.path.startswith("/api/"):
        response = _to_program(problem, reference)
    elif is_fragment(request):
        toast = {"auctor:toast": {"text": f"{problem.title}. {problem.message} {problem.mend}", "tone": "high"}}
        response = HttpResponse(status=problem.status, headers={"HX-Trigger": json.dumps(toast)})
    elif not is_navigation(request):
        line = f"{problem.title}. {problem.message} ({reference})\n"
        response = HttpResponse(line, status=problem.status, content_type="text/plain; charset=utf-8")
    else:
        page = render_to_string("errors/error.html", {"problem": problem, "reference": reference})
        response = HttpResponse(page, status=problem.status)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _to_program(problem: Problem, reference: str) -> HttpResponse:
    """What the API's own door would say, for what never came so far."""
    words = {
        "type": f"urn:auctor:problem:{problem.code or REFUSED}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code or REFUSED,
        "detail": problem.message,
        "instance": f"urn:uuid:{reference}",
    }
    return HttpResponse(json.dumps(words), status=problem.status, content_type="application/problem+json")
