"""The tokens of a connection: from a code, renewed before they end, by one at a time.

A refresh is these steps, under the lock of the grant's row, for which everybody else waits:

1. Read the row again: whoever waited finds that another was first.
2. Write down, in a transaction of its own, that a refresh begins. What is found there already was cut off in between.
3. Ask the vendor.
4. Store the answer where the version is still the one that was read, keep the former refresh token for a day, take the
   note of step 2 away; commit. Only then is the new token used.

`invalid_grant` ends in "sign in again", because step 1 has shown that no other token was stored meanwhile.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from auctor.audit.tags import AuditTag
from auctor.broker import store
from auctor.broker.patience import TRANSPORT
from auctor.broker.store import Line, Link, Store
from auctor.broker.wire import Answer, Request, Wire
from auctor.connectors import sealing, shape
from auctor.connectors.records import Reason, State
from auctor.connectors.refusals import ConnectionUnfit, SignInRefused, VendorBusy, VendorRefused, VendorUnreadable
from auctor.connectors.shape import Tokens
from auctor.connectors.vendor import ClientProof
from auctor.kit.ids import uuid7
from auctor.tenancy.records import Actor

FORMER_KEPT = timedelta(days=1)
# A refresh holds two connections to the database for as long as the vendor takes; the others are for calls.
MOST_AT_ONCE = 3

USE_ATTEMPT = """
UPDATE connectors_attempt SET used_at = %(now)s
WHERE id = %(attempt)s AND connection_id = %(connection)s AND used_at IS NULL AND expires_at > %(now)s
RETURNING redirect, verifier_id
"""
STORE = """
INSERT INTO connectors_grant (workspace_id, id, state, version, sealed, obtained_at, due_at, expires_at)
VALUES (%(workspace)s, %(id)s, 'live', %(version)s, %(sealed)s, %(now)s, %(due)s, %(until)s)
ON CONFLICT (workspace_id, id) DO UPDATE SET state = 'live', version = excluded.version, sealed = excluded.sealed,
    former = NULL, former_until = NULL, obtained_at = excluded.obtained_at, due_at = excluded.due_at,
    expires_at = excluded.expires_at
"""
RENEW = """
UPDATE connectors_grant SET version = version + 1, sealed = %(sealed)s, obtained_at = %(now)s, due_at = %(due)s,
    expires_at = %(until)s, former = coalesce(%(former)s, former),
    former_until = CASE WHEN %(former)s::bytea IS NULL THEN former_until ELSE %(former_until)s END
