"""Ways in for somebody without an account."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from auctor.identity import invitations, limits, links, queries, workspaces
from auctor.identity.models import User
from auctor.identity.records import Profile
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor, WorkspaceKind
from tests.cast import Company
from tests.identity.browser import PASSWORD, Browser, at, code_for
from tests.web.pages.asking import CAROL, TODAY, ask, browser_of, send

CONSOLE = Actor.system(None, "cli")
OWNER = {
    "workspace": "Nordwind",
    "time_zone": "Europe/Berlin",
    "name": "Olga",
    "email": "olga@nordwind.example",
    "password": PASSWORD,
}


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


class TestDemo:
    def link(self) -> str:
        workspace_id = links.ensure_demo(CONSOLE, now=TODAY)
        return path_of(links.make_demo_link(CONSOLE, workspace_id=workspace_id, now=TODAY))

    def test_opens_after_a_click_and_not_before(self, db: None) -> None:
        path = self.link()
        browser = Browser("127.0.0.1")
        for _ in range(2):
            assert b"Enter the demo" in ask(browser, path).content
        assert send(browser, path)["Location"] == "/"
        assert ask(browser, "/inbox/").status_code == 200
        assert send(Browser("127.0.0.1"), path).status_code == 404

    def test_counts_as_both_factors_for_sensitive_acts_of_the_demo(self, db: None) -> None:
        path, browser = self.link(), Browser("127.0.0.1")
        send(browser, path)
        with at(TODAY + timedelta(hours=1)):
            assert browser.get("/settings/tokens/new/").status_code == 200

    def test_is_refused_from_another_machine(self, db: None) -> None:
        path = self.link()
        assert ask(Browser("192.0.2.7"), path).status_code == 404
        assert send(Browser("192.0.2.7"), path).status_code == 404
        assert send(Browser("127.0.0.1"), path).status_code == 302

    def test_answers_a_wrong_link_like_an_old_one(self, db: None) -> None:
        path, browser = self.link(), Browser("127.0.0.1")
        send(browser, path)
        texts = [re.sub(r"[0-9a-f-]{36}", "", ask(browser, one).content.decode()) for one in (path, "/demo/wrong/")]
        assert texts[0] == texts[1]

    def test_limits_who_guesses(self, db: None) -> None:
        browser = Browser("127.0.0.1")
        for _ in range(limits.LINK_BY_ADDRESS.amount):
            assert ask(browser, "/demo/wrong/").status_code == 404
        answer = ask(browser, "/demo/wrong/")
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0

    def test_takes_no_other_method(self, db: None) -> None:
        assert Browser("127.0.0.1").put("/demo/wrong/").status_code == 405


class TestFirstOwner:
    def test_leads_to_the_enrolment_and_then_in(self, db: None) -> None:
        path = path_of(links.make_owner_link(CONSOLE, now=TODAY))
        browser = Browser()
        assert b"Set up your workspace" in ask(browser, path).content
        assert send(browser, path, OWNER)["Location"] == "/account/2fa/totp/activate/"
        assert ask(browser, "/inbox/").status_code == 302
        with at(TODAY):
            browser.enrol(now=TODAY)
        assert "Nordwind" in ask(browser, "/team/").content.decode()
        assert ask(Browser(), path).status_code == 404
        assert mail.outbox == []

    def test_asks_for_no_workspace_that_is_there(self, db: None) -> None:
        made = workspaces.create_workspace(CONSOLE, profile=Profile("Nordwind"), now=TODAY)
        path = path_of(links.make_owner_link(CONSOLE, workspace_id=made.id, now=TODAY))
        browser = Browser()
        assert 'name="workspace"' not in ask(browser, path).content.decode()
        given = {name: OWNER[name] for name in ("name", "email", "password")}
        assert send(browser, path, given).status_code == 302
        assert [one.id for one in queries.list_all_workspaces()] == [made.id]

    def test_keeps_the_link_when_the_password_is_refused(self, db: None) -> None:
        path = path_of(links.make_owner_link(CONSOLE, now=TODAY))
        answer = send(Browser(), path, {**OWNER, "password": "password1234"})
        assert "too common" in answer.content.decode()
        assert not User.objects.exists()
        assert send(Browser(), path, OWNER).status_code == 302


class TestInvitation:
    def invite(self, company: Company, email: str) -> str:
        with scope.enter(company.admin):
            made = invitations.invite_member(company.admin, email=email, role=Role.MANAGER, now=TODAY)
        return path_of(made.address)

    def test_leads_to_the_enrolment_and_then_in(self, acme: Company) -> None:
        path, browser = self.invite(acme, "dana@acme.example"), Browser()
        assert b"invited as manager" in ask(browser, path).content
        answer = send(browser, path, {"name": "Dana", "password": PASSWORD})
        assert answer["Location"] == "/account/2fa/totp/activate/"
        with at(TODAY):
            browser.enrol(now=TODAY)
        assert "Dana" in ask(browser, "/team/").content.decode()
        assert ask(Browser(), path).status_code == 404

    def test_sends_somebody_with_an_account_to_sign_in(self, acme: Company, borealis: Company) -> None:
        path = self.invite(acme, CAROL)
        answer = send(Browser(), path, {"name": "Carol", "password": PASSWORD})
        assert answer.status_code == 403
        browser = browser_of(CAROL)
        assert 'name="password"' not in ask(browser, path).content.decode()
        assert send(browser, path, {"name": "Carol"})["Location"] == "/workspaces/"
        assert "You are manager here." in ask(browser, "/workspaces/").content.decode()

    def test_shows_nothing_for_a_wrong_link(self, acme: Company) -> None:
        path = self.invite(acme, "dana@acme.example")
        wrong = path[:-6] + "xxxxx/"
        assert ask(Browser(), wrong).status_code == 404
        assert send(Browser(), wrong, {"name": "E", "password": PASSWORD}).status_code == 404


class TestPilot:
    @pytest.fixture(autouse=True)
    def allowed(self, settings: object) -> None:
        settings.AUCTOR_SIGN_UP = True  # type: ignore[attr-defined]

    def test_is_off_unless_the_installation_allows_it(self, db: None, settings: object) -> None:
        settings.AUCTOR_SIGN_UP = False  # type: ignore[attr-defined]
        assert ask(Browser(), "/sign-up/").status_code == 404
        assert "Start a pilot" not in ask(Browser(), "/account/login/").content.decode()

    def test_is_made_once_the_address_is_verified(self, db: None) -> None:
        browser = Browser()
        assert "Start a pilot" in ask(browser, "/account/login/").content.decode()
        assert send(browser, "/sign-up/", OWNER).status_code == 302
        assert queries.list_all_workspaces() == []
        with at(TODAY):
            assert browser.sign_in("olga@nordwind.example").status_code == 302
            assert browser.get("/inbox/").status_code == 302
        found = re.search(r"https://\S+/account/confirm-email/\S+/", str(mail.outbox[0].body))
        assert found
        send(browser, path_of(found.group()))
        (made,) = queries.list_all_workspaces()
        assert (made.kind, made.profile.name) == (WorkspaceKind.PILOT, "Nordwind")
        with at(TODAY):
            browser.sign_in("olga@nordwind.example")
            browser.enrol(now=TODAY)
        assert "Nordwind" in ask(browser, "/settings/").content.decode()

    def test_does_not_tell_who_has_an_account(self, acme: Company) -> None:
        answers = [
            send(Browser(), "/sign-up/", {**OWNER, "email": email})
            for email in ("new@nordwind.example", "alice@acme.example")
        ]
        assert [(one.status_code, one["Location"]) for one in answers] == [(302, answers[0]["Location"])] * 2
        assert [one.to[0] for one in mail.outbox] == ["new@nordwind.example", "alice@acme.example"]
        assert User.objects.filter(email="alice@acme.example").count() == 1


class TestPasswordReset:
    def test_changes_the_password_but_not_the_second_factor(self, acme: Company) -> None:
        browser_of("alice@acme.example")
        browser = Browser()
        send(browser, "/account/password/reset/", {"email": "alice@acme.example"})
        found = re.search(r"https://\S+/account/password/reset/key/\S+/", str(mail.outbox[-1].body))
        assert found
        with at(TODAY):
            page = browser.get(path_of(found.group()))
            browser.post(page["Location"], {"password1": PASSWORD + "9", "password2": PASSWORD + "9"})
            answer = browser.sign_in("alice@acme.example", PASSWORD + "9")
        assert answer["Location"] == "/account/2fa/authenticate/"
        moment = TODAY + timedelta(seconds=30)
        with at(moment):
            code = code_for("alice@acme.example", now=moment)
            assert browser.give_code("alice@acme.example", now=moment, code=code)["Location"] == "/"

    def test_answers_an_unknown_address_alike(self, acme: Company) -> None:
        answers = [
            send(Browser(), "/account/password/reset/", {"email": email})
            for email in ("nobody@acme.example", "alice@acme.example")
        ]
        assert answers[0]["Location"] == answers[1]["Location"]

    def test_is_limited_for_an_account(self, acme: Company) -> None:
        statuses = [
            send(Browser(f"192.0.2.{i}"), "/account/password/reset/", {"email": "alice@acme.example"}).status_code
            for i in range(6)
        ]
        assert statuses == [302] * 5 + [429]
