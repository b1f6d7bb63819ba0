"""What happens before and after every page."""

from typing import ClassVar

import pytest
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory

from auctor.kit.errors import AuctorError
from auctor.web.middleware import (
    HEADERS,
    ErrorMiddleware,
    HeadersMiddleware,
    PolicyMiddleware,
    RequestMiddleware,
    refuse,
)

make = RequestFactory()


class Gone(AuctorError):
    code: ClassVar[str] = "web.gone"
    status: ClassVar[int] = 404


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


def answered(middleware: CSPMiddleware, request: HttpRequest) -> HttpResponse:
    answer = middleware(request)
    assert isinstance(answer, HttpResponse)
    return answer


class TestRefuse:
    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (make.get("/inbox/"), 0),
            (make.get("/inbox/?q=a%00b"), 400),
            (make.get("/in\0box/"), 400),
            (make.get("/" + "a" * 3_000), 400),
            (make.get("/?q=" + "a" * 9_000), 400),
            (make.post("/", "x", content_type="text/plain", CONTENT_LENGTH="nine"), 400),
            (make.post("/", "x", content_type="text/plain", CONTENT_LENGTH="99999999"), 413),
            (make.post("/", "x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH="99999999"), 0),
        ],
        ids=["usual", "query", "path", "long path", "long query", "no number", "too big", "upload"],
    )
    def test_knows_what_no_page_could_mean(self, request_: HttpRequest, status: int) -> None:
        assert refuse(request_) == status


class TestRequestMiddleware:
    def test_gives_each_request_a_number_of_its_own(self) -> None:
        guarded = RequestMiddleware(fine)
        first, second = (guarded(make.get("/", headers={"X-Request-ID": "mine"}))["X-Request-ID"] for _ in range(2))
        assert first != second
        assert "mine" not in (first, second)

    def test_answers_a_hostile_request_itself(self) -> None:
        response = RequestMiddleware(fine)(make.get("/?q=%00"))
        assert response.status_code == 400
        assert response["X-Request-ID"] in response.content.decode()


class TestHeadersMiddleware:
    def test_puts_them_on_every_answer(self) -> None:
        response = HeadersMiddleware(fine)(make.get("/"))
        assert {name: response[name] for name in HEADERS} == HEADERS
        assert response["Cache-Control"] == "no-store"

    def test_leaves_what_a_file_said_about_keeping(self) -> None:
        kept = HeadersMiddleware(lambda _: HttpResponse(headers={"Cache-Control": "max-age=60"}))
        assert kept(make.get("/"))["Cache-Control"] == "max-age=60"


class TestPolicyMiddleware:
    def test_says_what_the_settings_say(self) -> None:
        policy = answered(PolicyMiddleware(fine), make.get("/"))["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert policy == answered(CSPMiddleware(fine), make.get("/"))["Content-Security-Policy"]

    def test_names_a_nonce_that_a_page_asked_for(self) -> None:
        def page(request: HttpRequest) -> HttpResponse:
            return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]

        answer = answered(PolicyMiddleware(page), make.get("/"))
        assert f"'nonce-{answer.content.decode()}'" in answer["Content-Security-Policy"]

    def test_refuses_a_nonce_that_comes_too_late(self) -> None:
        request = make.get("/")
        PolicyMiddleware(fine)(request)
        with pytest.raises(CSPNonceError):
            str(request.csp_nonce)  # type: ignore[attr-defined]


class TestErrorMiddleware:
    def test_gives_an_empty_refusal_its_page(self) -> None:
        response = ErrorMiddleware(lambda _: HttpResponseNotAllowed(["GET"]))(make.post("/"))
        assert (response.status_code, response["Allow"]) == (405, "GET")
        assert "does not work that way" in response.content.decode()

    def test_leaves_what_has_a_body(self) -> None:
        response = ErrorMiddleware(lambda _: HttpResponse("own words", status=404))(make.get("/"))
        assert response.content == b"own words"

    def test_turns_an_error_that_speaks_into_a_page(self) -> None:
        response = ErrorMiddleware(fine).process_exception(make.get("/"), Gone("It is gone."))
        assert response is not None
        assert response.status_code == 404

    def test_leaves_the_interface_of_programs_to_its_own_translator(self) -> None:
        assert ErrorMiddleware(fine).process_exception(make.get("/api/v1/deals"), Gone("It is gone.")) is None

    def test_leaves_what_it_does_not_know(self) -> None:
        assert ErrorMiddleware(fine).process_exception(make.get("/"), ValueError()) is None
