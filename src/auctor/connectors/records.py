"""What leaves the package: connections and clients without any secret."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """What a connection can be."""

    ACTIVE = "active"
    PAUSED = "paused"
    NEEDS_SIGN_IN = "needs_sign_in"
    DISCONNECTED = "disconnected"


class Reason(StrEnum):
    """Why it is so; a closed list, so that the log may say it."""

    NONE = "none"
    NEW = "new"
    PERSON = "person"
    REFUSED = "refused"
    CUT = "cut"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """An installation's own client at a vendor. The secret is never shown again."""

    id: UUID
    vendor: str
    client_id: str
    site: str
    plan: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionRecord:
    """A workspace's link to a vendor.

    `error_words` are the vendor's own; `confirmed` is what it said when the connection was ended: word by word of a
    closed list (`revoked`, `uninstalled`, `refused_old_token`) whether it did, and `lives_until` the moment until
    which a token that it issued could still live at its side.
    """

    id: UUID
    vendor: str
    client_id: UUID | None
    site: str
    state: State
    reason: Reason
    scopes: tuple[str, ...]
    account_id: str
    account_name: str
    made_at: datetime
    changed_at: datetime
    checked_at: datetime | None
    error_code: str
    error_words: str
    error_at: datetime | None
    confirmed: dict[str, bool]
    lives_until: datetime | None

    @property
    def is_ended(self) -> bool:
        """Whether it can only be made anew."""
        return self.state is State.DISCONNECTED


@dataclass(frozen=True, slots=True)
class SignIn:
    """The way to the vendor's page: whoever comes back from there proves it with the state that `address` carries."""

    connection_id: UUID
    address: str
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Returned:
    """An attempt that somebody came back with: everything about it was checked."""

    id: UUID
    connection_id: UUID
    vendor: str
