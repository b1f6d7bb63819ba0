"""Going from one workspace to another."""

from uuid import uuid4

import pytest

from auctor.identity.models import Member, Session, User
from auctor.identity.sessions import digest_of
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from tests.cast import NOW, Company
from tests.web.pages.asking import ALICE, CAROL, NOBODY, VERA, ask, browser_of, recorded, send, status


@pytest.fixture
def both(acme: Company, borealis: Company) -> Company:
    """Alice is an analyst at Borealis too; returns Borealis."""
    with scope.enter(borealis.system):
        user = User.objects.get(email=ALICE)
        Member.objects.create(workspace_id=borealis.workspace_id, user=user, role=Role.ANALYST, created_at=NOW)
    return borealis


class TestShow:
    def test_sends_nobody_in_without_a_sign_in(self, db: None) -> None:
        assert status(NOBODY, "/workspaces/") == 302

    def test_lists_one_s_own_with_the_role(self, both: Company) -> None:
        text = ask(browser_of(ALICE), "/workspaces/").content.decode()
        assert "You are owner here." in text
        assert "You are analyst here." in text
        assert str(both.workspace_id) in text

    def test_takes_no_other_method(self, acme: Company) -> None:
        assert status(VERA, "/workspaces/", "POST") == 405


class TestMenu:
    def test_offers_the_others_only(self, acme: Company, both: Company) -> None:
        text = ask(browser_of(ALICE), "/workspaces/menu/").content.decode()
        assert str(both.workspace_id) in text
        assert str(acme.workspace_id) not in text
        assert "<html" not in text

    def test_says_so_when_there_is_no_other(self, acme: Company, borealis: Company) -> None:
        assert "no other workspace" in ask(browser_of(CAROL), "/workspaces/menu/").content.decode()


class TestSwitch:
    def test_refuses_nobody_s_form(self, acme: Company) -> None:
        assert status(NOBODY, f"/workspaces/{acme.workspace_id}/", "POST") == 302

    def test_enters_under_a_new_key_and_records_it_there(self, acme: Company, both: Company) -> None:
        browser = browser_of(ALICE)
        before = browser.cookies["__Host-session"].value
        assert send(browser, f"/workspaces/{both.workspace_id}/")["Location"] == "/"
        assert browser.cookies["__Host-session"].value != before
        assert not Session.objects.filter(digest=digest_of(before)).exists()
        assert "You are analyst here." in ask(browser, "/workspaces/").content.decode().split("Open now")[0]
        assert ask(browser, "/jobs/").status_code == 403
        assert "workspace:entered" in recorded(both)
        assert "workspace:entered" not in recorded(acme)

    def test_knows_no_workspace_of_strangers(self, acme: Company, borealis: Company) -> None:
        browser = browser_of(ALICE)
        assert send(browser, f"/workspaces/{borealis.workspace_id}/").status_code == 404
        assert send(browser, f"/workspaces/{uuid4()}/").status_code == 404
        assert "You are owner here." in ask(browser, "/workspaces/").content.decode()

    def test_takes_no_other_method(self, acme: Company) -> None:
        assert status(ALICE, f"/workspaces/{acme.workspace_id}/") == 405
