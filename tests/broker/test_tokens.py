"""Codes for tokens, and tokens renewed: by one at a time, stored before they are used, never lost in silence."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections, transaction

from auctor.connectors import queries
from auctor.connectors.records import Reason, State
from auctor.connectors.refusals import ConnectionUnfit, SignInRefused, VendorBusy, VendorUnreadable
from auctor.connectors.shape import challenge
from auctor.tenancy import scope
from tests.broker.benches import Bench
from tests.conftest import superuser
from tests.connectors.wishes import WISH


class TestExchange:
    def test_makes_a_connection_and_asks_whose_account_it_is(self, bench: Bench) -> None:
        made = bench.connect()
        assert (made.state, made.reason) == (State.ACTIVE, Reason.NONE)
        assert (made.account_id, made.account_name) == ("7", "acme.example")
        assert made.scopes == ("oauth", "read")
        assert bench.entries() == [("connection:asked", "ok"), ("connection:made", "ok"), ("connection:checked", "ok")]

    def test_sends_the_proof_key_the_exact_redirect_address_and_the_client(self, bench: Bench) -> None:
        bench.connect()
        [form] = bench.vendor.forms
        assert form["redirect_uri"] == WISH.redirect
        assert challenge(form["code_verifier"]) == challenge(WISH.verifier)
        assert (form["client_id"], form["client_secret"]) == ("client-1", "secret-1")

    def test_keeps_tokens_where_no_text_of_them_is_found(self, bench: Bench) -> None:
        bench.connect()
        with superuser() as admin:
            [row] = admin.execute("SELECT sealed FROM connectors_grant").fetchall()
            left = admin.execute("SELECT count(*) FROM connectors_secret WHERE kind = 'verifier'").fetchone()
        assert b"access-1" not in row[0]
        assert left == (0,)

    def test_tells_the_vendors_words_and_uses_the_way_back_up(self, bench: Bench) -> None:
        wish = bench.begin()
        with pytest.raises(SignInRefused, match="The code is unknown"):
            bench.come_back(wish, code="wrong")
        with pytest.raises(SignInRefused, match="used already"):
            bench.come_back(wish)

    def test_tries_a_code_once_however_many_come_back_with_it(self, bench: Bench) -> None:
        wish = bench.begin()

        def come_back(_number: int) -> bool:
            try:
                return bench.come_back(wish).state is State.ACTIVE
            except SignInRefused:
                return False
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(come_back, range(4))) == [False, False, False, True]
        assert len(bench.vendor.forms) == 1


class TestFresh:
    def test_renews_once_however_many_ask(self, bench: Bench) -> None:
        made = bench.connect()
        bench.expire(made.id)
        with ThreadPoolExecutor(50) as pool:
            found = list(pool.map(lambda _number: bench.call(made.id), range(50)))
        assert len(found) == 50
        assert bench.vendor.refreshes == 1
        used = [headers["authorization"] for method, path, headers in bench.vendor.seen if "/deals" in path]
        assert set(used) == {"Bearer access-2"}

    def test_stores_the_new_refresh_token_before_it_is_used_and_keeps_the_former(self, bench: Bench) -> None:
        bench.vendor.rotates = True
        made = bench.connect("salesforce")
        for _turn in range(3):
            bench.expire(made.id)
            bench.call(made.id, "limits")
        assert bench.vendor.refreshes == 3
        with superuser() as admin:
            row = admin.execute(
                "SELECT version, former IS NOT NULL, former_until > now() FROM connectors_grant"
            ).fetchone()
        assert row == (4, True, True)

    def test_renews_a_token_that_the_vendor_no_longer_takes(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.access_tokens.clear()
        assert bench.call(made.id) == {"results": [{"id": "1"}]}
        assert bench.vendor.refreshes == 1

    def test_asks_to_sign_in_again_when_the_vendor_refuses_and_says_so(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.refresh_tokens.clear()
        bench.expire(made.id)
        with pytest.raises(ConnectionUnfit, match="needs sign in"):
            bench.call(made.id)
        lost = bench.look(made.id)
        assert (lost.state, lost.reason, lost.error_code) == (State.NEEDS_SIGN_IN, Reason.REFUSED, "invalid_grant")
        assert "The refresh token is not known." in lost.error_words
        assert bench.entries()[-1] == ("connection:lost", "ok")
        with pytest.raises(ConnectionUnfit):
            bench.call(made.id)
        assert bench.vendor.refreshes == 1

    def test_is_mended_by_signing_in_again(self, bench: Bench) -> None:
        made = bench.connect()
        bench.vendor.refresh_tokens.clear()
        bench.expire(made.id)
        with pytest.raises(ConnectionUnfit):
            bench.call(made.id)
        bench.vendor.codes.add("code-1")
        again = bench.connect(state="t" * 43, connection_id=made.id)
        assert (again.id, again.state, again.error_code) == (made.id, State.ACTIVE, "")
        assert bench.call(made.id)

    @pytest.mark.parametrize("status", [500, 429])
    def test_keeps_the_connection_when_the_vendor_only_fails(self, bench: Bench, status: int) -> None:
        made = bench.connect()
        bench.expire(made.id)
        bench.vendor.faults["/oauth/2026-03/token"] = [(status, {}, b"{}")]
        with pytest.raises(VendorBusy):
            bench.call(made.id)
        assert bench.look(made.id).state is State.ACTIVE
        assert bench.call(made.id)

    def test_keeps_the_connection_when_a_page_comes_in_place_of_a_token(self, bench: Bench) -> None:
        made = bench.connect()
        bench.expire(made.id)
        bench.vendor.faults["/oauth/2026-03/token"] = [(200, {"content-type": "text/html"}, b"<html>")]
        with pytest.raises(VendorUnreadable):
            bench.call(made.id)
        assert bench.call(made.id)

    def test_tells_a_kill_between_answer_and_commit(self, bench: Bench) -> None:
        bench.vendor.rotates = True
        made = bench.connect("salesforce")
        bench.expire(made.id)
        process = self._process(bench)
        bench.vendor.before_refresh_answer = process.kill
        with pytest.raises(Exception, match="broker"):
            bench.call(made.id, "limits")
        process.wait()
        bench.vendor.before_refresh_answer = lambda: None
        bench.start()
        with pytest.raises(ConnectionUnfit, match="needs sign in"):
            bench.call(made.id, "limits")
        lost = bench.look(made.id)
        assert (lost.state, lost.reason) == (State.NEEDS_SIGN_IN, Reason.CUT)

    def _process(self, bench: Bench) -> subprocess.Popen[bytes]:
        return bench.processes[-1]

    def test_goes_on_after_a_kill_where_the_refresh_token_stays_the_same(self, bench: Bench) -> None:
        made = bench.connect()
        bench.expire(made.id)
        process = self._process(bench)
        bench.vendor.before_refresh_answer = process.kill
        with pytest.raises(Exception, match="broker"):
            bench.call(made.id)
        process.wait()
        bench.vendor.before_refresh_answer = lambda: None
        bench.start()
        assert bench.call(made.id)
        with superuser() as admin:
            details = admin.execute(
                "SELECT body::json->'details'->>'after_a_cut' FROM audit.entry WHERE action = 'connection:renewed'"
            ).fetchall()
        assert details == [("true",)]

    def test_does_not_touch_a_strangers_connection(self, bench: Bench, borealis: object) -> None:
        made = bench.connect()
        stranger = replace(bench, company=borealis)  # type: ignore[arg-type]
        with pytest.raises(ConnectionUnfit, match="no such connection"):
            stranger.call(made.id)
        with scope.enter(stranger.company.owner), transaction.atomic(), pytest.raises(queries.NoConnection):
            queries.access_connection(stranger.company.owner, made.id)
