"""Asking somebody to join."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from auctor.identity import invitations, joining, passwords, queries
from auctor.identity.invitations import NewInvitation
from auctor.identity.models import User
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Role
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company

PASSWORD = "quiet-harbour-lantern"


def invite(actor: Actor, email: str = "dana@acme.example", role: Role = Role.MEMBER) -> NewInvitation:
    with scope.enter(actor):
        return invitations.invite_member(actor, email=email, role=role, now=NOW)


def token_of(made: NewInvitation) -> str:
    return made.address.rstrip("/").rpartition("/")[2]


class TestInviteMember:
    def test_mails_the_link_and_keeps_a_digest(self, acme: Company, django_capture_on_commit_callbacks: object) -> None:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            made = invite(acme.admin, " Dana@Acme.example ")
        assert mail.outbox[0].to == ["dana@acme.example"]
        assert made.address in mail.outbox[0].body
        with scope.enter(acme.admin), connection.cursor() as cursor:
            cursor.execute("SELECT i::text FROM identity_invitation i")
            text = cursor.fetchone()[0]
        assert "dana" not in text
        assert token_of(made).rpartition(".")[2] not in text

    def test_is_for_those_who_manage_members(self, acme: Company) -> None:
        with pytest.raises(Forbidden):
            invite(acme.manager)
        with pytest.raises(Forbidden, match="owner"):
            invite(acme.admin, role=Role.OWNER)
        assert invite(acme.owner, role=Role.OWNER)

    def test_refuses_who_is_in_already(self, acme: Company) -> None:
        with pytest.raises(joining.AlreadyMember):
            invite(acme.admin, "bob@acme.example")

    @pytest.mark.parametrize("email", ["", "dana", "dana@", "a b@acme.example", "d@x\nBcc: y@z.example"])
    def test_refuses_what_is_no_address(self, acme: Company, email: str) -> None:
        with pytest.raises(invitations.BadAddress):
            invite(acme.admin, email)

    def test_replaces_an_earlier_one(self, acme: Company) -> None:
        first, second = invite(acme.admin), invite(acme.admin)
        with pytest.raises(invitations.LinkRefused):
            invitations.open_invitation(token_of(first), now=NOW)
        assert invitations.open_invitation(token_of(second), now=NOW)[0].email == "dana@acme.example"


class TestAcceptInvitation:
    def accept(self, made: NewInvitation, **words: object) -> object:
        given = {"name": "Dana", "password": PASSWORD, "signed_in": None, "now": NOW, **words}
        return invitations.accept_invitation(token_of(made), **given)  # type: ignore[arg-type]

    def test_makes_a_member_whose_address_is_known(self, acme: Company) -> None:
        self.accept(invite(acme.admin, role=Role.ANALYST))
        with scope.enter(acme.admin):
            found = queries.find_member_by_email(acme.admin, "DANA@acme.example")
        assert found is not None
        assert (found.role, found.name) == (Role.ANALYST, "Dana")
        user = User.objects.get(id=found.user_id)
        assert user.check_password(PASSWORD)
        assert user.emailaddress_set.get().verified

    def test_works_once(self, acme: Company) -> None:
        made = invite(acme.admin)
        self.accept(made)
        with pytest.raises(invitations.LinkRefused):
            self.accept(made)

    def test_ends_after_seven_days(self, acme: Company) -> None:
        made = invite(acme.admin)
        with pytest.raises(invitations.LinkRefused):
            self.accept(made, now=NOW + timedelta(days=7))

    def test_ends_when_it_is_withdrawn(self, acme: Company) -> None:
        made = invite(acme.admin)
        with scope.enter(acme.admin):
            invitations.withdraw_invitation(acme.admin, invitation_id=made.record.id, now=NOW)
            assert queries.list_invitations(acme.admin, now=NOW) == []
        with pytest.raises(invitations.LinkRefused):
            self.accept(made)

    @pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "dana@acme.example", "x" * 300])
    def test_refuses_the_password(self, acme: Company, password: str) -> None:
        with pytest.raises(passwords.PasswordRefused):
            self.accept(invite(acme.admin), password=password)

    def test_adds_somebody_from_elsewhere_only_when_they_are_signed_in(self, acme: Company, borealis: Company) -> None:
        made = invite(acme.admin, "carol@borealis.example")
        for signed_in in (None, acme.admin.user_id):
            with pytest.raises(invitations.SignInFirst):
                self.accept(made, signed_in=signed_in)
        self.accept(made, signed_in=borealis.owner.user_id)
        with scope.enter(borealis.owner):
            found = queries.list_memberships(borealis.owner)
        assert [one.is_current for one in found] == [True, False]

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "00000000-0000-0000-0000-000000000000.x.y"])
    def test_refuses_what_is_no_link(self, db: None, token: str) -> None:
        with pytest.raises(invitations.LinkRefused):
            invitations.open_invitation(token, now=NOW)

    def test_refuses_the_secret_of_another_invitation(self, acme: Company) -> None:
        one, other = token_of(invite(acme.admin)), token_of(invite(acme.admin, "eve@acme.example"))
        mixed = one.rpartition(".")[0] + "." + other.rpartition(".")[2]
        with pytest.raises(invitations.LinkRefused):
            invitations.open_invitation(mixed, now=NOW)
