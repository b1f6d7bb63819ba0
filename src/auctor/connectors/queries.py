"""Reads of connections and clients."""

import hashlib
import hmac
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from auctor.connectors.models import Attempt, Client, Connection
from auctor.connectors.records import ClientRecord, ConnectionRecord, Reason, Returned, State
from auctor.connectors.refusals import SignInRefused
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


class NoConnection(AuctorError):
    """There is no such connection, or it is another workspace's."""

    code: ClassVar[str] = "connectors.no_connection"
    status: ClassVar[int] = 404


def list_connections(actor: Actor) -> list[ConnectionRecord]:
    """All of the workspace, ended ones too, the newest first."""
    require(actor, Permission.CONNECTION_READ)
    return [to_connection(row) for row in Connection.objects.order_by("-made_at", "-id")]


def access_connection(actor: Actor, connection_id: UUID) -> ConnectionRecord:
    """One of them. Raises `NoConnection`."""
    require(actor, Permission.CONNECTION_READ)
    row = Connection.objects.filter(id=connection_id).first()
    if row is None:
        raise NoConnection("There is no such connection here.")
    return to_connection(row)


def find_client(actor: Actor, vendor: str) -> ClientRecord | None:
    """The client that is registered for a vendor; None before that."""
    require(actor, Permission.CONNECTION_WRITE)
    row = Client.objects.filter(vendor=vendor).first()
    return to_client(row) if row else None


def access_attempt(actor: Actor, *, vendor: str, state: str, session: str, now: datetime) -> Returned:
    """The attempt that somebody came back from. Raises `SignInRefused`, saying the same whatever does not fit.

    It fits when this session began it, for this vendor, as this member, at most ten minutes ago, and nobody came back
    from it yet.
    """
    require(actor, Permission.CONNECTION_WRITE)
    row = Attempt.objects.filter(state=digest(state)).first()
    fits = (
        row is not None
        and row.used_at is None
        and row.expires_at > now
        and row.vendor == vendor
        and row.member_id == actor.member_id
        and hmac.compare_digest(bytes(row.session), digest(session))
    )
    if row is None or not fits:
        raise SignInRefused(
            "This way back was not begun in this browser, is older than ten minutes, or was used already.",
            mend="Begin again under Integrations.",
        )
    return Returned(row.id, row.connection_id, row.vendor)


def digest(text: str) -> bytes:
    """What is kept of a state or of a session's name."""
    return hashlib.sha256(text.encode()).digest()


def to_client(row: Client) -> ClientRecord:
    """Without its secret, which could not be read here."""
    return ClientRecord(row.id, row.vendor, row.client_id, row.site, row.plan, row.registered_at)


def to_connection(row: Connection) -> ConnectionRecord:
    """As people see it."""
    return ConnectionRecord(
        id=row.id,
        vendor=row.vendor,
        client_id=row.client_id,
        site=row.site,
        state=State(row.state),
        reason=Reason(row.reason),
        scopes=tuple(row.scopes),
        account_id=row.account_id,
        account_name=row.account_name or "",
        made_at=row.made_at,
        changed_at=row.changed_at,
        checked_at=row.checked_at,
        error_code=row.error_code,
        error_words=row.error_words or "",
        error_at=row.error_at,
        confirmed=dict(row.confirmed),
        lives_until=row.lives_until,
    )
