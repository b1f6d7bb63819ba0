"""Making, changing and closing workspaces: the console makes them, owners and admins look after them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import joining, profiles
from auctor.identity.models import Session, User
from auctor.identity.records import Profile, WorkspaceDetails
from auctor.kit.errors import AuctorError
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy import workspaces as rows
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor, WorkspaceKind, WorkspaceRecord, WorkspaceState

# So long a closed workspace can be opened again; then its keys are destroyed.
GRACE = timedelta(days=30)


class AlreadyClosed(AuctorError):
    """The workspace is closed, or was never."""

    code: ClassVar[str] = "identity.workspace_closed"
    status: ClassVar[int] = 409


class NotAPilot(AuctorError):
    """Only a pilot has an end that can be moved."""

    code: ClassVar[str] = "identity.not_a_pilot"
    status: ClassVar[int] = 409


def create_workspace(
    actor: Actor,
    *,
    profile: Profile,
    now: datetime,
    kind: WorkspaceKind = WorkspaceKind.REAL,
    days: int = 0,
    workspace_id: UUID | None = None,
) -> WorkspaceDetails:
    """Make a workspace without members; `days` is the length of a pilot. Raises `ProfileRefused`."""
    require(actor, Permission.WORKSPACE_CREATE)
    profile = profiles.check(profile)
    ends_at = now + timedelta(days=days) if kind is WorkspaceKind.PILOT else None
    inside = replace(actor, workspace_id=workspace_id or uuid7())
    assert inside.workspace_id is not None
    with scope.enter(inside):
        row = rows.insert_workspace(inside.workspace_id, kind=kind, now=now, pilot_ends_at=ends_at)
        profiles.keep(row.id, profile)
        details: dict[str, str | int | bool] = {"kind": kind.value}
        if days and ends_at:
            details["days"] = days
        log.record(
            inside, AuditTag.WORKSPACE_CREATED, subject=row.id, subject_kind="workspace", details=details, now=now
        )
    return to_details(row, profile)


def found_pilot(user: User, *, profile: Profile, person: str, days: int, now: datetime) -> WorkspaceDetails:
    """A pilot with its first owner; the product itself makes it, for somebody whose address is verified."""
    made = create_workspace(
        Actor.system(None, "sign_up"), profile=profile, kind=WorkspaceKind.PILOT, days=days, now=now
    )
    inside = Actor.system(made.id, "sign_up")
    with scope.enter(inside):
        joining.add_member(inside, user=user, role=Role.OWNER, name=person, now=now)
    return made


def change_profile(actor: Actor, *, profile: Profile, now: datetime) -> Profile:
    """Rename the workspace or change how it counts. Raises `ProfileRefused`."""
    require(actor, Permission.SETTING_WRITE)
    assert actor.workspace_id is not None
    profile = profiles.check(profile)
    fields = profiles.changed_fields(profiles.find(actor.workspace_id), profile)
    if fields:
        profiles.keep(actor.workspace_id, profile)
        _record(actor, AuditTag.WORKSPACE_CHANGED, fields=fields, now=now)
    return profile


def end_pilot(actor: Actor, *, now: datetime) -> bool:
    """Mark a pilot whose time is over as read-only; False when there is nothing to do. It was read-only on time."""
    require(actor, Permission.WORKSPACE_CREATE)
    row = _own_row(actor)
    is_over = row.pilot_ends_at is not None and row.pilot_ends_at <= now
    if row.kind is not WorkspaceKind.PILOT or row.state is not WorkspaceState.ACTIVE or not is_over:
        return False
    rows.set_state(row.id, WorkspaceState.READ_ONLY)
    _record(actor, AuditTag.WORKSPACE_PILOT_ENDED, now=now)
    return True


def extend_pilot(actor: Actor, *, days: int, now: datetime) -> WorkspaceDetails:
    """Give a pilot so many days from now; it is writable again. Raises `NotAPilot`."""
    require(actor, Permission.WORKSPACE_CREATE)
    row = _own_row(actor)
    if row.kind is not WorkspaceKind.PILOT:
        raise NotAPilot("This workspace is not a pilot; it does not end.")
    rows.set_kind(row.id, WorkspaceKind.PILOT, pilot_ends_at=now + timedelta(days=days))
    _record(actor, AuditTag.WORKSPACE_PILOT_EXTENDED, details={"days": days}, now=now)
    return to_details(_own_row(actor), profiles.find(row.id))


def make_full(actor: Actor, *, now: datetime) -> WorkspaceDetails:
    """Turn a pilot into a workspace that does not end. Raises `NotAPilot`."""
    require(actor, Permission.WORKSPACE_CREATE)
    row = _own_row(actor)
    if row.kind is not WorkspaceKind.PILOT:
        raise NotAPilot("This workspace is not a pilot.")
    rows.set_kind(row.id, WorkspaceKind.REAL, pilot_ends_at=None)
    _record(actor, AuditTag.WORKSPACE_MADE_FULL, now=now)
    return to_details(_own_row(actor), profiles.find(row.id))


def close_workspace(actor: Actor, *, now: datetime) -> None:
    """Close it: nobody can enter, tokens open nothing; after thirty days its keys are destroyed."""
    require(actor, Permission.WORKSPACE_CLOSE)
    row = _own_row(actor)
    if row.state is WorkspaceState.CLOSED:
        raise AlreadyClosed("This workspace is closed already.")
    rows.set_state(row.id, WorkspaceState.CLOSED, closed_at=now)
    Session.objects.filter(chosen=row.id).delete()
    _record(actor, AuditTag.WORKSPACE_CLOSED, now=now)


def reopen_workspace(actor: Actor, *, now: datetime) -> None:
    """Open it again within thirty days. Raises `AlreadyClosed` later, and when it is open."""
    require(actor, Permission.WORKSPACE_CREATE)
    row = _own_row(actor)
    if row.state is not WorkspaceState.CLOSED or row.closed_at is None or row.closed_at + GRACE <= now:
        raise AlreadyClosed("This workspace cannot be opened again: it is open, or was closed more than 30 days ago.")
    rows.set_state(row.id, WorkspaceState.ACTIVE)
    _record(actor, AuditTag.WORKSPACE_REOPENED, now=now)


def to_details(row: WorkspaceRecord, profile: Profile) -> WorkspaceDetails:
    """A workspace's row and its profile as one record."""
    return WorkspaceDetails(
        id=row.id,
        kind=row.kind,
        state=row.state,
        profile=profile,
        created_at=row.created_at,
        pilot_ends_at=row.pilot_ends_at,
        closed_at=row.closed_at,
    )


def _own_row(actor: Actor) -> WorkspaceRecord:
    assert actor.workspace_id is not None
    return rows.get_workspace(actor.workspace_id)


def _record(
    actor: Actor,
    tag: AuditTag,
    *,
    now: datetime,
    fields: list[str] | None = None,
    details: dict[str, str | int | bool] | None = None,
) -> None:
    log.record(
        actor,
        tag,
        subject=actor.workspace_id,
        subject_kind="workspace",
        fields=fields or (),
        details=details,
        now=now,
    )
