"""Writes to connections and clients. Whatever needs a token is asked of the broker, which records it itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from auctor.audit import log, wait
from auctor.audit.tags import AuditTag
from auctor.connectors import asking, queries, rules, sealing, shape
from auctor.connectors.models import Attempt, Client, Connection, Secret
from auctor.connectors.records import ClientRecord, ConnectionRecord, Reason, SignIn, State
from auctor.connectors.registry import find_vendor
from auctor.connectors.rules import ChangeRefused
from auctor.connectors.stand_in import stand_in
from auctor.kit.ids import uuid7
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

ATTEMPT_LIVES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sign-in is begun with. `state` and `verifier` are fresh chance, at least 32 bytes of it each."""

    vendor: str
    session: str = field(repr=False)
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    connection_id: UUID | None = None
    with_writes: bool = False


@dataclass(frozen=True, slots=True)
class CameBack:
    """What the browser brings back from the vendor's page. `site` is where the vendor says its tokens are given."""

    vendor: str
    session: str = field(repr=False)
    state: str = field(repr=False)
    code: str = field(repr=False)
    site: str = ""


def register_client(
    actor: Actor, *, vendor: str, client_id: str, secret: str, site: str = "", now: datetime
) -> ClientRecord:
    """Keep the installation's client at a vendor, in place of a former one. Raises `ClientRefused`, `CallRefused`."""
    require(actor, Permission.CONNECTION_WRITE)
    known = find_vendor(vendor)
    kept = rules.check_client(known, client_id=client_id, secret=secret, site=site)
    row = Client.objects.select_for_update().filter(vendor=vendor).first()
    former = row.secret_id if row else None
    assert actor.workspace_id is not None
    row = row or Client(workspace_id=actor.workspace_id, vendor=vendor)
    row.client_id, row.site, row.registered_at = client_id, kept, now
    row.secret_id = _keep(actor, "client", secret, now)
    row.save()
    if former:
        Secret.objects.filter(id=former).delete()
    log.record(
        actor,
        AuditTag.CLIENT_REGISTERED,
        subject=row.id,
        subject_kind="client",
        details={"vendor": vendor},
        now=now,
    )
    return queries.to_client(row)


def begin_sign_in(actor: Actor, *, wish: Wish, now: datetime) -> SignIn:
    """The vendor's address for a new connection, or for one that is to be signed in anew. Nothing is granted yet.

    Raises `ChangeRefused` when no client is registered or the connection has ended.
    """
    require(actor, Permission.CONNECTION_WRITE)
    vendor = find_vendor(wish.vendor)
    client = Client.objects.filter(vendor=wish.vendor).first()
    if client is None:
        raise ChangeRefused(f"No client is registered for {vendor.label} yet.", mend="Paste its id and secret first.")
    row = _connection_for(actor, client, wish.connection_id, now)
    verifier_id = _keep(actor, "verifier", wish.verifier, now)
    expires_at = now + ATTEMPT_LIVES
    Attempt.objects.create(
        workspace_id=actor.workspace_id,
        connection_id=row.id,
        vendor=wish.vendor,
        state=queries.digest(wish.state),
        session=queries.digest(wish.session),
        redirect=wish.redirect,
        verifier_id=verifier_id,
        member_id=actor.member_id,
        made_at=now,
        expires_at=expires_at,
    )
    log.record(
        actor,
        AuditTag.CONNECTION_ASKED,
        subject=row.id,
        subject_kind="connection",
        details={"vendor": wish.vendor, "writes": wish.with_writes},
        now=now,
    )
    page = shape.Page(client.site, client.client_id, wish.redirect, wish.state, wish.verifier, wish.with_writes)
    address = shape.authorize_address(vendor, page)
    scopes = shape.asked_scopes(vendor, with_writes=wish.with_writes)
    return SignIn(row.id, stand_in(vendor.name, address, settings.AUCTOR_STAND_INS), scopes, expires_at)


