"""Connections to vendors. They are made and ended by people on the page, which asks for password and code."""

from datetime import UTC, datetime
from uuid import UUID

from ninja import Field, Schema

from auctor.api.door import ApiRequest, Door
from auctor.connectors import operations, queries
from auctor.connectors.records import ConnectionRecord
from auctor.tenancy.permissions import Permission

door = Door(tags=["connections"])


class ConnectionOut(Schema):
    """A workspace's link to a vendor, without anything that opens it."""

    id: UUID
    vendor: str
    state: str = Field(description="active, paused, needs_sign_in or disconnected.")
    reason: str = Field(description="Why: none, new, person, refused, cut or alarm.")
    scopes: list[str]
    account_id: str
    account_name: str
    made_at: datetime
    changed_at: datetime
    checked_at: datetime | None
    error_code: str
    error_words: str = Field(description="The vendor's own words.")
    error_at: datetime | None
    confirmed: dict[str, bool] = Field(description="What the vendor confirmed when it was disconnected.")
    lives_until: datetime | None = Field(description="Until when a token that the vendor issued could still live.")


@door.read("/connections", permission=Permission.CONNECTION_READ, response=list[ConnectionOut])
def list_connections(request: ApiRequest) -> list[ConnectionOut]:
    """Every connection, ended ones too, the newest first."""
    return [_to_out(found) for found in queries.list_connections(request.actor)]


@door.read("/connections/{connection_id}", permission=Permission.CONNECTION_READ, response=ConnectionOut)
def read_connection(request: ApiRequest, connection_id: UUID) -> ConnectionOut:
    """One connection."""
    return _to_out(queries.access_connection(request.actor, connection_id))


@door.write("/connections/{connection_id}/check", permission=Permission.CONNECTION_WRITE, response=ConnectionOut)
def check_connection(request: ApiRequest, connection_id: UUID) -> ConnectionOut:
    """Ask the vendor whose account it is."""
    return _to_out(operations.check_connection(request.actor, connection_id=connection_id))


@door.write("/connections/{connection_id}/pause", permission=Permission.CONNECTION_WRITE, response=ConnectionOut)
def pause_connection(request: ApiRequest, connection_id: UUID) -> ConnectionOut:
    """Make no call through it until it is resumed."""
    return _to_out(operations.pause(request.actor, connection_id=connection_id, now=datetime.now(UTC)))


@door.write("/connections/{connection_id}/resume", permission=Permission.CONNECTION_WRITE, response=ConnectionOut)
def resume_connection(request: ApiRequest, connection_id: UUID) -> ConnectionOut:
    """Go on after a pause or an alarm."""
    return _to_out(operations.resume(request.actor, connection_id=connection_id, now=datetime.now(UTC)))


def _to_out(found: ConnectionRecord) -> ConnectionOut:
    return ConnectionOut(
        id=found.id,
        vendor=found.vendor,
        state=found.state.value,
        reason=found.reason.value,
        scopes=list(found.scopes),
        account_id=found.account_id,
        account_name=found.account_name,
        made_at=found.made_at,
        changed_at=found.changed_at,
        checked_at=found.checked_at,
        error_code=found.error_code,
        error_words=found.error_words,
        error_at=found.error_at,
        confirmed=found.confirmed,
        lives_until=found.lives_until,
    )
