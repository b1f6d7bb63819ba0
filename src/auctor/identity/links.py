"""One-time links from the console: into the demo, and to the first owner's account. Kept as digests, short-lived."""

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import invitations, joining, profiles, workspaces
from auctor.identity.invitations import LinkRefused
from auctor.identity.models import Link, Member, User
from auctor.identity.records import Profile, UserRecord
from auctor.kit.ids import uuid7
from auctor.tenancy import scope
from auctor.tenancy import workspaces as rows
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor, WorkspaceKind, WorkspaceState

DEMO_NAME = "Demo"
DEMO_OWNER = "owner@demo.invalid"
DEMO_PATH = "/demo/{secret}/"
OWNER_PATH = "/first-owner/{secret}/"
DEMO_GOOD_FOR = timedelta(minutes=15)
OWNER_GOOD_FOR = timedelta(hours=24)


class LinkKind(StrEnum):
    """What a link opens."""

    DEMO = "demo"
    FIRST_OWNER = "first_owner"


def ensure_demo(actor: Actor, *, now: datetime, profile: Profile | None = None) -> UUID:
    """The demo workspace with its owner, made when it is not there; nobody can sign in to it by password."""
    require(actor, Permission.WORKSPACE_CREATE)
    with scope.enter(Actor.system(None, actor.name)):
        found = [row for row in rows.list_workspaces() if row.kind is WorkspaceKind.DEMO]
    for row in found:
        if row.state is not WorkspaceState.CLOSED:
            return row.id
    made = workspaces.create_workspace(actor, profile=profile or Profile(DEMO_NAME), kind=WorkspaceKind.DEMO, now=now)
    user = User.objects.filter(email=DEMO_OWNER).first() or User(email=DEMO_OWNER)
    user.set_unusable_password()
    user.save()
    inside = Actor.system(made.id, actor.name)
    with scope.enter(inside):
        joining.add_member(inside, user=user, role=Role.OWNER, name="Demo owner", now=now)
    return made.id


def make_demo_link(actor: Actor, *, workspace_id: UUID, now: datetime) -> str:
    """The address of a link that signs the demo's owner in, once, from this machine, within fifteen minutes."""
    require(actor, Permission.WORKSPACE_CREATE)
    secret = _make(LinkKind.DEMO, workspace_id, now=now, good_for=DEMO_GOOD_FOR)
    _record(AuditTag.DEMO_LINK_MADE, Actor.system(workspace_id, actor.name), now)
    return str(settings.AUCTOR_ADDRESS) + DEMO_PATH.format(secret=secret)


def make_owner_link(actor: Actor, *, now: datetime, workspace_id: UUID | None = None) -> str:
    """The address of a link that makes the first owner, once, within a day.

    Of a workspace that nobody owns yet, or of one that is made with them when `workspace_id` is None.
    """
    require(actor, Permission.WORKSPACE_CREATE)
    target = workspace_id or uuid7()
    secret = _make(LinkKind.FIRST_OWNER, target, now=now, good_for=OWNER_GOOD_FOR)
    _record(AuditTag.OWNER_LINK_MADE, Actor.system(target, actor.name), now)
    return str(settings.AUCTOR_ADDRESS) + OWNER_PATH.format(secret=secret)


def is_usable(secret: str, kind: LinkKind, *, address: str, now: datetime) -> bool:
    """Whether the link would open now, without using it up."""
    if kind is LinkKind.DEMO and not is_loopback(address):
        return False
    return Link.objects.filter(digest=_digest(secret), kind=kind, used_at=None, expires_at__gt=now).exists()


def use_demo_link(secret: str, *, address: str, now: datetime) -> tuple[UserRecord, UUID]:
    """The demo's owner and workspace; the link is used up. Raises `LinkRefused`, also from another machine."""
    if not is_loopback(address):
        raise refusal()
    with transaction.atomic():
        target = _use(secret, LinkKind.DEMO, now)
        inside = Actor.system(target, "demo_link")
        with scope.enter(inside):
            if rows.get_workspace(target).kind is not WorkspaceKind.DEMO:
                raise refusal()
            member = Member.objects.select_related("user").filter(role=Role.OWNER, is_active=True).first()
        if member is None:
            raise refusal()
        user = UserRecord(member.user_id, member.user.email, member.user.is_active)
        _record(AuditTag.DEMO_LINK_USED, inside, now)
    return user, target


def find_owned_profile(secret: str) -> Profile | None:
    """The profile of the workspace that a usable first owner's link leads to; None when it is made with the owner."""
    row = Link.objects.get(digest=_digest(secret), kind=LinkKind.FIRST_OWNER)
    with transaction.atomic(), scope.enter(Actor.system(row.target, "owner_link")):
        found = profiles.find(row.target)
    return found if found.name else None


def use_owner_link(
    secret: str, *, email: str, password: str, name: str, profile: Profile | None, now: datetime
) -> tuple[UserRecord, UUID]:
    """Make the first owner; the address is believed, since the link came from the console.

    `profile` is used when the workspace is made with them. Raises `LinkRefused`, `BadAddress`, `PasswordRefused`,
    `ProfileRefused`, and `AlreadyMember` when the address has an account.
    """
    with transaction.atomic():
        target = _use(secret, LinkKind.FIRST_OWNER, now)
        inside = Actor.system(target, "owner_link")
        email = invitations.clean_email(email)
        if User.objects.filter(email=email).exists():
            raise joining.AlreadyMember("This address has an account already.", mend="Use another one.")
        with scope.enter(inside):
            if Member.objects.filter(role=Role.OWNER, is_active=True).exists():
                raise refusal()
            is_new = not any(row.id == target for row in rows.list_workspaces())
            if is_new:
                workspaces.create_workspace(inside, profile=profile or Profile(""), workspace_id=target, now=now)
            user = invitations.make_user(email, password)
            joining.add_member(inside, user=user, role=Role.OWNER, name=name, now=now)
        _record(AuditTag.OWNER_LINK_USED, inside, now)
    return UserRecord(user.id, user.email, user.is_active), target


def sweep(*, now: datetime) -> int:
    """Drop links a day after they expired; returns their number."""
    return Link.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def refusal() -> LinkRefused:
    """The one answer for a link that does not open, for whatever reason."""
    return LinkRefused(
        "This link does not work: it was used, is too old, or was opened on another machine.",
        mend="Ask whoever runs this installation for a new one.",
    )


def _make(kind: LinkKind, target: UUID, *, now: datetime, good_for: timedelta) -> str:
    # A newer link replaces those before it.
    Link.objects.filter(kind=kind, target=target, used_at=None).delete()
    secret = secrets.token_urlsafe(32)
    Link.objects.create(digest=_digest(secret), kind=kind, target=target, created_at=now, expires_at=now + good_for)
    return secret


def _use(secret: str, kind: LinkKind, now: datetime) -> UUID:
    # One conditional update: of two who come at the same moment, one is told that the link does not work.
    unused = Link.objects.filter(digest=_digest(secret), kind=kind, used_at=None, expires_at__gt=now)
    target = unused.values_list("target", flat=True).first()
    if target is None or not unused.update(used_at=now):
        raise refusal()
    return target


def _record(tag: AuditTag, inside: Actor, now: datetime) -> None:
    with scope.enter(inside):
        log.record(inside, tag, subject=inside.workspace_id, subject_kind="workspace", now=now)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
