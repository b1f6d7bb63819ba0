"""Failures as people see them."""

import json
from typing import ClassVar

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest
from django.test import RequestFactory

from auctor.kit.errors import AuctorError
from auctor.web import errors

make = RequestFactory()


class Refused(AuctorError):
    code: ClassVar[str] = "web.refused"
    status: ClassVar[int] = 409


class Broken(AuctorError):
    code: ClassVar[str] = "web.broken"
    status: ClassVar[int] = 500


def lose_the_database() -> None:
    raise OperationalError


def asked(**headers: str) -> HttpRequest:
    request = make.get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.request_id = "0198-number"  # type: ignore[attr-defined]
    return request


class TestAnswer:
    def test_shows_people_the_mend_and_the_number_of_the_request(self) -> None:
        response = errors.answer(asked(), errors.USUAL[404])
        text = response.content.decode()
        assert response.status_code == 404
        assert "There is nothing here" in text
        assert "0198-number" in text

    def test_tells_a_part_of_a_page_by_message(self) -> None:
        response = errors.answer(asked(HX_Request="true"), errors.USUAL[403])
        toast = json.loads(response["HX-Trigger"])["auctor:toast"]
        assert toast["tone"] == "high"
        assert toast["text"].startswith("You may not do this")
        assert response.content == b""

    def test_tells_programs_in_a_line(self) -> None:
        response = errors.answer(asked(Sec_Fetch_Mode="cors"), errors.USUAL[404])
        assert response["Content-Type"].startswith("text/plain")

    def test_says_when_to_come_back(self) -> None:
        assert errors.answer(asked(), errors.USUAL[503])["Retry-After"] == "5"

    def test_has_words_for_each_status_of_ours(self) -> None:
        assert sorted(errors.USUAL) == [400, 403, 404, 405, 413, 429, 500, 503]


class TestAnswerError:
    def test_speaks_the_words_and_code_of_the_error(self) -> None:
        response = errors.answer_error(asked(), Refused("It was <decided> already.", mend="Reload."))
        text = response.content.decode()
        assert response.status_code == 409
        assert "It was &lt;decided&gt; already." in text
        assert "web.refused" in text

    def test_keeps_our_own_failures_to_the_log(self) -> None:
        response = errors.answer_error(asked(), Broken("table x of y"))
        assert response.status_code == 500
        assert "table x" not in response.content.decode()


class TestBadRequest:
    def test_tells_too_big_apart(self) -> None:
        assert errors.bad_request(asked(), RequestDataTooBig()).status_code == 413
        assert errors.bad_request(asked(), SuspiciousOperation()).status_code == 400


class TestServerError:
    def test_tells_a_database_that_is_away_apart(self) -> None:
        try:
            lose_the_database()
        except OperationalError:
            assert errors.server_error(asked()).status_code == 503
        assert errors.server_error(asked()).status_code == 500
