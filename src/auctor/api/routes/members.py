"""Members and invitations. Roles are changed by people on the page: it asks for password and code."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Query, Schema
from ninja.responses import Status

from auctor.api.door import ApiRequest, Door, Strict
from auctor.api.paging import Paging, parse_id_cursor, to_cursor
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import invitations, queries
from auctor.identity.records import InvitationRecord, MemberRecord
from auctor.tenancy.permissions import Permission, Role

door = Door(tags=["members"])


class MemberOut(Schema):
    """A person in the workspace."""

    id: UUID
    name: str
    email: str
    role: str
    manager_id: UUID | None
    is_active: bool
    has_second_factor: bool
    created_at: datetime


class MemberPage(Schema):
    """A page of members, the oldest first."""

    items: list[MemberOut]
    next_cursor: str = Field(description="Empty on the last page.")


class InvitationOut(Schema):
    """An invitation that waits."""

    id: UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


class InvitationIn(Strict):
    """Whom to invite, and as what."""

    email: str = Field(min_length=3, max_length=254, json_schema_extra={"format": "email"})
    role: Literal["owner", "admin", "manager", "analyst", "member"]


@door.read("/members", permission=Permission.MEMBER_READ, response=MemberPage)
def list_members(request: ApiRequest, page: Query[Paging]) -> MemberPage:
    """Everybody who is or was a member."""
    after = parse_id_cursor(page.cursor)
    found = sorted(queries.list_members(request.actor, with_removed=True), key=lambda member: member.id)
    rest = [member for member in found if after is None or member.id > after]
    shown = rest[: page.limit]
    _record_read(request)
    return MemberPage(
        items=[_to_out(member) for member in shown],
        next_cursor=to_cursor(str(shown[-1].id)) if len(rest) > len(shown) else "",
    )


@door.read("/members/{member_id}", permission=Permission.MEMBER_READ, response=MemberOut)
def read_member(request: ApiRequest, member_id: UUID) -> MemberOut:
    """One member."""
    found = queries.access_member(request.actor, member_id)
    _record_read(request, member_id)
    return _to_out(found)


@door.read("/invitations", permission=Permission.MEMBER_WRITE, response=list[InvitationOut])
def list_invitations(request: ApiRequest) -> list[InvitationOut]:
    """Invitations that wait."""
    _record_read(request)
    found = queries.list_invitations(request.actor, now=datetime.now(UTC))
    return [_to_invitation(one) for one in found]


@door.write("/invitations", permission=Permission.MEMBER_WRITE, response={201: InvitationOut})
def invite_member(request: ApiRequest, body: InvitationIn) -> Status[InvitationOut]:
    """Invite somebody by mail; the link in it is good for seven days."""
    made = invitations.invite_member(request.actor, email=body.email, role=Role(body.role), now=datetime.now(UTC))
    return Status(201, _to_invitation(made.record))


@door.write("/invitations/{invitation_id}", method="DELETE", permission=Permission.MEMBER_WRITE, response={204: None})
def withdraw_invitation(request: ApiRequest, invitation_id: UUID) -> Status[None]:
    """Take an invitation back; its link opens nothing any more."""
    invitations.withdraw_invitation(request.actor, invitation_id=invitation_id, now=datetime.now(UTC))
    return Status(204, None)


def _record_read(request: ApiRequest, member_id: UUID | None = None) -> None:
    log.record(request.actor, AuditTag.MEMBERS_READ, subject=member_id, subject_kind="member", now=datetime.now(UTC))


def _to_out(member: MemberRecord) -> MemberOut:
    return MemberOut(
        id=member.id,
        name=member.name,
        email=member.email,
        role=member.role.value,
        manager_id=member.manager_id,
        is_active=member.is_active,
        has_second_factor=member.has_second_factor,
        created_at=member.created_at,
    )


def _to_invitation(found: InvitationRecord) -> InvitationOut:
    return InvitationOut(
        id=found.id,
        email=found.email,
        role=found.role.value,
        created_at=found.created_at,
        expires_at=found.expires_at,
    )
