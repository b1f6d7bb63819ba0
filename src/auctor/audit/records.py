"""What leaves the package."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from auctor.audit.verify import Head


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One line of the log as a page shows it. `index` and `round_id` are None until it is sealed."""

    id: UUID
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    subject: str
    subject_kind: str
    fields: tuple[str, ...]
    details: dict[str, str | int | bool]
    request_id: str
    address: str
    body: str
    index: int | None
    round_id: int | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of entries, newest first; `next_cursor` is empty on the last one."""

    entries: tuple[EntryRecord, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """What a leaf was made of."""

    index: int
    nonce: bytes
    body: str


@dataclass(frozen=True, slots=True)
class AnchorRecord:
    """The state of a workspace's tree at the end of a day; `nodes` are what it grew by since the anchor before."""

    day: date
    size: int
    root: bytes
    frontier: tuple[bytes, ...]
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The newest signed state of a workspace's tree and its path to the checkpoint that signs it."""

    head: Head
    round_id: int
    index: int
    path: tuple[bytes, ...]
    note: str
    key: str
    previous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SealStatus:
    """How far sealing is behind. `oldest_open_at` is None when everything of the workspace is sealed."""

    sealed: int
    open: int
    oldest_open_at: datetime | None
    last_round_at: datetime | None
    origin: str
    instance_size: int
