"""Who may do what."""

from dataclasses import replace
from uuid import uuid4

import pytest

from auctor.tenancy.guard import can, require
from auctor.tenancy.permissions import PERMISSIONS_OF, Forbidden, Permission, Role
from auctor.tenancy.records import Actor, ActorKind


def person(role: Role | None) -> Actor:
    return Actor(kind=ActorKind.PERSON, workspace_id=uuid4(), role=role)


class TestCan:
    """`can` and `require` agree; each role holds what the table of roles says."""

    def test_gives_nobody_without_a_role_anything(self) -> None:
        assert not any(can(person(None), p) for p in Permission)
        assert not any(can(Actor.anonymous(), p) for p in Permission)

    def test_gives_the_product_itself_everything(self) -> None:
        assert all(can(Actor.system(uuid4(), "worker"), p) for p in Permission)

    @pytest.mark.parametrize("role", list(Role))
    def test_follows_the_table_of_roles(self, role: Role) -> None:
        assert {p for p in Permission if can(person(role), p)} == PERMISSIONS_OF[role]

    def test_lets_an_analyst_change_nothing_of_the_pipeline(self) -> None:
        changes = {p for p in PERMISSIONS_OF[Role.ANALYST] if not p.value.endswith(":read")}
        assert changes == {Permission.SELF_WRITE, Permission.TOKEN_WRITE}

    def test_keeps_keys_and_closing_to_owners(self) -> None:
        for permission in (Permission.KEY_ROTATE, Permission.WORKSPACE_CLOSE):
            assert [r for r in Role if permission in PERMISSIONS_OF[r]] == [Role.OWNER]

    def test_narrows_a_token_to_its_scopes(self) -> None:
        token = replace(person(Role.OWNER), kind=ActorKind.TOKEN, scopes=frozenset({Permission.DEAL_READ}))
        assert [p for p in Permission if can(token, p)] == [Permission.DEAL_READ]

    def test_widens_no_token_beyond_its_role(self) -> None:
        token = replace(person(Role.MEMBER), kind=ActorKind.TOKEN, scopes=frozenset(Permission))
        assert {p for p in Permission if can(token, p)} == PERMISSIONS_OF[Role.MEMBER]


class TestRequire:
    """The refusal says what is missing."""

    def test_names_the_permission(self) -> None:
        with pytest.raises(Forbidden, match="audit:read"):
            require(person(Role.MEMBER), Permission.AUDIT_READ)

    def test_tells_that_a_pilot_has_ended(self) -> None:
        ended = replace(person(Role.OWNER), read_only=True)
        require(ended, Permission.DEAL_READ)
        require(ended, Permission.WORKSPACE_EXPORT)
        with pytest.raises(Forbidden, match="pilot has ended"):
            require(ended, Permission.DEAL_WRITE)
