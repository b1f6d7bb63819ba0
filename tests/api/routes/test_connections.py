"""Connections as a program sees them."""

import pytest

from auctor.connectors.models import Connection
from auctor.connectors.records import State
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from tests.api.calling import body_of, program_of
from tests.cast import NOW, Company


def made(company: Company, state: State = State.ACTIVE) -> str:
    row = {"vendor": "hubspot", "site": "", "reason": "none", "made_at": NOW, "changed_at": NOW, "scopes": ["oauth"]}
    with scope.enter(company.owner):
        found = Connection.objects.create(workspace_id=company.workspace_id, state=state.value, **row)
    return str(found.id)


class TestListConnections:
    def test_shows_those_of_the_workspace(self, acme: Company, borealis: Company) -> None:
        own, _foreign = made(acme), made(borealis)
        found = body_of(program_of(acme.member).call("GET", "/connections"))
        assert [(one["id"], one["state"], one["scopes"]) for one in found] == [(own, "active", ["oauth"])]


class TestReadConnection:
    def test_does_not_find_a_strangers(self, acme: Company, borealis: Company) -> None:
        foreign = made(borealis)
        program = program_of(acme.owner)
        assert [program.call("GET", f"/connections/{one}").status_code for one in (foreign, uuid7())] == [404, 404]


class TestPauseConnection:
    def test_and_resume_change_the_state(self, acme: Company) -> None:
        program, key = program_of(acme.admin), made(acme)
        assert body_of(program.call("POST", f"/connections/{key}/pause"))["state"] == "paused"
        assert body_of(program.call("POST", f"/connections/{key}/resume"))["state"] == "active"
        assert program.call("POST", f"/connections/{key}/resume").status_code == 409

    @pytest.mark.parametrize("act", ["pause", "resume", "check"])
    def test_is_for_those_who_run_the_workspace(self, acme: Company, act: str) -> None:
        key = made(acme)
        assert program_of(acme.manager).call("POST", f"/connections/{key}/{act}").status_code == 403
