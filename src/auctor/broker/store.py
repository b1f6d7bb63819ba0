"""What the broker reads and writes, each workspace in its own signed context, as the role `auctor_broker`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from auctor.audit.body import What, compose
from auctor.audit.tags import AuditTag
from auctor.connectors import sealing
from auctor.connectors.records import State
from auctor.connectors.refusals import ConnectionUnfit
from auctor.connectors.registry import find_vendor
from auctor.connectors.vendor import Vendor
from auctor.tenancy import context
from auctor.tenancy.records import Actor
from auctor.vault import keyring
from auctor.vault.keyring import Purpose

Line = AsyncConnection[DictRow]

LINK = """
SELECT c.id, c.workspace_id, c.vendor, c.state, c.plan, c.site, c.account_id, k.client_id AS public_id,
       s.id AS secret_id, s.sealed AS secret, g.state AS grant_state, g.version, g.sealed AS tokens,
       g.due_at, g.expires_at
FROM connectors_connection c
LEFT JOIN connectors_client k ON k.workspace_id = c.workspace_id AND k.id = c.client_id
LEFT JOIN connectors_secret s ON s.workspace_id = c.workspace_id AND s.id = k.secret_id
LEFT JOIN connectors_grant g ON g.workspace_id = c.workspace_id AND g.id = c.id
WHERE c.id = %s
"""
SITE = b"connectors_connection|site|"
NAME = b"connectors_connection|account_name|"
WORDS = b"connectors_connection|error_words|"


@dataclass(frozen=True, slots=True)
class Link:
    """A connection with everything that opens it. Lives for one call and shows nothing of its secrets."""

    id: UUID
    workspace_id: UUID
    vendor: Vendor
    state: State
    plan: str
    site: str
    account: str
    client_id: str
    secret: str = field(repr=False)
    grant_state: str
    version: int
    tokens: Mapping[str, str] = field(repr=False)
    due_at: datetime | None
    expires_at: datetime | None

    def require_usable(self) -> None:
        """Raises `ConnectionUnfit` unless calls may be made through it."""
        if self.state is State.ACTIVE and self.grant_state == "live" and self.tokens:
            return
        state = State.NEEDS_SIGN_IN if self.state is State.ACTIVE else self.state
        raise ConnectionUnfit(
            f"This connection to {self.vendor.label} is not in use: {state.value.replace('_', ' ')}.",
            mend="See Integrations: resume it, or sign in again.",
        )


class Store:
    """The database as the broker's role sees it."""

    def __init__(self, pool: AsyncConnectionPool[Line], *, context_key: bytes) -> None:
        self._pool = pool
        self._key = context_key

    @asynccontextmanager
    async def entered(self, workspace_id: UUID | None) -> AsyncIterator[Line]:
        """One transaction in a workspace's context; without one for the budgets, which belong to none."""
        async with self._pool.connection() as line, line.transaction():
            await line.execute("SET LOCAL lock_timeout = '75s'")
            if workspace_id is not None:
                value = context.sign(Actor.system(workspace_id, "broker"), self._key)
                await line.execute(f"SET LOCAL app.ctx = '{value}'")
            yield line

    async def link(self, workspace_id: UUID, connection_id: UUID) -> Link:
        """Raises `ConnectionUnfit` when there is no such connection in this workspace."""
        async with self.entered(workspace_id) as line:
            return await read_link(line, connection_id)


def open_pool(dsn: str) -> AsyncConnectionPool[Line]:
    """A few connections, not opened yet."""
    return AsyncConnectionPool(
        dsn, min_size=1, max_size=10, open=False, timeout=60, max_idle=60, kwargs={"row_factory": dict_row}
    )


async def read_link(line: Line, connection_id: UUID) -> Link:
    """A connection with its tokens opened."""
    row = await (await line.execute(LINK, [connection_id])).fetchone()
    if row is None:
        raise ConnectionUnfit("There is no such connection here.")
    workspace_id: UUID = row["workspace_id"]
    return Link(
        id=row["id"],
        workspace_id=workspace_id,
        vendor=find_vendor(row["vendor"]),
        state=State(row["state"]),
        plan=row["plan"],
        site=keyring.open_(workspace_id, Purpose.CRM, bytes(row["site"]), context=SITE + row["id"].bytes).decode(),
        account=row["account_id"],
        client_id=row["public_id"] or "",
        secret=_opened(workspace_id, sealing.SECRET, row["secret_id"], row["secret"]) or "",
        grant_state=row["grant_state"] or "",
        version=row["version"] or 0,
        tokens=_opened(workspace_id, sealing.GRANT, row["id"], row["tokens"]) or {},
        due_at=row["due_at"],
        expires_at=row["expires_at"],
    )


def as_json(value: Any) -> Jsonb:
    """For a column that holds JSON."""
    return Jsonb(value)


async def change_connection(line: Line, link: Link, **values: Any) -> None:
    """Set columns of the connection; texts that came from the vendor are sealed by `seal_text` before."""
    columns = ", ".join(f"{name} = %({name})s" for name in values)
    query = f"UPDATE connectors_connection SET {columns} WHERE id = %(key)s"  # noqa: S608 - names of our own
    await line.execute(query, {**values, "key": link.id})


def seal_text(link: Link, place: bytes, text: str) -> bytes:
    """Seal a text of the connection as its model's field would."""
    return keyring.seal(link.workspace_id, Purpose.CRM, text.encode(), context=place + link.id.bytes)


async def record(line: Line, actor: Actor, tag: AuditTag, link: Link, *, now: datetime, **what: Any) -> int:
    """One entry about the connection in the transaction of the change; the number of that transaction."""
    said: What = {"subject": link.id, "subject_kind": "connection", **what}  # type: ignore[typeddict-item]
    found = await line.execute(
        "INSERT INTO audit.entry (workspace_id, body) VALUES (%s, %s) RETURNING xid::text::bigint AS xid",
        [link.workspace_id, compose(actor, tag, said, now=now)],
    )
    row = await found.fetchone()
    assert row is not None
    return int(row["xid"])


def _opened(workspace_id: UUID, place: str, row: UUID, sealed: bytes | None) -> Any:
    return None if sealed is None else sealing.open_(workspace_id, place, row, bytes(sealed))
