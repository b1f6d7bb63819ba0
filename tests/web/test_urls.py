"""Each page says what it will show and what to do next, while there is nothing to show."""

from types import ModuleType, SimpleNamespace
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, ActorKind
from auctor.web.pages import actions, contacts, forecast, integrations, reports

PAGES = (actions, contacts, forecast, integrations, reports)
pytestmark = pytest.mark.urls("tests.web.urls")


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def ask(method: str = "GET", path: str = "/inbox/") -> HttpRequest:
    request = RequestFactory().generic(method, path)
    request.user = SimpleNamespace(email="alice@acme.example")  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    return request


def person(role: Role | None) -> Actor:
    place = uuid4() if role else None
    return Actor(kind=ActorKind.PERSON, workspace_id=place, user_id=uuid4(), member_id=place, role=role)


@pytest.mark.parametrize("module", PAGES, ids=name_of)
class TestPages:
    def test_sends_nobody_in_without_a_sign_in(self, module: ModuleType) -> None:
        with scope.enter(Actor.anonymous()):
            assert module.show(ask()).status_code == 302

    def test_tells_a_person_without_a_workspace(self, module: ModuleType) -> None:
        with scope.enter(person(None)), pytest.raises(Exception, match="belong to no workspace"):
            module.show(ask())

    @pytest.mark.parametrize("role", list(Role))
    def test_promises_only_what_will_come(self, module: ModuleType, role: Role) -> None:
        with scope.enter(person(role)):
            text = module.show(ask()).content.decode()
        assert module.EMPTY.title in text
        assert text.count("<h1>") == 1
        assert "{{" not in text

    def test_takes_no_other_method(self, module: ModuleType) -> None:
        with scope.enter(person(Role.OWNER)):
            assert module.show(ask("POST")).status_code == 405
