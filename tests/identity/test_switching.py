"""Going over to another workspace."""

from uuid import uuid4

import pytest
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.test import RequestFactory

from auctor.identity.models import Member, Session
from auctor.identity.sessions import CHOSEN, SessionStore, digest_of
from auctor.identity.switching import NotAMember, switch_workspace
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company
from tests.web.pages.asking import recorded


def request_of(actor: Actor) -> HttpRequest:
    request = RequestFactory().post("/")
    request.session = SessionStore()
    request.session[SESSION_KEY] = str(actor.user_id)
    request.session.save()
    return request


class TestSwitchWorkspace:
    def test_keeps_the_choice_under_a_new_key(self, acme: Company, borealis: Company) -> None:
        with scope.enter(borealis.system):
            Member.objects.create(
                workspace_id=borealis.workspace_id, user_id=acme.owner.user_id, role=Role.ANALYST, created_at=NOW
            )
        request = request_of(acme.owner)
        before = request.session.session_key or ""
        with scope.enter(acme.owner):
            inside = switch_workspace(acme.owner, request, workspace_id=borealis.workspace_id, now=NOW)
        assert (inside.workspace_id, inside.role) == (borealis.workspace_id, Role.ANALYST)
        assert request.session[CHOSEN] == str(borealis.workspace_id)
        assert not Session.objects.filter(digest=digest_of(before)).exists()
        assert recorded(borealis) == ["workspace:entered"]
        assert recorded(acme) == []

    def test_answers_alike_for_a_stranger_s_and_for_none(self, acme: Company, borealis: Company) -> None:
        request = request_of(acme.owner)
        for workspace_id in (borealis.workspace_id, uuid4()):
            with scope.enter(acme.owner), pytest.raises(NotAMember):
                switch_workspace(acme.owner, request, workspace_id=workspace_id, now=NOW)
        assert CHOSEN not in request.session
