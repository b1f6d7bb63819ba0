"""Asking somebody to join: a link in a mail, good once and for seven days."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import joining, limits, passwords, profiles, rules
from auctor.identity.models import Invitation, Member, User
from auctor.identity.records import InvitationRecord, UserRecord
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Forbidden, Permission, Role
from auctor.tenancy.records import Actor

GOOD_FOR = timedelta(days=7)
PATH = "/invitation/{token}/"


class BadAddress(AuctorError):
    """An e-mail address that cannot be one."""

    code: ClassVar[str] = "identity.bad_address"
    status: ClassVar[int] = 422


class LinkRefused(AuctorError):
    """A link that was used, withdrawn, is too old, or never was: all look the same."""

    code: ClassVar[str] = "identity.link_refused"
    status: ClassVar[int] = 404


class SignInFirst(AuctorError):
    """The invited address has an account, and somebody else, or nobody, is signed in."""

    code: ClassVar[str] = "identity.sign_in_first"
    status: ClassVar[int] = 403


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation at the only moment its link is known."""

    record: InvitationRecord
    address: str


def invite_member(actor: Actor, *, email: str, role: Role, now: datetime) -> NewInvitation:
    """Ask somebody to join and mail them the link after the commit.

    An earlier invitation of the same address is replaced. Raises `BadAddress`, `AlreadyMember`, `Forbidden`,
    `TooManyTries`.
    """
    require(actor, Permission.MEMBER_WRITE)
    if not rules.may_assign(actor.role, before=None, after=role):
        raise Forbidden("Only an owner invites owners.", mend="Ask an owner of the workspace.")
    email = clean_email(email)
    limits.require(limits.INVITE, str(actor.workspace_id), now=now)
    if Member.objects.filter(user__email=email, is_active=True).exists():
        raise joining.AlreadyMember("This person is a member already.")
    for earlier in Invitation.objects.filter(accepted_at=None, withdrawn_at=None):
        if earlier.email == email:
            earlier.withdrawn_at = now
            earlier.save(update_fields=["withdrawn_at"])
    secret = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        workspace_id=actor.workspace_id,
        email=email,
        role=role,
        digest=_digest(secret),
        invited_by=actor.member_id,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    log.record(
        actor,
        AuditTag.MEMBER_INVITED,
        subject=row.id,
        subject_kind="invitation",
        details={"role": role.value},
        now=now,
    )
    address = settings.AUCTOR_ADDRESS + PATH.format(token=f"{row.workspace_id}.{row.id}.{secret}")
    workspace = profiles.find(row.workspace_id).name
    transaction.on_commit(lambda: _mail(email, workspace, role, address), robust=True)
    return NewInvitation(_to_record(row), address)


def withdraw_invitation(actor: Actor, *, invitation_id: UUID, now: datetime) -> None:
    """Make an invitation's link useless. Raises `LinkRefused` when it no longer waits."""
    require(actor, Permission.MEMBER_WRITE)
    row = Invitation.objects.select_for_update().filter(id=invitation_id, accepted_at=None, withdrawn_at=None).first()
    if row is None:
        raise LinkRefused("There is no such invitation waiting.")
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    log.record(actor, AuditTag.INVITATION_REVOKED, subject=row.id, subject_kind="invitation", now=now)


def open_invitation(token: str, *, now: datetime) -> tuple[InvitationRecord, str]:
    """The invitation behind a link and its workspace's name. Raises `LinkRefused`."""
    inside = _inside(token)
    with transaction.atomic(), scope.enter(inside):
        row = _find(token, now)
        assert inside.workspace_id is not None
        return _to_record(row), profiles.find(inside.workspace_id).name


