"""Team."""

from datetime import timedelta

import pytest
from django.core import mail

from auctor.identity import queries
from auctor.identity.models import Invitation, Member
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Role
from tests.cast import Company
from tests.identity.browser import at
from tests.identity.test_sign_in import tags
from tests.web.pages.asking import ALICE, BOB, CAROL, MAX, MIA, NOBODY, TODAY, VERA, ask, browser_of, send, status


class TestShow:
    @pytest.mark.parametrize(("who", "answer"), [(NOBODY, 302), (VERA, 200), (BOB, 200), (MIA, 200), (ALICE, 200)])
    def test_is_seen_by_every_member(self, acme: Company, who: str, answer: int) -> None:
        assert status(who, "/team/") == answer

    def test_takes_no_other_method(self, acme: Company) -> None:
        assert status(ALICE, "/team/", "POST") == 405

    def test_shows_own_people_only(self, acme: Company, borealis: Company) -> None:
        text = ask(browser_of(CAROL), "/team/").content.decode()
        assert "cleo@borealis.example" in text
        assert "acme.example" not in text

    def test_offers_acts_to_those_who_may(self, acme: Company) -> None:
        assert "/team/invite/" not in ask(browser_of(VERA), "/team/").content.decode()
        text = ask(browser_of(MAX), "/team/").content.decode()
        assert "/team/invite/" in text
        assert f"/team/{acme.member.member_id}/" in text
        assert f"/team/{acme.owner.member_id}/" not in text

    def test_writes_down_that_addresses_were_read(self, acme: Company) -> None:
        ask(browser_of(VERA), "/team/")
        assert ("member:read", "ok") in tags(acme)


class TestInvite:
    @pytest.mark.parametrize(("who", "answer"), [(NOBODY, 302), (VERA, 403), (MIA, 403), (MAX, 200)])
    def test_is_for_those_who_manage_members(self, acme: Company, who: str, answer: int) -> None:
        assert status(who, "/team/invite/") == answer

    def test_shows_the_link_once_and_mails_it(self, acme: Company, django_capture_on_commit_callbacks: object) -> None:
        browser = browser_of(MAX)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            answer = send(browser, "/team/invite/", {"email": "dana@acme.example", "role": "manager"})
        assert answer.status_code == 200
        assert "/invitation/" in answer.content.decode()
        assert [one.to for one in mail.outbox] == [["dana@acme.example"]]
        assert "dana@acme.example" in ask(browser, "/team/").content.decode()

    def test_lets_admins_choose_no_owner(self, acme: Company) -> None:
        answer = send(browser_of(MAX), "/team/invite/", {"email": "dana@acme.example", "role": "owner"})
        assert "not one of the available choices" in answer.content.decode()

    def test_says_what_is_wrong(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        answer = send(browser, "/team/invite/", {"email": BOB, "role": "member"})
        assert "member already" in answer.content.decode()
        assert send(browser, "/team/invite/", {"email": "x", "role": "member", "more": "1"}).status_code == 400


class TestChange:
    def test_asks_a_stranger_and_a_random_id_alike(self, acme: Company, borealis: Company) -> None:
        browser = browser_of(CAROL)
        answers = [ask(browser, f"/team/{one}/") for one in (acme.member.member_id, uuid7())]
        assert [answer.status_code for answer in answers] == [404, 404]

    def test_is_refused_to_who_may_not(self, acme: Company) -> None:
        assert status(VERA, f"/team/{acme.member.member_id}/") == 403

    def test_changes_role_and_leader(self, acme: Company) -> None:
        answer = send(
            browser_of(ALICE),
            f"/team/{acme.member.member_id}/",
            {"role": "manager", "manager": str(acme.manager.member_id)},
        )
        assert answer["Location"] == "/team/"
        with scope.enter(acme.system):
            row = Member.objects.get(id=acme.member.member_id)
        assert (row.role, row.manager_id) == (Role.MANAGER, acme.manager.member_id)

    def test_wants_a_fresh_proof(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        path = f"/team/{acme.member.member_id}/"
        with at(TODAY + timedelta(minutes=6)):
            answer = browser.post(path, {"role": "manager", "manager": ""})
        assert answer["Location"].startswith("/account/reauthenticate/")
        with scope.enter(acme.system):
            assert Member.objects.get(id=acme.member.member_id).role == Role.MEMBER

    def test_keeps_the_last_owner(self, acme: Company) -> None:
        answer = send(browser_of(ALICE), f"/team/{acme.owner.member_id}/", {"role": "member", "manager": ""})
        assert "only owner" in answer.content.decode()


class TestRemove:
    def test_ends_the_other_s_session_at_once(self, acme: Company) -> None:
        bob, alice = browser_of(BOB), browser_of(ALICE)
        assert ask(bob, "/inbox/").status_code == 200
        send(alice, f"/team/{acme.member.member_id}/remove/")
        assert ask(bob, "/inbox/").status_code == 302
        with scope.enter(acme.system):
            assert queries.find_member_by_email(acme.system, BOB)
        assert "was removed" in ask(alice, "/team/").content.decode()
        assert BOB not in ask(alice, "/team/").content.decode()

    def test_takes_posts_only(self, acme: Company) -> None:
        assert status(ALICE, f"/team/{acme.member.member_id}/remove/") == 405


class TestWithdraw:
    def test_makes_the_invitation_useless(self, acme: Company) -> None:
        browser = browser_of(ALICE)
        send(browser, "/team/invite/", {"email": "dana@acme.example", "role": "member"})
        with scope.enter(acme.system):
            row = Invitation.objects.get()
        send(browser, f"/team/invitations/{row.id}/withdraw/")
        assert "dana@acme.example" not in ask(browser, "/team/").content.decode()
        assert send(browser, f"/team/invitations/{row.id}/withdraw/").status_code == 404
