"""Calls of a connection: quota, token, the call itself with its repetitions, and what its failure means."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from auctor.audit.tags import AuditTag
from auctor.broker import store
from auctor.broker.limits import Limits
from auctor.broker.patience import AGAIN, TRANSPORT, Again, Breaker, Patience, retry_after
from auctor.broker.store import Link, Store
from auctor.broker.tokens import Keeper, read_json, refused
from auctor.broker.wire import Answer, Request, Wire
from auctor.connectors import shape
from auctor.connectors.records import Reason, State
from auctor.connectors.refusals import ConnectionUnfit, QuotaSpent, VendorBusy, VendorError
from auctor.connectors.vendor import CallRefused, Operation
from auctor.tenancy.records import Actor

# A quota that is free again so soon is waited for here.
SHORT_WAIT = 12.0


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of a vendor: one of its operations with places, parameters and body."""

    operation: str
    places: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass
class Caller:
    """Makes calls."""

    store: Store
    wire: Wire
    keeper: Keeper
    limits: Limits
    clock: Callable[[], datetime]
    patience: Patience = field(default_factory=Patience)
    breaker: Breaker = field(default_factory=Breaker)

    async def call(self, workspace_id: UUID, connection_id: UUID, call: Call) -> dict[str, Any]:
        """The answer's JSON; `{}` for an empty one. Raises a `VendorError`, or `CallRefused` before anything is sent.

        A token that the vendor no longer takes is renewed once, whatever its age.
        """
        link = await self.keeper.fresh(workspace_id, connection_id)
        operation = link.vendor.operation(call.operation)
        if operation.is_write:
            raise CallRefused(f"The call {operation.name} writes; it is not among those that may be asked for.")
        await self._count(link)
        answer = await self.send(link, operation, call)
        if answer.status == 401:
            link = await self.keeper.fresh(workspace_id, connection_id, unlike=link.version)
            answer = await self.send(link, operation, call)
        if answer.status >= 300:
            raise refused(link, answer)
        return read_json(link, answer) if answer.body.strip() else {}

    async def check(self, actor: Actor, connection_id: UUID) -> None:
        """Ask whose account it is; what came of it stands with the connection and in the log."""
        assert actor.workspace_id is not None
        link = await self.store.link(actor.workspace_id, connection_id)
        link.require_usable()
        try:
            found = await self.call(actor.workspace_id, connection_id, Call(link.vendor.account))
        except VendorError as error:
            words = {"error_code": error.code, "error_words": store.seal_text(link, store.WORDS, error.where)}
            await self._note(actor, link, "failed", **words, error_at=self.clock())
            raise
        number, name = (shape.find_field(found, one) for one in link.vendor.account_fields)
        words = {"account_id": number[:80], "account_name": store.seal_text(link, store.NAME, name)}
        await self._note(actor, link, "ok", **words, error_code="", error_words=None, error_at=None)

    async def send(self, link: Link, operation: Operation, call: Call) -> Answer:
        """One operation with its repetitions. What is not safe to repeat is sent once."""
        path = operation.fill(call.places)
        operation.require_known(call.query, call.body)
        address = f"{link.tokens['base']}{path}"
        headers = {"authorization": f"{link.vendor.authorization} {link.tokens['access']}"}
        request = Request(operation.method, address, headers, query=call.query, json=call.body)
        host = urlsplit(address).hostname or ""
        self.breaker.require_closed(host)
        patience = self.patience if _is_repeatable(operation) else Patience(attempts=1)
        try:
            async for attempt in patience.tries():
                with attempt:
                    answer = await self._once(link, operation, request)
        except Again as error:
            self.breaker.failed(host)
            raise VendorBusy(
                f"{link.vendor.label} did not answer as it should ({error}).", retry_after=error.seconds or 60
            ) from None
        self.breaker.succeeded(host)
        return answer

    async def _once(self, link: Link, operation: Operation, request: Request) -> Answer:
        await self._take(link, operation)
        try:
            answer = await self.wire.send(link.vendor, request)
        except TRANSPORT as error:
            raise Again(type(error).__name__) from None
        if answer.status not in AGAIN:
            return answer
        seconds = retry_after(answer)
        if answer.status == 429 and seconds is not None and seconds > self.patience.longest:
            await self.limits.block(link, operation, account=link.account, seconds=seconds, now=self.clock())
            raise QuotaSpent(f"{link.vendor.label} asks us to wait {seconds:.0f} s.", retry_after=seconds)
        raise Again(f"HTTP {answer.status}", seconds=seconds)

    async def _take(self, link: Link, operation: Operation) -> None:
        """Spend the quota; what is free again soon is waited for. Raises `QuotaSpent`."""
        waited = 0.0
        while True:
            try:
                await self.limits.take(link, operation, account=link.account, now=self.clock())
            except QuotaSpent as spent:
                waited += spent.retry_after
                if waited > SHORT_WAIT:
                    raise
                await asyncio.sleep(spent.retry_after)
            else:
                return

    async def _count(self, link: Link) -> None:
        if await self.limits.count(link, now=self.clock()):
            return
        now, actor = self.clock(), Actor.system(link.workspace_id, "broker")
        async with self.store.entered(link.workspace_id) as line:
            state, reason = State.PAUSED.value, Reason.ALARM.value
            await store.change_connection(line, link, state=state, reason=reason, changed_at=now)
            details = {"reason": "alarm", "calls": link.vendor.alarm_calls}
            await store.record(line, actor, AuditTag.CONNECTION_PAUSED, link, details=details, now=now)
        await self.limits.reset(link)
        raise ConnectionUnfit(
            f"More than {link.vendor.alarm_calls} calls in an hour: the connection was paused.",
            mend="Find out what asked so much; then resume it under Integrations.",
        )

    async def _note(self, actor: Actor, link: Link, outcome: str, **values: Any) -> None:
        now = self.clock()
        async with self.store.entered(link.workspace_id) as line:
            await store.change_connection(line, link, **values, **({"checked_at": now} if outcome == "ok" else {}))
            await store.record(line, actor, AuditTag.CONNECTION_CHECKED, link, outcome=outcome, now=now)


def _is_repeatable(operation: Operation) -> bool:
    return operation.method in {"GET", "PUT", "DELETE"} or not operation.is_write
