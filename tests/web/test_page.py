"""The door of every page."""

from uuid import uuid4

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Permission, Role
from auctor.tenancy.records import Actor, ActorKind
from auctor.web.page import PUBLIC, BadText, NoMembership, UnknownField, page

pytestmark = pytest.mark.urls("tests.web.urls")
make = RequestFactory()


class NoteForm(forms.Form):
    note = forms.CharField(max_length=20)


class EndlessForm(forms.Form):
    note = forms.CharField()


@page(permission=Permission.DEAL_WRITE, methods=("GET", "POST"), forms=(NoteForm,))
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


def person(role: Role | None) -> Actor:
    place = uuid4() if role else None
    return Actor(kind=ActorKind.PERSON, workspace_id=place, user_id=uuid4(), member_id=place, role=role)


def ask(request: HttpRequest, actor: Actor | None) -> HttpResponse:
    with scope.enter(actor or Actor.anonymous()):
        return view(request)


class TestPage:
    def test_lets_in_who_holds_the_permission(self) -> None:
        assert ask(make.get("/deals/"), person(Role.MEMBER)).content == b"seen"

    def test_refuses_who_does_not(self) -> None:
        with pytest.raises(Forbidden):
            ask(make.get("/deals/"), person(Role.ANALYST))

    def test_tells_who_belongs_nowhere(self) -> None:
        with pytest.raises(NoMembership):
            ask(make.get("/deals/"), person(None))

    def test_sends_people_to_sign_in_and_back(self) -> None:
        response = ask(make.get("/deals/?q=x"), None)
        assert response.status_code == 302
        assert response["Location"] == "/accounts/login/?next=%2Fdeals%2F%3Fq%3Dx"

    def test_sends_them_without_a_scope_at_all(self) -> None:
        assert view(make.get("/deals/")).status_code == 302

    def test_refuses_a_file_without_a_redirect(self) -> None:
        response = ask(make.get("/deals/", headers={"Sec-Fetch-Mode": "no-cors"}), None)
        assert (response.status_code, response.has_header("Location")) == (401, False)

    def test_moves_the_whole_page_when_a_part_asks(self) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/deals/?q=x"}
        response = ask(make.get("/part/", headers=headers), None)
        assert response.status_code == 401
        assert response["HX-Redirect"] == "/accounts/login/?next=%2Fdeals%2F%3Fq%3Dx"

    @pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
    def test_answers_other_methods_with_what_it_takes(self, method: str) -> None:
        response = ask(make.generic(method.upper(), "/deals/"), person(Role.OWNER))
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")

    def test_says_its_permission(self) -> None:
        assert view.permission is Permission.DEAL_WRITE  # type: ignore[attr-defined]

    def test_takes_the_fields_of_its_forms(self) -> None:
        assert (
            ask(make.post("/deals/", {"note": "x", "csrfmiddlewaretoken": "t"}), person(Role.OWNER)).status_code == 200
        )

    def test_refuses_any_other_field(self) -> None:
        with pytest.raises(UnknownField, match="role"):
            ask(make.post("/deals/", {"note": "x", "role": "owner"}), person(Role.OWNER))

    def test_refuses_a_nul_character(self) -> None:
        with pytest.raises(BadText):
            ask(make.post("/deals/", {"note": "a\0b"}), person(Role.OWNER))

    def test_will_not_start_with_an_endless_text(self) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"EndlessForm\.note"):
            page(permission=Permission.DEAL_WRITE, forms=(EndlessForm,))


class TestPublic:
    def test_is_open_and_says_why(self) -> None:
        @page(permission=PUBLIC("because"))
        def open_view(request: HttpRequest) -> HttpResponse:
            return HttpResponse("open")

        assert open_view(make.get("/")).content == b"open"
        assert open_view.permission.reason == "because"  # type: ignore[attr-defined]