WHERE id = %(id)s AND version = %(version)s AND state = 'live'
"""
LOCK = "SELECT version FROM connectors_grant WHERE id = %s FOR UPDATE"
BEGUN = """
WITH found AS (SELECT id FROM connectors_refresh WHERE id = %(id)s AND version = %(version)s)
INSERT INTO connectors_refresh (workspace_id, id, version, begun_at)
VALUES (%(workspace)s, %(id)s, %(version)s, %(now)s)
ON CONFLICT (workspace_id, id) DO UPDATE SET version = excluded.version, begun_at = excluded.begun_at
RETURNING EXISTS (SELECT FROM found) AS was_cut
"""
DONE = "DELETE FROM connectors_refresh WHERE id = %s"
REFUSE = "UPDATE connectors_grant SET state = 'refused' WHERE id = %s"


@dataclass
class Keeper:
    """Gets, renews and gives out tokens, inside this process."""

    store: Store
    wire: Wire
    clock: Callable[[], datetime]
    _one_by_one: dict[UUID, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))

    async def exchange(self, actor: Actor, connection_id: UUID, *, attempt_id: UUID, code: str, site: str) -> int:
        """A code for tokens. The attempt is used up before the vendor is asked, so that a code is never tried twice.

        Returns the number of the transaction that recorded it. Raises `SignInRefused` with the vendor's words.
        """
        assert actor.workspace_id is not None
        now = self.clock()
        async with self.store.entered(actor.workspace_id) as line:
            words = {"attempt": attempt_id, "connection": connection_id, "now": now}
            used = await (await line.execute(USE_ATTEMPT, words)).fetchone()
            if used is None:
                raise SignInRefused("This way back was used already, or is too old.", mend="Begin again.")
            link = await store.read_link(line, connection_id)
            verifier = await _take_verifier(line, actor.workspace_id, used["verifier_id"])
        form = shape.exchange_form(link.vendor, code=code, redirect=used["redirect"], verifier=verifier)
        at = _site_of(link, site)
        answer = await self._ask(link, at, form)
        if answer.status != 200:
            raise SignInRefused(
                f"{link.vendor.label} did not accept the sign-in ({answer.status}).",
                where=vendor_words(answer),
                mend="Check client id, secret and redirect address at the vendor, then begin again.",
            )
        tokens = shape.to_tokens(link.vendor, read_json(link, answer), site=at, before={}, now=self.clock())
        return await self._store_first(actor, link, tokens)

    async def fresh(self, workspace_id: UUID, connection_id: UUID, *, unlike: int | None = None) -> Link:
        """The connection with a token that lives, renewed when it is due; `unlike` names a version that was refused.

        While another renews a token that still lives, the old one is good. Raises `ConnectionUnfit`, `VendorBusy`.
        """
        link = await self.store.link(workspace_id, connection_id)
        link.require_usable()
        if not self._is_due(link, unlike):
            return link
        lock = self._one_by_one[connection_id]
        if lock.locked() and unlike != link.version and self._lives(link):
            return link
        async with lock, self._at_once:
            return await self._renew(link, unlike)

    async def _renew(self, link: Link, unlike: int | None) -> Link:
        async with self.store.entered(link.workspace_id) as line:
            await line.execute(LOCK, [link.id])
            link = await store.read_link(line, link.id)
            link.require_usable()
            if not self._is_due(link, unlike):
                return link
            was_cut = await self._begin(link)
            answer = await self._ask(link, link.site, shape.refresh_form(link.tokens.get("refresh", "")))
            if answer.status == 200:
                before = link.tokens
                tokens = shape.to_tokens(
                    link.vendor, read_json(link, answer), site=link.site, before=before, now=self.clock()
                )
                await self._store_renewed(line, link, tokens, was_cut=was_cut)
            elif _is_refused(answer):
                await self._lose(line, link, answer, was_cut=was_cut)
            else:
                await line.execute(DONE, [link.id])
        if answer.status != 200 and not _is_refused(answer):
            raise VendorBusy(f"{link.vendor.label} did not renew our token ({answer.status}).", retry_after=30)
        fresh = await self.store.link(link.workspace_id, link.id)
        fresh.require_usable()
        return fresh

    async def _begin(self, link: Link) -> bool:
        words = {"workspace": link.workspace_id, "id": link.id, "version": link.version, "now": self.clock()}
        async with self.store.entered(link.workspace_id) as line:
            row = await (await line.execute(BEGUN, words)).fetchone()
        return bool(row and row["was_cut"])

    async def _store_first(self, actor: Actor, link: Link, tokens: Tokens) -> int:
        now = self.clock()
        async with self.store.entered(link.workspace_id) as line:
            words = {**_words(link, tokens), "version": link.version + 1, "now": now}
            await line.execute(STORE, words)
            await line.execute(DONE, [link.id])
            await store.change_connection(
                line,
                link,
                state=State.ACTIVE.value,
                reason=Reason.NONE.value,
                scopes=list(tokens.scopes),
                changed_at=now,
                error_code="",
                error_words=None,
                error_at=None,
            )
            details = {"vendor": link.vendor.name, "scopes": len(tokens.scopes)}
            return await store.record(line, actor, AuditTag.CONNECTION_MADE, link, details=details, now=now)

    async def _store_renewed(self, line: Line, link: Link, tokens: Tokens, *, was_cut: bool) -> None:
        now, old = self.clock(), link.tokens.get("refresh", "")
        former = None
        if tokens.refresh != old:
            former = sealing.seal(link.workspace_id, sealing.FORMER, link.id, {"refresh": old})
        words = {**_words(link, tokens), "version": link.version, "now": now}
        found = await line.execute(RENEW, {**words, "former": former, "former_until": now + FORMER_KEPT})
        if found.rowcount != 1:
            raise ConnectionUnfit("The connection changed while its token was renewed.", mend="Try again.")
        await line.execute(DONE, [link.id])
        actor = Actor.system(link.workspace_id, "broker")
        await store.record(line, actor, AuditTag.CONNECTION_RENEWED, link, details={"after_a_cut": was_cut}, now=now)

    async def _lose(self, line: Line, link: Link, answer: Answer, *, was_cut: bool) -> None:
        now, reason = self.clock(), Reason.CUT if was_cut else Reason.REFUSED
        await line.execute(REFUSE, [link.id])
        await line.execute(DONE, [link.id])
        await store.change_connection(
            line,
            link,
            state=State.NEEDS_SIGN_IN.value,
            reason=reason.value,
            changed_at=now,
            error_code="invalid_grant",
            error_words=store.seal_text(link, store.WORDS, vendor_words(answer)),
            error_at=now,
        )
        actor = Actor.system(link.workspace_id, "broker")
        details = {"reason": reason.value, "vendor": link.vendor.name}
        await store.record(line, actor, AuditTag.CONNECTION_LOST, link, details=details, now=now)

    async def _ask(self, link: Link, site: str, form: Mapping[str, str]) -> Answer:
        """The token endpoint, once: a second try could use up a refresh token whose answer was lost."""
        address = f"{link.vendor.site(site).tokens}{link.vendor.token_path}"
        headers, words = prove_client(link, form)
        try:
            return await self.wire.send(link.vendor, Request("POST", address, headers, form=words))
        except TRANSPORT as error:
            raise VendorBusy(
                f"{link.vendor.label} could not be asked for a token ({type(error).__name__}).", retry_after=30
            ) from None

    def _is_due(self, link: Link, unlike: int | None) -> bool:
        return unlike == link.version or link.due_at is None or link.due_at <= self.clock()

    def _lives(self, link: Link) -> bool:
        return link.expires_at is not None and link.expires_at > self.clock()


def prove_client(link: Link, form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and form with the proof of our client, as the vendor wants it."""
    if link.vendor.client_proof is ClientProof.BASIC:
        return {"authorization": shape.basic(link.client_id, link.secret)}, dict(form)
    return {}, {**form, "client_id": link.client_id, "client_secret": link.secret}


