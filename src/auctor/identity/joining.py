"""Becoming a member, by whatever way: the row, the entry, nothing decided."""

from datetime import datetime
from typing import ClassVar

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import profiles
from auctor.identity.models import Member, User
from auctor.kit.errors import AuctorError
from auctor.tenancy.permissions import Role
from auctor.tenancy.records import Actor


class AlreadyMember(AuctorError):
    """The person belongs to the workspace already."""

    code: ClassVar[str] = "identity.already_member"
    status: ClassVar[int] = 409


def add_member(actor: Actor, *, user: User, role: Role, name: str, now: datetime) -> Member:
    """Add the user to the workspace that was entered, or bring a removed member back. Raises `AlreadyMember`."""
    assert actor.workspace_id is not None
    member = Member.objects.select_for_update().filter(user=user).first()
    if member is not None and member.is_active:
        raise AlreadyMember("This person is a member already.")
    member = member or Member(workspace_id=actor.workspace_id, user=user, created_at=now)
    member.role, member.is_active, member.manager_id = role, True, None
    member.name = profiles.clean_name(name, what="A name") if name.strip() else None
    member.save()
    log.record(
        actor, AuditTag.MEMBER_ADDED, subject=member.id, subject_kind="member", details={"role": role.value}, now=now
    )
    return member
