"""The end of a connection: our tokens go first, then the vendor is told, then the old token is tried once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auctor.audit.tags import AuditTag
from auctor.broker import store
from auctor.broker.patience import TRANSPORT
from auctor.broker.store import Link, Store
from auctor.broker.tokens import prove_client
from auctor.broker.wire import Request, Wire
from auctor.connectors.records import Reason, State
from auctor.connectors.refusals import ConnectionUnfit, VendorError
from auctor.tenancy.records import Actor

SECONDS = 5.0
WIPE = """
UPDATE connectors_grant SET state = 'revoked', sealed = NULL, former = NULL, former_until = NULL, version = version + 1
WHERE id = %s
"""


@dataclass
class Ender:
    """Ends connections."""

    store: Store
    wire: Wire
    clock: Callable[[], datetime]

    async def revoke(self, actor: Actor, connection_id: UUID) -> dict[str, bool]:
        """What the vendor confirmed, word by word. Raises `ConnectionUnfit` for one that has ended.

        1. From the first commit on no call is made; a refresh that runs is waited for, and then our copies go.
        2. The vendor is told to revoke, and to take our client out where it can.
        3. The old access token is tried once.
        """
        assert actor.workspace_id is not None
        await self._close(actor, connection_id)
        link = await self._wipe(actor.workspace_id, connection_id)
        confirmed = {}
        if link.tokens:
            for word, ask in (
                ("revoked", self._tell),
                ("uninstalled", self._uninstall),
                ("refused_old_token", self._try),
            ):
                found = await self._safely(ask, link)
                if found is not None:
                    confirmed[word] = found
        await self._conclude(actor, link, confirmed)
        return confirmed

    async def _close(self, actor: Actor, connection_id: UUID) -> None:
        now = self.clock()
        async with self.store.entered(actor.workspace_id) as line:
            link = await store.read_link(line, connection_id)
            if link.state is State.DISCONNECTED:
                raise ConnectionUnfit("This connection has ended already.")
            await store.change_connection(
                line,
                link,
                state=State.DISCONNECTED.value,
                reason=Reason.PERSON.value,
                changed_at=now,
                lives_until=link.expires_at,
            )
            details = {"vendor": link.vendor.name}
            await store.record(line, actor, AuditTag.CONNECTION_REVOKED, link, details=details, now=now)

    async def _wipe(self, workspace_id: UUID, connection_id: UUID) -> Link:
        """Take our copies away; what they were is held by the link that is returned, for the steps that follow."""
        async with self.store.entered(workspace_id) as line:
            await line.execute("SELECT FROM connectors_grant WHERE id = %s FOR UPDATE", [connection_id])
            link = await store.read_link(line, connection_id)
            await line.execute(WIPE, [connection_id])
            await line.execute("DELETE FROM connectors_refresh WHERE id = %s", [connection_id])
        return link

    async def _safely(self, ask: Callable[[Link], Awaitable[bool | None]], link: Link) -> bool | None:
        """A vendor that does not answer has confirmed nothing."""
        try:
            async with asyncio.timeout(SECONDS):
                return await ask(link)
        except (*TRANSPORT, VendorError):
            return False

    async def _tell(self, link: Link) -> bool | None:
        if not link.vendor.revoke_path:
            return None
        address = f"{link.vendor.site(link.site).tokens}{link.vendor.revoke_path}"
        token = link.tokens.get("refresh") or link.tokens["access"]
        headers, form = prove_client(link, {"token": token, "token_type_hint": "refresh_token"})
        answer = await self.wire.send(link.vendor, Request("POST", address, headers, form=form))
        return answer.status in {200, 204}

    async def _uninstall(self, link: Link) -> bool | None:
        if not link.vendor.uninstall:
            return None
        return await self._with_old_token(link, link.vendor.uninstall) in {200, 204}

    async def _try(self, link: Link) -> bool:
        return await self._with_old_token(link, link.vendor.account) in {401, 403}

    async def _with_old_token(self, link: Link, name: str) -> int:
        operation = link.vendor.operation(name)
        headers = {"authorization": f"{link.vendor.authorization} {link.tokens['access']}"}
        address = f"{link.tokens['base']}{operation.fill({})}"
        return (await self.wire.send(link.vendor, Request(operation.method, address, headers))).status

    async def _conclude(self, actor: Actor, link: Link, confirmed: dict[str, bool]) -> None:
        now = self.clock()
        is_refused = confirmed.get("refused_old_token", not link.tokens)
        async with self.store.entered(link.workspace_id) as line:
            values = {"lives_until": None} if is_refused else {}
            await store.change_connection(line, link, confirmed=store.as_json(confirmed), **values)
            outcome = "ok" if is_refused else "failed"
            await store.record(
                line, actor, AuditTag.CONNECTION_TRIED, link, outcome=outcome, details=confirmed, now=now
            )
