"""How to make each kind of operation succeed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from auctor.identity import invitations
from auctor.tenancy import scope
from auctor.tenancy.permissions import Permission, Role
from tests.api.calling import token_for
from tests.cast import Company


@dataclass(frozen=True)
class Try:
    """How to make an operation succeed, with the status of success. `made` makes what its path names."""

    operation: str
    method: str
    path: str
    permission: Permission
    body: Any = None
    status: int = 200
    made: Callable[[Company], UUID] | None = field(default=None, repr=False)

    def address(self, company: Company) -> str:
        """With an id of this company where the path names one."""
        return self.path.format(id=self.made(company)) if self.made else self.path


def a_member(company: Company) -> UUID:
    assert company.member.member_id
    return company.member.member_id


def an_invitation(company: Company) -> UUID:
    with scope.enter(company.owner), transaction.atomic():
        made = invitations.invite_member(
            company.owner, email="dan@acme.example", role=Role.MEMBER, now=datetime.now(UTC)
        )
    return made.record.id


def a_token(company: Company) -> UUID:
    return token_for(company.owner, {Permission.DEAL_READ}).record.id


INVITED = {"email": "erin@acme.example", "role": "member"}
P = Permission
TRIES = [
    Try("read_workspace", "GET", "/workspace", P.SELF_READ),
    Try("change_workspace", "PATCH", "/workspace", P.SETTING_WRITE, body={"name": "Acme Ltd"}),
    Try("list_members", "GET", "/members", P.MEMBER_READ),
    Try("read_member", "GET", "/members/{id}", P.MEMBER_READ, made=a_member),
    Try("list_invitations", "GET", "/invitations", P.MEMBER_WRITE),
    Try("invite_member", "POST", "/invitations", P.MEMBER_WRITE, body=INVITED, status=201),
    Try("withdraw_invitation", "DELETE", "/invitations/{id}", P.MEMBER_WRITE, status=204, made=an_invitation),
    Try("list_tokens", "GET", "/tokens", P.TOKEN_READ),
    Try("revoke_token", "DELETE", "/tokens/{id}", P.TOKEN_WRITE, made=a_token),
    Try("list_entries", "GET", "/audit/entries", P.AUDIT_READ),
    Try("read_checkpoint", "GET", "/audit/checkpoint", P.AUDIT_READ, status=409),
]