def accept_invitation(
    token: str, *, name: str, password: str, signed_in: UUID | None, now: datetime
) -> tuple[UserRecord, UUID]:
    """Join by the link; returns the user and the workspace.

    Somebody new gets an account with this password, and their address is verified, since the link came by mail.
    Somebody who has an account must be signed in to it (`signed_in` is the request's user).
    Raises `LinkRefused`, `SignInFirst`, `PasswordRefused`, `AlreadyMember`.
    """
    inside = _inside(token)
    with transaction.atomic(), scope.enter(inside):
        row = _find(token, now)
        user = User.objects.filter(email=row.email).first()
        if user is not None and user.id != signed_in:
            raise SignInFirst("This address has an account already.", mend="Sign in with it, then open the link again.")
        return _join(inside, row, user or make_user(row.email, password), name=name, now=now)


def accept_as(verified: Collection[str], token: str, *, name: str, now: datetime) -> tuple[UserRecord, UUID]:
    """Join by the link as somebody new whose addresses were verified elsewhere; the invited one must be among them.

    The account gets no password. Raises `LinkRefused`, also when the address has an account.
    """
    inside = _inside(token)
    with transaction.atomic(), scope.enter(inside):
        row = _find(token, now)
        if row.email not in verified or User.objects.filter(email=row.email).exists():
            raise _refusal()
        return _join(inside, row, make_user(row.email, None), name=name, now=now)


def token_in(path: str) -> str:
    """The token of an invitation's address; empty for any other address."""
    before, _, after = PATH.partition("{token}")
    return path.removeprefix(before).removesuffix(after) if path.startswith(before) and path.endswith(after) else ""


def make_user(email: str, password: str | None) -> User:
    """An account whose address needs no further proof; None means no password at all. Raises `PasswordRefused`."""
    user = User(email=email)
    if password is not None:
        passwords.check(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def clean_email(email: str) -> str:
    """The address in the form it is kept in. Raises `BadAddress`."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadAddress("This is not an e-mail address.", mend="It looks like name@example.com.") from error
    if len(email) > 254:
        raise BadAddress("This e-mail address is too long.")
    return email


def _join(inside: Actor, row: Invitation, user: User, *, name: str, now: datetime) -> tuple[UserRecord, UUID]:
    """Use the invitation up; the user is a member from here on."""
    assert inside.workspace_id is not None
    row.accepted_at = now
    row.save(update_fields=["accepted_at"])
    log.record(inside, AuditTag.INVITATION_ACCEPTED, subject=row.id, subject_kind="invitation", now=now)
    joining.add_member(inside, user=user, role=Role(row.role), name=name, now=now)
    return UserRecord(user.id, user.email, user.is_active), inside.workspace_id


def _inside(token: str) -> Actor:
    """The product itself in the workspace that the link names; what it may see there is decided by the secret."""
    try:
        return Actor.system(UUID(token.split(".")[0]), "invitation")
    except ValueError as error:
        raise _refusal() from error


def _find(token: str, now: datetime) -> Invitation:
    try:
        _workspace, invitation_id, secret = token.split(".")
        identifier = UUID(invitation_id)
    except ValueError as error:
        raise _refusal() from error
    waiting = Invitation.objects.select_for_update().filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    row = waiting.filter(id=identifier).first()
    if row is None or not secrets.compare_digest(bytes(row.digest), _digest(secret)):
        raise _refusal()
    assert isinstance(row, Invitation)
    return row


def _refusal() -> LinkRefused:
    return LinkRefused("This link does not work: it was used, withdrawn, or is too old.", mend="Ask for a new one.")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _to_record(row: Invitation) -> InvitationRecord:
    return InvitationRecord(row.id, row.workspace_id, row.email, Role(row.role), row.created_at, row.expires_at)


def _mail(email: str, workspace: str, role: Role, address: str) -> None:
    words = {"workspace": workspace, "role": role.value, "address": address, "days": GOOD_FOR.days}
    body = render_to_string("identity/email/invitation.txt", words)
    EmailMessage(subject=f"Join {workspace} on auctor", body=body, to=[email]).send()
