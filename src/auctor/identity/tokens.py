"""API tokens: made by a member, shown once, kept as a digest, narrower than the member and never for ever."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import connection, transaction

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.identity import limits, profiles, record, rules
from auctor.identity.holders import TokenHolder
from auctor.identity.models import ApiToken
from auctor.identity.records import NewToken, TokenRecord
from auctor.kit.errors import AuctorError
from auctor.tenancy import scope
from auctor.tenancy.guard import can, require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor, ActorKind

PREFIX = "auctor_"
SHOWN = len(PREFIX) + 6
MOST_DAYS = 365
# A token's "last used" is told to the minute; more would be a write for every call.
USED_EVERY = timedelta(minutes=1)
HOLDER = "SELECT * FROM auctor.token_holder(%s, %s)"


class TokenRefused(AuctorError):
    """A token that cannot be made so: no scopes, scopes beyond the member's, or too long a life."""

    code: ClassVar[str] = "identity.token_refused"
    status: ClassVar[int] = 422


class NoToken(AuctorError):
    """There is no such token, or it is somebody else's."""

    code: ClassVar[str] = "identity.no_token"
    status: ClassVar[int] = 404


def create_token(actor: Actor, *, name: str, scopes: Collection[Permission], days: int, now: datetime) -> NewToken:
    """Make a token for the actor's own membership. Raises `TokenRefused`, `ProfileRefused` for the name."""
    require(actor, Permission.TOKEN_WRITE)
    if actor.kind is not ActorKind.PERSON or actor.role is None:
        raise TokenRefused("Only a person makes tokens.", mend="Sign in and make it under Settings, API tokens.")
    wanted = frozenset(scopes)
    if not wanted:
        raise TokenRefused("A token needs at least one scope.")
    beyond = rules.scopes_beyond(actor.role, wanted)
    if beyond:
        raise TokenRefused(f"You do not hold {min(beyond).value} yourself, so a token cannot either.")
    if not 1 <= days <= MOST_DAYS:
        raise TokenRefused(f"A token lives 1 to {MOST_DAYS} days.")
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        workspace_id=actor.workspace_id,
        member_id=actor.member_id,
        name=profiles.clean_name(name, what="A token's name"),
        digest=_digest(secret),
        prefix=secret[:SHOWN],
        scopes=sorted(one.value for one in wanted),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    log.record(
        actor,
        AuditTag.TOKEN_MADE,
        subject=row.id,
        subject_kind="token",
        details={"days": days, "scopes": len(wanted)},
        now=now,
    )
    return NewToken(_to_record(row), secret)


def list_tokens(actor: Actor, *, of_all: bool = False) -> list[TokenRecord]:
    """The actor's own tokens, the newest first; with `of_all` everybody's, for those who manage members."""
    require(actor, Permission.TOKEN_READ)
    found = ApiToken.objects.order_by("-created_at")
    if of_all:
        require(actor, Permission.MEMBER_WRITE)
    else:
        found = found.filter(member_id=actor.member_id)
    return [_to_record(row) for row in found]


def revoke_token(actor: Actor, *, token_id: UUID, now: datetime) -> TokenRecord:
    """Make it useless at once. One's own, or anybody's for those who manage members. Raises `NoToken`."""
    require(actor, Permission.TOKEN_WRITE)
    found = ApiToken.objects.select_for_update().filter(id=token_id)
    if not can(actor, Permission.MEMBER_WRITE):
        found = found.filter(member_id=actor.member_id)
    row = found.first()
    if row is None:
        raise NoToken("There is no such token here.")
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        log.record(actor, AuditTag.TOKEN_REVOKED, subject=row.id, subject_kind="token", now=now)
    return _to_record(row)


def authenticate_token(raw: str, *, now: datetime, request_id: str = "", address: str = "") -> Actor | None:
    """The actor of a token; None for one that is unknown, expired, revoked, or whose member is gone.

    Raises `TooManyTries` for an address that tries wrong ones.
    """
    holder = _find_holder(raw, now) if raw.startswith(PREFIX) and len(raw) <= 128 else None
    if holder is None:
        verdict = limits.take(limits.WRONG_TOKEN_BY_ADDRESS, address, now=now)
        if not verdict.allowed:
            raise limits.TooManyTries(verdict.retry_after)
        record.of_nobody(AuditTag.TOKEN_REFUSED, now=now, request_id=request_id, address=address)
        return None
    if holder.last_used_at is None or now - holder.last_used_at > USED_EVERY:
        _mark_used(holder, now)
    return holder.to_actor(now=now, request_id=request_id, address=address)


def count_call(actor: Actor, *, now: datetime) -> None:
    """Count one call of the actor's token. Raises `TooManyTries` above a hundred in ten seconds."""
    limits.require(limits.TOKEN, str(actor.token_id), now=now)


def _find_holder(raw: str, now: datetime) -> TokenHolder | None:
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [_digest(raw), now])
        found = cursor.fetchone()
        columns = [column.name for column in cursor.description]
    return TokenHolder.from_row(dict(zip(columns, found, strict=True))) if found else None


def _mark_used(holder: TokenHolder, now: datetime) -> None:
    with transaction.atomic(), scope.enter(Actor.system(holder.place.workspace_id, "token")):
        ApiToken.objects.filter(id=holder.token_id).update(last_used_at=now)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _to_record(row: ApiToken) -> TokenRecord:
    known = {permission.value for permission in Permission}
    return TokenRecord(
        id=row.id,
        member_id=row.member_id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(Permission(one) for one in row.scopes if one in known),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
