"""Roles, managers, leaving."""

from datetime import timedelta

import pytest

from auctor.identity import members, queries
from auctor.identity.models import ApiToken, Member, Session, User
from auctor.identity.sessions import digest_of
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden, Role
from auctor.tenancy.records import Actor
from tests.cast import NOW, Company


def open_session(actor: Actor, key: str, *, chosen: bool = True) -> None:
    Session.objects.create(
        digest=digest_of(key),
        data={},
        user_id=actor.user_id,
        chosen=actor.workspace_id if chosen else None,
        factor="totp",
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


def change(actor: Actor, member: Actor, role: Role) -> None:
    assert member.member_id is not None
    with scope.enter(actor):
        members.change_role(actor, member_id=member.member_id, role=role, now=NOW)


class TestChangeRole:
    @pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.MEMBER])
    def test_is_refused_to(self, acme: Company, role: Role) -> None:
        with pytest.raises(Forbidden):
            change(acme.of(role), acme.member, Role.ANALYST)
        change(acme.admin, acme.member, Role.ANALYST)

    def test_lets_admins_touch_no_owner(self, acme: Company) -> None:
        with pytest.raises(Forbidden, match="owner"):
            change(acme.admin, acme.member, Role.OWNER)
        with pytest.raises(Forbidden, match="owner"):
            change(acme.admin, acme.owner, Role.MEMBER)
        change(acme.owner, acme.member, Role.OWNER)

    def test_keeps_the_last_owner(self, acme: Company) -> None:
        with pytest.raises(members.LastOwner):
            change(acme.owner, acme.owner, Role.ADMIN)
        change(acme.owner, acme.admin, Role.OWNER)
        change(acme.owner, acme.owner, Role.ADMIN)

    def test_gives_open_sessions_new_keys(self, acme: Company) -> None:
        open_session(acme.member, "k")
        change(acme.owner, acme.member, Role.MANAGER)
        assert Session.objects.get().must_rotate

    def test_answers_a_foreign_id_like_a_random_one(self, acme: Company, borealis: Company) -> None:
        answers = []
        for member_id in (borealis.member.member_id, uuid7()):
            assert member_id is not None
            with scope.enter(acme.owner), pytest.raises(queries.NoMember) as caught:
                members.change_role(acme.owner, member_id=member_id, role=Role.ANALYST, now=NOW)
            answers.append(str(caught.value))
        assert answers[0] == answers[1]


class TestDeactivateMember:
    def test_ends_sessions_and_tokens_at_once(self, acme: Company) -> None:
        open_session(acme.member, "here")
        open_session(acme.member, "anywhere", chosen=False)
        open_session(acme.admin, "other")
        assert acme.member.member_id is not None
        with scope.enter(acme.owner):
            ApiToken.objects.create(
                workspace_id=acme.workspace_id,
                member_id=acme.member.member_id,
                name="n",
                digest=b"d",
                prefix="p",
                scopes=[],
                created_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
            members.deactivate_member(acme.owner, member_id=acme.member.member_id, now=NOW)
            assert ApiToken.objects.get().revoked_at == NOW
            assert acme.member.member_id not in {one.id for one in queries.list_members(acme.owner)}
        assert [bytes(row.digest) for row in Session.objects.all()] == [digest_of("other")]

    def test_keeps_the_last_owner(self, acme: Company) -> None:
        assert acme.owner.member_id is not None
        with scope.enter(acme.owner), pytest.raises(members.LastOwner):
            members.deactivate_member(acme.owner, member_id=acme.owner.member_id, now=NOW)

    def test_lets_admins_touch_no_owner(self, acme: Company) -> None:
        assert acme.owner.member_id is not None
        with scope.enter(acme.admin), pytest.raises(Forbidden):
            members.deactivate_member(acme.admin, member_id=acme.owner.member_id, now=NOW)


class TestSetManager:
    def test_refuses_a_circle(self, acme: Company) -> None:
        alice, mia, bob = acme.owner.member_id, acme.manager.member_id, acme.member.member_id
        assert alice is not None
        assert mia is not None
        assert bob is not None
        with scope.enter(acme.owner):
            members.set_manager(acme.owner, member_id=bob, manager_id=mia, now=NOW)
            members.set_manager(acme.owner, member_id=mia, manager_id=alice, now=NOW)
            with pytest.raises(members.BadManager):
                members.set_manager(acme.owner, member_id=alice, manager_id=bob, now=NOW)
            with pytest.raises(members.BadManager):
                members.set_manager(acme.owner, member_id=bob, manager_id=bob, now=NOW)

    def test_takes_nobody_from_elsewhere(self, acme: Company, borealis: Company) -> None:
        assert acme.member.member_id is not None
        with scope.enter(acme.owner), pytest.raises(queries.NoMember):
            members.set_manager(
                acme.owner, member_id=acme.member.member_id, manager_id=borealis.owner.member_id, now=NOW
            )


class TestRenameSelf:
    def test_seals_the_name(self, acme: Company) -> None:
        with scope.enter(acme.member):
            members.rename_self(acme.member, name="  Bob\tBuilder ", now=NOW)
            assert acme.member.member_id is not None
            found = queries.access_member(acme.member, acme.member.member_id)
        assert found.label == "Bob Builder"


class TestListMembers:
    def test_shows_own_people_only(self, acme: Company, borealis: Company) -> None:
        with scope.enter(acme.viewer):
            found = queries.list_members(acme.viewer)
        assert {one.email for one in found} == set(
            User.objects.filter(email__endswith="@acme.example").values_list("email", flat=True)
        )
        assert len(found) == 5

    def test_is_no_more_than_two_statements(self, acme: Company, django_assert_num_queries: object) -> None:
        with scope.enter(acme.owner), django_assert_num_queries(2):  # type: ignore[operator]
            queries.list_members(acme.owner)


class TestOwners:
    def test_cannot_remove_each_other_at_once(self, acme: Company) -> None:
        with scope.enter(acme.owner):
            assert Member.objects.filter(role=Role.OWNER).count() == 1
            assert queries.list_owner_addresses(acme.owner) == ["alice@acme.example"]
