"""The end of a connection."""

import pytest
from django.db import transaction

from auctor.connectors import operations
from auctor.connectors.records import ConnectionRecord, Reason, State
from auctor.connectors.refusals import ConnectionUnfit
from auctor.tenancy import scope
from tests.broker.benches import Bench
from tests.conftest import superuser


def disconnect(bench: Bench, made: ConnectionRecord) -> ConnectionRecord:
    with scope.enter(bench.company.owner), transaction.atomic():
        return operations.disconnect(bench.company.owner, connection_id=made.id)


class TestRevoke:
    def test_takes_the_tokens_first_and_says_what_the_vendor_confirmed(self, bench: Bench) -> None:
        ended = disconnect(bench, bench.connect())
        assert (ended.state, ended.reason) == (State.DISCONNECTED, Reason.PERSON)
        assert ended.confirmed == {"revoked": True, "uninstalled": True, "refused_old_token": True}
        assert ended.lives_until is None
        assert bench.vendor.refresh_tokens == set()
        assert bench.entries()[-2:] == [("connection:revoked", "ok"), ("connection:tried", "ok")]
        with superuser() as admin:
            row = admin.execute("SELECT state, sealed, former FROM connectors_grant").fetchone()
        assert row == ("revoked", None, None)

    def test_makes_every_further_call_impossible(self, bench: Bench) -> None:
        made = bench.connect()
        disconnect(bench, made)
        with pytest.raises(ConnectionUnfit, match="disconnected"):
            bench.call(made.id)
        with pytest.raises(ConnectionUnfit, match="ended already"):
            disconnect(bench, made)

    def test_says_until_when_a_token_could_live_that_the_vendor_still_takes(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.forgets_uninstall = True
        ended = disconnect(bench, made)
        assert ended.confirmed["refused_old_token"] is False
        assert ended.lives_until is not None
        assert bench.entries()[-1] == ("connection:tried", "failed")

    def test_ends_it_here_also_when_the_vendor_does_not_answer(self, bench: Bench) -> None:
        made = bench.connect()
        broken: list[tuple[int, dict[str, str], bytes]] = [(0, {}, b"")]
        for path in ("/oauth/2026-03/token/revoke", "/appinstalls/2026-03/external-install"):
            bench.vendor.faults[path] = list(broken)
        bench.vendor.faults["/account-info/2026-03/details"] = list(broken)
        ended = disconnect(bench, made)
        assert ended.state is State.DISCONNECTED
        assert ended.confirmed == {"revoked": False, "uninstalled": False, "refused_old_token": False}

    def test_ends_one_that_was_never_signed_in(self, bench: Bench) -> None:
        bench.begin()
        with superuser() as admin:
            [(key,)] = admin.execute("SELECT id FROM connectors_connection").fetchall()
        assert disconnect(bench, bench.look(key)).confirmed == {}
