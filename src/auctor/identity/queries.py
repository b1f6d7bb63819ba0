"""Reads about people and workspaces."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import connection, transaction

from auctor.identity import factors, profiles
from auctor.identity.models import Invitation, Member, Session, WorkspaceProfile
from auctor.identity.records import (
    InvitationRecord,
    MemberRecord,
    Membership,
    Profile,
    SessionRecord,
    WorkspaceDetails,
)
from auctor.identity.workspaces import to_details
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy import workspaces as rows
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor
from auctor.vault.fields import Sealed


class NoMember(AuctorError):
    """There is no such member, or not in this workspace."""

    code: ClassVar[str] = "identity.no_member"
    status: ClassVar[int] = 404


class WorkspaceUnclear(AuctorError):
    """No workspace, or more than one, answers to what was asked for."""

    code: ClassVar[str] = "identity.workspace_unclear"
    status: ClassVar[int] = 404


def get_details(actor: Actor) -> WorkspaceDetails:
    """The workspace that the actor is in. Everybody who is in may see its name and how it counts."""
    assert actor.workspace_id is not None
    return to_details(rows.get_workspace(actor.workspace_id), profiles.find(actor.workspace_id))


def get_profile(actor: Actor) -> Profile:
    """What the actor's workspace is called and how it counts: one statement, for what every page needs."""
    assert actor.workspace_id is not None
    return profiles.find(actor.workspace_id)


def list_all_workspaces(name: str = "cli") -> list[WorkspaceDetails]:
    """Every workspace of the installation, oldest first; for the console. `name` is the asking part of the product."""
    with scope.enter(Actor.system(None, name)):
        found = rows.list_workspaces()
    details = []
    for row in found:
        with scope.enter(Actor.system(row.id, name)):
            details.append(to_details(row, profiles.find(row.id)))
    return details


def find_workspace(name_or_id: str) -> WorkspaceDetails:
    """A workspace by its id or name, for the console; by nothing, if there is one only. Raises `WorkspaceUnclear`."""
    wanted = name_or_id.strip().casefold()
    every = list_all_workspaces()
    found = [one for one in every if wanted in {str(one.id), one.profile.name.casefold()}]
    if not wanted and len(every) == 1:
        return every[0]
    if len(found) == 1:
        return found[0]
    if not found:
        raise WorkspaceUnclear(
            f"There is no workspace {name_or_id[:80]!r}.", mend="`auctor workspace list` shows them all."
        )
    raise WorkspaceUnclear(
        f"{len(found)} workspaces are called {name_or_id[:80]!r}.", mend="Use the id: `auctor workspace list`."
    )


def list_members(actor: Actor, *, with_removed: bool = False) -> list[MemberRecord]:
    """The members of the actor's workspace, oldest first."""
    require(actor, Permission.MEMBER_READ)
    found = Member.objects.select_related("user").order_by("created_at", "id")
    return to_records(found if with_removed else found.filter(is_active=True))


def access_member(actor: Actor, member_id: UUID) -> MemberRecord:
    """One of them; raises `NoMember` alike for a foreign id and for one that never was."""
    require(actor, Permission.MEMBER_READ)
    found = to_records(Member.objects.select_related("user").filter(id=member_id))
    if not found:
        raise NoMember("There is no such member here.")
    return found[0]


def find_member_by_email(actor: Actor, email: str) -> MemberRecord | None:
    """A member by their address, in any case of letters."""
    require(actor, Permission.MEMBER_READ)
    found = to_records(Member.objects.select_related("user").filter(user__email__iexact=email.strip()))
    return found[0] if found else None


def to_records(members: Iterable[Member]) -> list[MemberRecord]:
    """Rows with their users as records, with one further statement for all of them."""
    rows_ = list(members)
    with_factor = factors.list_with_factor([member.user_id for member in rows_])
    return [
        MemberRecord(
            id=member.id,
            user_id=member.user_id,
            email=member.user.email,
            name=member.name or "",
            role=Role(member.role),
            manager_id=member.manager_id,
            is_active=member.is_active,
            has_second_factor=member.user_id in with_factor,
            created_at=member.created_at,
        )
        for member in rows_
    ]


def list_invitations(actor: Actor, *, now: datetime) -> list[InvitationRecord]:
    """Invitations that still wait, oldest first."""
    require(actor, Permission.MEMBER_READ)
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    return [
        InvitationRecord(row.id, row.workspace_id, row.email, Role(row.role), row.created_at, row.expires_at)
        for row in waiting.order_by("created_at")
    ]


def list_memberships(actor: Actor) -> list[Membership]:
    """The workspaces that the actor's person can enter, for the switcher."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, role, profile_id, workspace_name FROM auctor.own_memberships()")
        found = cursor.fetchall()
    return [
        Membership(
            workspace_id=workspace_id,
            name=open_name(workspace_id, profile_id, sealed),
            role=Role(role),
            is_current=workspace_id == actor.workspace_id,
        )
        for workspace_id, role, profile_id, sealed in found
    ]


def open_name(workspace_id: UUID, profile_id: UUID | None, sealed: bytes | None) -> str:
    """A workspace's name from its sealed form; empty when it has none."""
    if sealed is None:
        return ""
    return str(WorkspaceProfile(id=profile_id, workspace_id=workspace_id, name=Sealed(sealed)).name)


def list_sessions(actor: Actor, *, now: datetime, current_id: UUID | None = None) -> list[SessionRecord]:
    """The browsers in which the actor's person is signed in, the latest first."""
    require(actor, Permission.SELF_READ)
    found = Session.objects.filter(user_id=actor.user_id, expires_at__gt=now).order_by("-last_seen_at")
    return [
        SessionRecord(
            id=row.id,
            agent=row.agent,
            address=row.address or "",
            factor=row.factor,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.id == current_id,
        )
        for row in found
    ]


def has_owner() -> bool:
    """Whether anybody owns a workspace that is not a demo; before that the console offers the first owner's link."""
    for one in list_all_workspaces("start"):
        with scope.enter(Actor.system(one.id, "start")):
            owns = Member.objects.filter(role=Role.OWNER, is_active=True).exists()
        if owns and one.kind.value != "demo":
            return True
    return False


def list_owner_addresses(actor: Actor) -> list[str]:
    """Addresses of the workspace's owners, for mails that every owner gets."""
    require(actor, Permission.MEMBER_READ)
    owners = Member.objects.select_related("user").filter(role=Role.OWNER, is_active=True)
    return [member.user.email for member in owners.order_by("created_at")]
