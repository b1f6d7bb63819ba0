"""What leaves the package."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import WorkspaceKind, WorkspaceState


@dataclass(frozen=True, slots=True)
class UserRecord:
    """Somebody who can sign in."""

    id: UUID
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A person in a workspace. `name` is empty until they chose one."""

    id: UUID
    user_id: UUID
    email: str
    name: str
    role: Role
    manager_id: UUID | None
    is_active: bool
    has_second_factor: bool
    created_at: datetime

    @property
    def label(self) -> str:
        """What people call this member: the name, else the address."""
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """An invitation that waits."""

    id: UUID
    workspace_id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """An API token without its secret. `prefix` is how its holder recognises it."""

    id: UUID
    member_id: UUID
    name: str
    prefix: str
    scopes: tuple[Permission, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_usable(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > now


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at the only moment its secret is known."""

    record: TokenRecord
    secret: str


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A browser that is signed in. `address` is empty when it was not known."""

    id: UUID
    agent: str
    address: str
    factor: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What a workspace is called and how it counts: an IANA zone, an ISO 4217 currency, the first month of its year."""

    name: str
    time_zone: str = "UTC"
    currency: str = "EUR"
    year_begins_in: int = 1


@dataclass(frozen=True, slots=True)
class WorkspaceDetails:
    """A workspace with its name."""

    id: UUID
    kind: WorkspaceKind
    state: WorkspaceState
    profile: Profile
    created_at: datetime
    pilot_ends_at: datetime | None
    closed_at: datetime | None

    def is_read_only(self, now: datetime) -> bool:
        """Whether nothing can be changed any more: by state, or because the pilot's time is over."""
        over = self.pilot_ends_at is not None and self.pilot_ends_at <= now
        return self.state is not WorkspaceState.ACTIVE or (self.kind is WorkspaceKind.PILOT and over)


@dataclass(frozen=True, slots=True)
class Membership:
    """A workspace that a person can enter, for the switcher."""

    workspace_id: UUID
    name: str
    role: Role
    is_current: bool
