"""Who holds a session or a token, as the database answers it in one row; and the actor that follows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor, ActorKind, WorkspaceKind, WorkspaceState


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace that a holder stands in, and as whom."""

    workspace_id: UUID
    member_id: UUID
    role: Role
    kind: WorkspaceKind
    state: WorkspaceState
    pilot_ends_at: datetime | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self | None:
        """None when the holder belongs to no workspace."""
        if row["workspace_id"] is None:
            return None
        return cls(
            workspace_id=row["workspace_id"],
            member_id=row["member_id"],
            role=Role(row["role"]),
            kind=WorkspaceKind(row["kind"]),
            state=WorkspaceState(row["state"]),
            pilot_ends_at=row["pilot_ends_at"],
        )

    def is_read_only(self, now: datetime) -> bool:
        """Computed from the time, so that a pilot ends on time even when the nightly job is late."""
        over = self.pilot_ends_at is not None and self.pilot_ends_at <= now
        return self.state is not WorkspaceState.ACTIVE or (self.kind is WorkspaceKind.PILOT and over)


@dataclass(frozen=True, slots=True)
class SessionHolder:
    """What a session's row says about the person behind it. The sealed names are opened only by who shows them."""

    session_id: UUID
    factor: str
    must_rotate: bool
    last_seen_at: datetime
    user_id: UUID | None
    user: Mapping[str, Any]
    place: Place | None
    member_name: bytes | None
    workspace_name: bytes | None
    profile_id: UUID | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From the columns of `auctor.session_holder`."""
        return cls(
            session_id=row["session_id"],
            factor=row["factor"],
            must_rotate=row["must_rotate"],
            last_seen_at=row["last_seen_at"],
            user_id=row["user_id"],
            user={name: row[name] for name in ("email", "password", "last_login", "created_at")},
            place=Place.from_row(row),
            member_name=row["member_name"],
            workspace_name=row["workspace_name"],
            profile_id=row["profile_id"],
        )

    def to_actor(self, *, now: datetime, request_id: str, address: str) -> Actor:
        """The person, once both factors were given; somebody unknown before."""
        if self.user_id is None or not self.factor:
            return Actor.anonymous(request_id=request_id, address=address)
        place = self.place
        return Actor(
            kind=ActorKind.PERSON,
            workspace_id=place.workspace_id if place else None,
            user_id=self.user_id,
            member_id=place.member_id if place else None,
            role=place.role if place else None,
            read_only=place.is_read_only(now) if place else False,
            request_id=request_id,
            address=address,
        )


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """What a token's row says about the member behind it."""

    token_id: UUID
    scopes: frozenset[Permission]
    last_used_at: datetime | None
    user_id: UUID
    place: Place

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """From the columns of `auctor.token_holder`. A scope that this release does not know opens nothing."""
        place = Place.from_row(row)
        assert place is not None
        known = {permission.value for permission in Permission}
        return cls(
            token_id=row["token_id"],
            scopes=frozenset(Permission(scope) for scope in row["scopes"] if scope in known),
            last_used_at=row["last_used_at"],
            user_id=row["user_id"],
            place=place,
        )

    def to_actor(self, *, now: datetime, request_id: str, address: str) -> Actor:
        """The token; one that may only read goes through the database role that cannot write."""
        reads_only = all(scope.value.endswith(":read") for scope in self.scopes)
        return Actor(
            kind=ActorKind.TOKEN,
            workspace_id=self.place.workspace_id,
            user_id=self.user_id,
            member_id=self.place.member_id,
            role=self.place.role,
            token_id=self.token_id,
            scopes=self.scopes,
            read_only=reads_only or self.place.is_read_only(now),
            request_id=request_id,
            address=address,
        )
