"""Calls: what is refused before it is sent, what is tried again, what pauses a connection."""

import pytest
from django.db import transaction

from auctor.connectors import asking, operations
from auctor.connectors.records import Reason, State
from auctor.connectors.refusals import (
    ConnectionUnfit,
    QuotaSpent,
    VendorBusy,
    VendorError,
    VendorRefused,
    VendorUnreadable,
)
from auctor.tenancy import scope
from tests.broker.benches import Bench, now
from tests.conftest import superuser

DEALS = "/crm/objects/2026-03/deals"


class TestCall:
    def test_answers_with_the_vendors_json(self, bench: Bench) -> None:
        made = bench.connect()
        assert bench.call(made.id, query={"limit": 100}) == {"results": [{"id": "1"}]}
        assert bench.vendor.seen[-1][:2] == ("GET", f"{DEALS}?limit=100")

    @pytest.mark.parametrize(
        ("operation", "words"),
        [
            ("users.delete", {}),
            ("uninstall", {}),
            ("deals.list", {"query": {"updated_since": "x"}}),
            ("deals.list", {"body": {"a": 1}}),
            ("deals.list", {"places": {"id": "../token"}}),
        ],
    )
    def test_sends_nothing_that_the_vendors_record_does_not_hold(
        self, bench: Bench, operation: str, words: dict[str, object]
    ) -> None:
        made = bench.connect()
        before = len(bench.vendor.seen)
        with pytest.raises(VendorError):
            bench.call(made.id, operation, **words)
        assert len(bench.vendor.seen) == before

    @pytest.mark.parametrize("fault", [(503, {}, b""), (429, {"retry-after": "0.1"}, b"{}"), (0, {}, b"")])
    def test_tries_again_what_is_worth_it(self, bench: Bench, fault: tuple[int, dict[str, str], bytes]) -> None:
        made = bench.connect()
        bench.vendor.faults[DEALS] = [fault]
        assert bench.call(made.id)

    def test_gives_up_after_some_tries(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.faults[DEALS] = [(502, {}, b"")] * 4
        with pytest.raises(VendorBusy, match="502"):
            bench.call(made.id)
        assert bench.vendor.faults[DEALS] == []

    def test_tells_a_no_in_the_vendors_words_and_does_not_repeat_it(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.faults[DEALS] = [(403, {}, b'{"category":"MISSING_SCOPES","message":"This app lacks a scope."}')]
        with pytest.raises(VendorRefused, match="This app lacks a scope"):
            bench.call(made.id)
        assert bench.call(made.id)

    def test_follows_no_redirect(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.faults[DEALS] = [(302, {"location": f"{bench.vendor.base}/secret"}, b"")]
        with pytest.raises(VendorRefused, match="302"):
            bench.call(made.id)
        assert not any("secret" in path for _method, path, _headers in bench.vendor.seen)

    def test_refuses_a_page_in_place_of_json(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.faults[DEALS] = [(200, {"content-type": "text/html"}, b"<html>")]
        with pytest.raises(VendorUnreadable):
            bench.call(made.id)

    def test_waits_as_long_as_the_vendor_says_also_after_a_restart(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.faults[DEALS] = [(429, {"retry-after": "600"}, b"{}")]
        with pytest.raises(QuotaSpent) as spent:
            bench.call(made.id)
        assert spent.value.retry_after == 600
        bench.processes[-1].kill()
        bench.processes[-1].wait()
        bench.start()
        before = len(bench.vendor.seen)
        with pytest.raises(QuotaSpent) as again:
            bench.call(made.id)
        assert 300 < again.value.retry_after <= 600
        assert len(bench.vendor.seen) == before

    def test_makes_none_while_the_connection_is_paused(self, bench: Bench) -> None:
        made = bench.connect()
        with scope.enter(bench.company.owner), transaction.atomic():
            operations.pause(bench.company.owner, connection_id=made.id, now=now())
        with pytest.raises(ConnectionUnfit, match="paused"):
            bench.call(made.id)

    def test_pauses_the_connection_when_there_are_far_too_many(self, bench: Bench) -> None:
        made = bench.connect()
        bench.call(made.id)
        with superuser() as admin:
            admin.execute("UPDATE connectors_budget SET spent = 20000 WHERE began_at > now() - interval '1 hour'")
        with pytest.raises(ConnectionUnfit, match="was paused"):
            bench.call(made.id)
        paused = bench.look(made.id)
        assert (paused.state, paused.reason) == (State.PAUSED, Reason.ALARM)
        assert bench.entries()[-1] == ("connection:paused", "ok")


class TestCheck:
    def test_keeps_what_the_vendor_said_with_the_connection(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.faults["/account-info/2026-03/details"] = [(403, {}, b'{"message":"Not allowed."}')]
        with pytest.raises(VendorRefused):
            asking.ask(bench.company.owner, "check", connection=str(made.id))
        failed = bench.look(made.id)
        assert (failed.error_code, failed.error_words) == ("connectors.vendor_refused", "Not allowed.")
        assert bench.entries()[-1] == ("connection:checked", "failed")
        asking.ask(bench.company.owner, "check", connection=str(made.id))
        assert bench.look(made.id).error_code == ""
