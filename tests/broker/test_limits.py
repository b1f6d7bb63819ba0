"""Quotas in the database."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.conf import settings

from auctor.broker.limits import Limits, meters
from auctor.broker.store import Link, Store, open_pool
from auctor.connectors.records import State
from auctor.connectors.refusals import QuotaSpent
from auctor.connectors.registry import find_vendor
from auctor.kit.ids import uuid7
from auctor.tenancy.roles import dsn
from tests.cast import NOW

HUBSPOT, PIPEDRIVE, SALESFORCE = (find_vendor(name) for name in ("hubspot", "pipedrive", "salesforce"))
T = TypeVar("T")


def link(vendor: Any = HUBSPOT, *, plan: str = "", client_id: str = "client-1", key: UUID | None = None) -> Link:
    return Link(
        id=key or uuid7(),
        workspace_id=uuid7(),
        vendor=vendor,
        state=State.ACTIVE,
        plan=plan,
        site="",
        account="7",
        client_id=client_id,
        secret="",
        grant_state="live",
        version=1,
        tokens={},
        due_at=None,
        expires_at=None,
    )


def with_limits(work: Callable[[Limits], Coroutine[Any, Any, T]]) -> T:
    """Each time a fresh pool, as after a restart."""

    async def go() -> T:
        pool = open_pool(dsn(settings.AUCTOR_SERVER, "auctor_broker", settings.AUCTOR_DATA))
        async with pool:
            return await work(Limits(Store(pool, context_key=settings.AUCTOR_CONTEXT_KEY)))

    return asyncio.run(go())


def take(times: int, of: Link, name: str, later: timedelta = timedelta()) -> int:
    """How many of so many calls were allowed."""

    async def work(limits: Limits) -> int:
        allowed = 0
        for _turn in range(times):
            try:
                await limits.take(of, of.vendor.operation(name), account=of.account, now=NOW + later)
            except QuotaSpent:
                continue
            allowed += 1
        return allowed

    return with_limits(work)


class TestTake:
    def test_allows_as_many_as_the_quota_holds_also_after_a_restart(self, committed: None) -> None:
        of = link()
        assert take(100, of, "deals.list") == 100
        assert take(20, of, "deals.list") == 10
        assert take(1, of, "deals.list", timedelta(seconds=10)) == 1

    def test_counts_all_connections_of_an_account_together_and_clients_apart(self, committed: None) -> None:
        assert take(120, link(), "deals.list") == 110
        assert take(1, link(), "deals.list") == 0
        assert take(1, link(client_id="client-2"), "deals.list") == 1

    def test_leaves_the_reserve_to_the_customers_other_programs(self, committed: None) -> None:
        assert take(9, link(), "deals.search") == 4

    def test_counts_what_a_call_costs_and_follows_the_plan(self, committed: None) -> None:
        assert take(20, link(PIPEDRIVE), "users.list") == 4
        assert take(20, link(PIPEDRIVE, plan="growth", client_id="x"), "users.list") == 4

    def test_spends_nothing_of_the_first_quota_when_a_second_one_refuses(self, committed: None) -> None:
        of = link(SALESFORCE)
        assert take(40, of, "limits") == 25
        assert take(40, of, "limits", timedelta(seconds=1)) == 25

    def test_says_when_to_come_again(self, committed: None) -> None:
        of = link()
        take(110, of, "deals.list")

        async def work(limits: Limits) -> float:
            with pytest.raises(QuotaSpent) as spent:
                await limits.take(of, of.vendor.operation("deals.list"), account="7", now=NOW + timedelta(seconds=4))
            return spent.value.retry_after

        assert with_limits(work) == 6


class TestCount:
    def test_says_no_above_what_anything_of_ours_makes(self, committed: None) -> None:
        of = link()

        async def work(limits: Limits) -> list[bool]:
            async with limits._store.entered(None) as line:
                await limits.count(of, now=NOW)
                await line.execute("SELECT 1")
            found = [await limits.count(of, now=NOW)]
            async with limits._store.entered(None) as line:
                await line.execute("UPDATE connectors_budget SET spent = %s", [of.vendor.alarm_calls])
            found.append(await limits.count(of, now=NOW))
            await limits.reset(of)
            return [*found, await limits.count(of, now=NOW)]

        assert with_limits(work) == [True, False, True]


class TestForget:
    def test_takes_away_what_has_been_over_for_long(self, committed: None) -> None:
        of = link()
        take(1, of, "deals.list")

        async def work(limits: Limits) -> int:
            await limits.forget(now=NOW + timedelta(days=3))
            async with limits._store.entered(None) as line:
                row = await (await line.execute("SELECT count(*) AS n FROM connectors_budget")).fetchone()
            assert row is not None
            return int(row["n"])

        assert with_limits(work) == 0


class TestMeters:
    def test_name_nobody(self) -> None:
        of = link()
        assert all(len(meter.key) == 32 for meter in meters(of, of.vendor.operation("deals.list"), account="7"))

    def test_count_a_search_for_its_own_quota_only(self) -> None:
        of = link()
        assert [meter.name for meter in meters(of, of.vendor.operation("deals.search"), account="7")] == ["search"]
        assert [meter.name for meter in meters(of, of.vendor.operation("deals.list"), account="7")] == ["burst"]
