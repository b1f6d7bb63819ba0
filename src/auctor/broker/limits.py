"""Quotas of vendors and the count of calls, in the database: they hold for every process and survive restarts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from auctor.broker.store import Line, Link, Store
from auctor.connectors.refusals import QuotaSpent
from auctor.connectors.vendor import Operation, Quota, QuotaScope

HOUR = 3600
# One statement: whoever is refused has spent nothing. A window that is over begins anew with this call.
TAKE = """
INSERT INTO connectors_budget AS b (key, began_at, spent) VALUES (%(key)s, %(now)s, %(cost)s)
ON CONFLICT (key) DO UPDATE SET
    began_at = CASE WHEN b.began_at <= %(before)s THEN excluded.began_at ELSE b.began_at END,
    spent = CASE WHEN b.began_at <= %(before)s THEN 0 ELSE b.spent END + excluded.spent
WHERE (b.blocked_until IS NULL OR b.blocked_until <= %(now)s)
  AND (CASE WHEN b.began_at <= %(before)s THEN 0 ELSE b.spent END) + excluded.spent <= %(most)s
RETURNING spent
"""
LOOK = "SELECT began_at, blocked_until FROM connectors_budget WHERE key = %s"
BLOCK = """
INSERT INTO connectors_budget AS b (key, began_at, spent, blocked_until) VALUES (%(key)s, %(now)s, 0, %(until)s)
ON CONFLICT (key) DO UPDATE SET blocked_until = greatest(b.blocked_until, excluded.blocked_until)
"""
FORGET = "DELETE FROM connectors_budget WHERE began_at < %s AND (blocked_until IS NULL OR blocked_until < %s)"


@dataclass(frozen=True, slots=True)
class Meter:
    """One counter: its key, how much may be spent in how many seconds, and what it is called in messages."""

    key: bytes
    most: int
    seconds: int
    name: str


class Limits:
    """Takes from the quotas before a call is made."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, link: Link, operation: Operation, *, account: str, now: datetime) -> None:
        """Spend the call's cost of each quota that it counts for, or of none. Raises `QuotaSpent` with the wait."""
        async with self._store.entered(None) as line:
            for meter in meters(link, operation, account=account):
                await self._take(line, link, meter, operation.cost, now)

    async def count(self, link: Link, *, now: datetime) -> bool:
        """Count a call of the connection; False when there are more in an hour than anything of ours ever makes."""
        meter = Meter(_key("volume", str(link.id)), link.vendor.alarm_calls, HOUR, "volume")
        async with self._store.entered(None) as line:
            return await _spend(line, meter, 1, now)

    async def reset(self, link: Link) -> None:
        """Begin the count of the connection's calls anew, after somebody looked at the alarm."""
        async with self._store.entered(None) as line:
            await line.execute("DELETE FROM connectors_budget WHERE key = %s", [_key("volume", str(link.id))])

    async def block(self, link: Link, operation: Operation, *, account: str, seconds: float, now: datetime) -> None:
        """The vendor said when to come again: nobody asks before, also after a restart."""
        async with self._store.entered(None) as line:
            for meter in meters(link, operation, account=account)[:1]:
                until = now + timedelta(seconds=seconds)
                await line.execute(BLOCK, {"key": meter.key, "now": now, "until": until})

    async def forget(self, *, now: datetime) -> None:
        """Delete counters whose window has been over for a day."""
        before = now - timedelta(days=2)
        async with self._store.entered(None) as line:
            await line.execute(FORGET, [before, now])

    async def _take(self, line: Line, link: Link, meter: Meter, cost: int, now: datetime) -> None:
        if await _spend(line, meter, cost, now):
            return
        row = await (await line.execute(LOOK, [meter.key])).fetchone()
        free = [now + timedelta(seconds=1)]
        if row is not None:
            free += [row["began_at"] + timedelta(seconds=meter.seconds), row["blocked_until"] or now]
        raise QuotaSpent(
            f"Our part of {link.vendor.label}'s quota ({meter.name}) is used for now.",
            mend="Nothing is lost: what is left is read when the vendor allows it again.",
            retry_after=max((max(free) - now).total_seconds(), 0.05),
        )


def meters(link: Link, operation: Operation, *, account: str) -> list[Meter]:
    """The counters that a call touches: one for each quota of the vendor, of the account or of our client in it."""
    quotas = [quota for quota in link.vendor.quotas if operation.is_search or not quota.search_only]
    if operation.is_search:
        # Searches have a quota of their own where the vendor keeps one, and do not count for the others.
        quotas = [quota for quota in quotas if quota.search_only] or quotas
    return [_meter(link, quota, account) for quota in quotas]


def _meter(link: Link, quota: Quota, account: str) -> Meter:
    whose = account or str(link.id)
    if quota.scope is QuotaScope.CLIENT:
        whose = f"{whose}|{link.client_id}"
    return Meter(_key(link.vendor.name, quota.name, whose), quota.limit(link.plan), quota.seconds, quota.name)


async def _spend(line: Line, meter: Meter, cost: int, now: datetime) -> bool:
    words = {"key": meter.key, "now": now, "cost": cost, "most": meter.most}
    found = await line.execute(TAKE, {**words, "before": now - timedelta(seconds=meter.seconds)})
    return await found.fetchone() is not None


def _key(*parts: str) -> bytes:
    return hashlib.sha256("|".join(parts).encode()).digest()
