"""Roles, managers and leaving: what owners and admins do with members."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import profiles, queries, rules
from auctor.identity.models import ApiToken, Member, Session
from auctor.identity.records import MemberRecord
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Forbidden, Permission, Role
from auctor.tenancy.records import Actor


class LastOwner(AuctorError):
    """A workspace keeps at least one owner."""

    code: ClassVar[str] = "identity.last_owner"
    status: ClassVar[int] = 409


class BadManager(AuctorError):
    """Somebody cannot be their own manager, directly or through others."""

    code: ClassVar[str] = "identity.bad_manager"
    status: ClassVar[int] = 409


def change_role(actor: Actor, *, member_id: UUID, role: Role, now: datetime) -> MemberRecord:
    """Give a member another role; their open sessions get new keys. Raises `Forbidden`, `LastOwner`."""
    require(actor, Permission.MEMBER_WRITE)
    member = access_member_for_change(actor, member_id, after=role)
    before = Role(member.role)
    if before is not role:
        member.role = role
        member.save(update_fields=["role"])
        Session.objects.filter(user_id=member.user_id).update(must_rotate=True)
        details = {"before": before.value, "after": role.value}
        log.record(actor, AuditTag.ROLE_CHANGED, subject=member.id, subject_kind="member", details=details, now=now)
    return queries.to_records([member])[0]


def deactivate_member(actor: Actor, *, member_id: UUID, now: datetime) -> MemberRecord:
    """Remove a member: their sessions here and their tokens die in this transaction. The row stays for history."""
    require(actor, Permission.MEMBER_WRITE)
    member = access_member_for_change(actor, member_id, after=None)
    member.is_active = False
    member.save(update_fields=["is_active"])
    Member.objects.filter(manager_id=member.id).update(manager_id=None)
    ApiToken.objects.filter(member_id=member.id, revoked_at=None).update(revoked_at=now)
    # A session that chose no workspace shows the oldest one: it may have been this.
    own = Session.objects.filter(user_id=member.user_id)
    (own.filter(chosen=member.workspace_id) | own.filter(chosen=None)).delete()
    log.record(actor, AuditTag.MEMBER_REMOVED, subject=member.id, subject_kind="member", now=now)
    return queries.to_records([member])[0]


def set_manager(actor: Actor, *, member_id: UUID, manager_id: UUID | None, now: datetime) -> MemberRecord:
    """Say who leads a member, None for nobody. Raises `BadManager` for a circle."""
    require(actor, Permission.MEMBER_WRITE)
    member = _locked(member_id)
    if manager_id is not None:
        _refuse_circle(member_id, _locked(manager_id))
    member.manager_id = manager_id
    member.save(update_fields=["manager_id"])
    log.record(actor, AuditTag.MEMBER_CHANGED, subject=member.id, subject_kind="member", fields=["manager_id"], now=now)
    return queries.to_records([member])[0]


def rename_self(actor: Actor, *, name: str, now: datetime) -> MemberRecord:
    """What the actor wants to be called in this workspace. Raises `ProfileRefused`."""
    require(actor, Permission.SELF_WRITE)
    assert actor.member_id is not None
    member = _locked(actor.member_id)
    member.name = profiles.clean_name(name, what="A name")
    member.save(update_fields=["name"])
    log.record(actor, AuditTag.MEMBER_CHANGED, subject=member.id, subject_kind="member", fields=["name"], now=now)
    return queries.to_records([member])[0]


def access_member_for_change(actor: Actor, member_id: UUID, *, after: Role | None) -> Member:
    """The member's row under lock, when the actor may change it to `after` (None: removed).

    Raises `NoMember`, `Forbidden`, `LastOwner`.
    """
    # All owners are locked in one order, so that two of them cannot remove each other at the same moment.
    owners = list(Member.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("id"))
    member = next((owner for owner in owners if owner.id == member_id), None) or _locked(member_id)
    before = Role(member.role)
    if not rules.may_assign(actor.role, before=before, after=after):
        raise Forbidden("Only an owner makes, changes or removes owners.", mend="Ask an owner of the workspace.")
    if rules.leaves_no_owner(owners=len(owners), before=before, after=after):
        raise LastOwner("This is the only owner.", mend="Make somebody else an owner first.")
    return member


def _locked(member_id: UUID) -> Member:
    member = Member.objects.select_for_update(of=("self",)).select_related("user")
    found = member.filter(id=member_id, is_active=True).first()
    if found is None:
        raise queries.NoMember("There is no such member here.")
    assert isinstance(found, Member)
    return found


def _refuse_circle(member_id: UUID, manager: Member) -> None:
    above = dict(Member.objects.values_list("id", "manager_id"))
    step: UUID | None = manager.id
    for _ in range(len(above) + 1):
        if step == member_id:
            raise BadManager("That would make somebody their own manager.", mend="Choose somebody else.")
        if step is None:
            return
        step = above.get(step)