def read_json(link: Link, answer: Answer) -> dict[str, Any]:
    """The object of an answer. Raises `VendorUnreadable`, also for a page of HTML."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise VendorUnreadable(f"{link.vendor.label} answered with something that is no JSON object.")
    return found


def vendor_words(answer: Answer) -> str:
    """What a vendor says went wrong, in its own words; empty when it says nothing readable."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return f"HTTP {answer.status}"
    first = found[0] if isinstance(found, list) and found else found
    if not isinstance(first, dict):
        return f"HTTP {answer.status}"
    names = ("error", "error_description", "status", "code", "errorCode", "message")
    said = [str(first[name]) for name in names if isinstance(first.get(name), str | int)]
    return ": ".join(dict.fromkeys(said))[:500] or f"HTTP {answer.status}"


def _is_refused(answer: Answer) -> bool:
    words = vendor_words(answer)
    return answer.status in {400, 401} and any(word in words for word in ("invalid_grant", "BAD_REFRESH_TOKEN"))


def _words(link: Link, tokens: Tokens) -> dict[str, Any]:
    sealed = sealing.seal(link.workspace_id, sealing.GRANT, link.id, tokens.to_value())
    words = {"workspace": link.workspace_id, "id": link.id, "sealed": sealed}
    return {**words, "due": tokens.due_at, "until": tokens.expires_at}


def _site_of(link: Link, said: str) -> str:
    """Where the code is exchanged: the client's site, or the one of the vendor's that came back with the browser."""
    if not said or not link.vendor.site_from:
        return link.site
    for one in link.vendor.sites:
        if one.tokens == said.rstrip("/"):
            return one.key
    raise SignInRefused(f"{link.vendor.label} named a data centre that is not its own.")


async def _take_verifier(line: Line, workspace_id: UUID, key: UUID | None) -> str:
    query = "DELETE FROM connectors_secret WHERE id = %s RETURNING sealed"
    row = await (await line.execute(query, [key or uuid7()])).fetchone()
    return str(sealing.open_(workspace_id, sealing.SECRET, key, bytes(row["sealed"]))) if row and key else ""


def refused(link: Link, answer: Answer) -> VendorRefused:
    """The vendor's no as an error."""
    return VendorRefused(
        f"{link.vendor.label} refused the call ({answer.status}).",
        where=vendor_words(answer),
        mend="The words are the vendor's own; permissions are changed there.",
    )
