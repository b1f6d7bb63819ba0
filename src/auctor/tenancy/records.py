"""Who acts, in which workspace: the first argument of every operation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from auctor.tenancy.permissions import Permission, Role

# Entries and keys that belong to no workspace (a failed sign-in, a TOTP seed) live under this id.
INSTANCE_ID = UUID(int=0)


class ActorKind(StrEnum):
    """What stands behind an actor."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class WorkspaceKind(StrEnum):
    """What a workspace is for; only a demo can be entered by the one-time link."""

    REAL = "real"
    PILOT = "pilot"
    DEMO = "demo"


class WorkspaceState(StrEnum):
    """A read-only workspace shows everything and changes nothing."""

    ACTIVE = "active"
    READ_ONLY = "read_only"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `scopes` narrow a token below its member's role; a system actor has no role and may everything."""

    kind: ActorKind
    workspace_id: UUID | None = None
    user_id: UUID | None = None
    member_id: UUID | None = None
    role: Role | None = None
    token_id: UUID | None = None
    scopes: frozenset[Permission] | None = None
    read_only: bool = False
    request_id: str = ""
    address: str = ""
    name: str = ""

    @classmethod
    def system(cls, workspace_id: UUID | None, name: str) -> Self:
        """The product itself, for jobs and commands; `name` says which (`worker`, `cli`)."""
        return cls(kind=ActorKind.SYSTEM, workspace_id=workspace_id, name=name)

    @classmethod
    def anonymous(cls, *, request_id: str = "", address: str = "") -> Self:
        """Somebody before sign-in; holds no permission."""
        return cls(kind=ActorKind.ANONYMOUS, request_id=request_id, address=address)

    @property
    def reads_only(self) -> bool:
        """True when the database itself must refuse writes of workspace data (the reader's connection)."""
        return self.read_only or self.role is Role.ANALYST


@dataclass(frozen=True, slots=True)
class WorkspaceRecord:
    """A workspace without its name, which is sealed and belongs to identity."""

    id: UUID
    kind: WorkspaceKind
    state: WorkspaceState
    created_at: datetime
    pilot_ends_at: datetime | None = None
    closed_at: datetime | None = None
