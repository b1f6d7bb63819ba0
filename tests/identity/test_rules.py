"""Who may change whom, as a table."""

import pytest

from auctor.identity import rules
from auctor.tenancy.permissions import PERMISSIONS_OF, Permission, Role


class TestMayAssign:
    @pytest.mark.parametrize(
        ("own", "before", "after", "allowed"),
        [
            (Role.OWNER, Role.OWNER, Role.MEMBER, True),
            (Role.OWNER, None, Role.OWNER, True),
            (Role.ADMIN, Role.MEMBER, Role.MANAGER, True),
            (Role.ADMIN, Role.MEMBER, None, True),
            (Role.ADMIN, Role.MEMBER, Role.OWNER, False),
            (Role.ADMIN, Role.OWNER, None, False),
            (Role.ADMIN, None, Role.OWNER, False),
            (Role.MANAGER, None, Role.MEMBER, False),
            (Role.MEMBER, Role.MEMBER, Role.ANALYST, False),
            (None, Role.OWNER, None, True),
        ],
    )
    def test_follows_the_table(self, own: Role | None, before: Role | None, after: Role | None, allowed: bool) -> None:
        assert rules.may_assign(own, before=before, after=after) is allowed


class TestLeavesNoOwner:
    @pytest.mark.parametrize(
        ("owners", "before", "after", "expected"),
        [
            (1, Role.OWNER, Role.ADMIN, True),
            (1, Role.OWNER, None, True),
            (2, Role.OWNER, None, False),
            (1, Role.OWNER, Role.OWNER, False),
            (1, Role.ADMIN, None, False),
        ],
    )
    def test_follows_the_table(self, owners: int, before: Role, after: Role | None, expected: bool) -> None:
        assert rules.leaves_no_owner(owners=owners, before=before, after=after) is expected


class TestScopesBeyond:
    def test_names_what_the_role_lacks(self) -> None:
        wanted = frozenset({Permission.DEAL_READ, Permission.KEY_ROTATE})
        assert rules.scopes_beyond(Role.ADMIN, wanted) == {Permission.KEY_ROTATE}
        assert not rules.scopes_beyond(Role.OWNER, PERMISSIONS_OF[Role.OWNER])
