"""Settings of the workspace and of oneself."""

from datetime import timedelta

import pytest

from auctor.identity import queries, workspaces
from auctor.identity.records import Profile
from auctor.tenancy import scope
from auctor.tenancy import workspaces as rows
from auctor.tenancy.records import Actor, WorkspaceKind, WorkspaceState
from tests.cast import Company
from tests.web.pages.asking import ALICE, BOB, CAROL, MAX, MIA, NOBODY, TODAY, VERA, ask, browser_of, send, status

NEW = {"name": "Acme Industries", "time_zone": "Europe/Berlin", "currency": "usd", "year_begins_in": "4"}


class TestShow:
    @pytest.mark.parametrize(("who", "answer"), [(NOBODY, 302), (VERA, 403), (MIA, 403), (MAX, 200), (ALICE, 200)])
    def test_is_for_those_who_run_it(self, acme: Company, who: str, answer: int) -> None:
        assert status(who, "/settings/") == answer

    def test_saves(self, acme: Company) -> None:
        browser = browser_of(MAX)
        assert send(browser, "/settings/", NEW)["Location"] == "/settings/"
        with scope.enter(acme.system):
            assert queries.get_details(acme.system).profile == Profile("Acme Industries", "Europe/Berlin", "USD", 4)
        assert "Acme Industries" in ask(browser, "/inbox/").content.decode()

    def test_refuses_unknown_fields_and_zones(self, acme: Company) -> None:
        browser = browser_of(MAX)
        assert send(browser, "/settings/", {**NEW, "kind": "real"}).status_code == 400
        assert send(browser, "/settings/", {**NEW, "time_zone": "Mars/Olympus"}).status_code == 200

    def test_says_when_a_pilot_ends_and_changes_nothing_afterwards(self, acme: Company) -> None:
        with scope.enter(acme.system):
            rows.set_kind(acme.workspace_id, WorkspaceKind.PILOT, pilot_ends_at=TODAY - timedelta(hours=1))
        browser = browser_of(ALICE)
        assert "Read-only" in ask(browser, "/settings/").content.decode()
        answer = send(browser, "/settings/", NEW)
        assert answer.status_code == 403
        assert "pilot has ended" in answer.content.decode()
        assert ask(browser, "/team/").status_code == 200
        with scope.enter(acme.system):
            workspaces.extend_pilot(acme.system, days=5, now=TODAY)
        assert send(browser, "/settings/", NEW).status_code == 302


class TestRename:
    def test_is_for_everybody(self, acme: Company) -> None:
        browser = browser_of(BOB)
        send(browser, "/settings/you/", {"name": "Bob B."})
        assert "Bob B." in ask(browser, "/team/").content.decode()
        assert status(NOBODY, "/settings/you/") == 302


class TestClose:
    def test_is_for_owners(self, acme: Company) -> None:
        assert status(MAX, "/settings/close/") == 403

    def test_wants_the_name(self, acme: Company, borealis: Company) -> None:
        browser = browser_of(ALICE)
        send(browser, "/settings/", NEW)
        assert "not its name" in send(browser, "/settings/close/", {"name": "Borealis"}).content.decode()
        assert send(browser, "/settings/close/", {"name": "Acme Industries"}).status_code == 302
        inside = Actor.system(acme.workspace_id, "test")
        with scope.enter(inside):
            assert queries.get_details(inside).state is WorkspaceState.CLOSED
        assert ask(browser, "/inbox/").status_code in {302, 403}
        assert ask(browser_of(CAROL), "/inbox/").status_code == 200