def finish_sign_in(actor: Actor, *, back: CameBack, now: datetime) -> ConnectionRecord:
    """Turn what came back into a connection; the broker exchanges the code and stores the tokens.

    Raises `SignInRefused` for a state that does not fit, and what the broker answers.
    """
    attempt = queries.access_attempt(actor, vendor=back.vendor, state=back.state, session=back.session, now=now)
    answer = asking.ask(
        actor,
        "exchange",
        connection=str(attempt.connection_id),
        attempt=str(attempt.id),
        code=back.code,
        site=back.site,
    )
    # The broker has recorded it in a transaction of its own; a new connection is sealed before it is answered.
    transaction.on_commit(lambda: wait.until_sealed(answer["xid"]))
    return queries.access_connection(actor, attempt.connection_id)


def check_connection(actor: Actor, *, connection_id: UUID) -> ConnectionRecord:
    """Ask the vendor whose account it is. Raises a `VendorError`; what the vendor said stays with the connection."""
    require(actor, Permission.CONNECTION_WRITE)
    queries.access_connection(actor, connection_id)
    asking.ask(actor, "check", connection=str(connection_id))
    return queries.access_connection(actor, connection_id)


def disconnect(actor: Actor, *, connection_id: UUID) -> ConnectionRecord:
    """End it: our tokens go first, then the vendor is told, then the old token is tried once and must be refused."""
    require(actor, Permission.CONNECTION_WRITE)
    queries.access_connection(actor, connection_id)
    asking.ask(actor, "revoke", connection=str(connection_id))
    return queries.access_connection(actor, connection_id)


def pause(actor: Actor, *, connection_id: UUID, now: datetime) -> ConnectionRecord:
    """No call is made through it from the next one on. Raises `NoConnection`, `ChangeRefused`."""
    require(actor, Permission.CONNECTION_WRITE)
    return _change(actor, connection_id, State.PAUSED, AuditTag.CONNECTION_PAUSED, now)


def resume(actor: Actor, *, connection_id: UUID, now: datetime) -> ConnectionRecord:
    """The opposite of `pause`, also after an alarm. Raises `NoConnection`, `ChangeRefused`."""
    require(actor, Permission.CONNECTION_WRITE)
    return _change(actor, connection_id, State.ACTIVE, AuditTag.CONNECTION_RESUMED, now)


def _change(actor: Actor, connection_id: UUID, after: State, tag: AuditTag, now: datetime) -> ConnectionRecord:
    row = _locked(connection_id)
    rules.check_change(State(row.state), after)
    row.state, row.changed_at = after.value, now
    row.reason = (Reason.PERSON if after is State.PAUSED else Reason.NONE).value
    row.save(update_fields=["state", "reason", "changed_at"])
    log.record(actor, tag, subject=row.id, subject_kind="connection", now=now)
    return queries.to_connection(row)


def _connection_for(actor: Actor, client: Client, connection_id: UUID | None, now: datetime) -> Connection:
    if connection_id is None:
        made: Connection = Connection.objects.create(
            workspace_id=actor.workspace_id,
            vendor=client.vendor,
            client_id=client.id,
            site=client.site,
            plan=client.plan,
            state=State.NEEDS_SIGN_IN.value,
            reason=Reason.NEW.value,
            made_by=actor.member_id,
            made_at=now,
            changed_at=now,
        )
        return made
    row = _locked(connection_id)
    if row.state == State.DISCONNECTED.value or row.vendor != client.vendor:
        raise ChangeRefused("This connection has ended.", mend="Make a new one.")
    return row


def _locked(connection_id: UUID) -> Connection:
    row: Connection | None = Connection.objects.select_for_update().filter(id=connection_id).first()
    if row is None:
        raise queries.NoConnection("There is no such connection here.")
    return row


def _keep(actor: Actor, kind: str, value: str, now: datetime) -> UUID:
    """Insert a secret; from here on only the broker can read it."""
    assert actor.workspace_id is not None
    key = uuid7()
    sealed = sealing.seal(actor.workspace_id, sealing.SECRET, key, value)
    Secret.objects.create(id=key, workspace_id=actor.workspace_id, kind=kind, sealed=sealed, kept_at=now)
    return key
