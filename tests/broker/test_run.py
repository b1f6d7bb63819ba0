"""The broker's process."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from auctor.broker import run
from auctor.connectors import operations
from auctor.connectors.records import State
from auctor.connectors.refusals import ConnectionUnfit
from auctor.tenancy import scope
from tests.broker.benches import Bench, now, opened
from tests.broker.twin import Twin, twin_running
from tests.broker.vendor import Vendor
from tests.cast import Company
from tests.connectors.wishes import WISH, registered

WEIGH = "import auctor.broker.run, sys; print(sorted({name.split('.')[0] for name in sys.modules}))"


class TestMain:
    def test_loads_no_framework(self) -> None:
        found = subprocess.run([sys.executable, "-P", "-c", WEIGH], capture_output=True, text=True, check=True).stdout
        for heavy in ("django", "procrastinate", "ninja", "structlog", "numpy", "pyarrow", "polars", "pydantic"):
            assert f"'{heavy}'" not in found

    def test_ends_when_it_is_told_to(self, bench: Bench) -> None:
        process = bench.processes[0]
        process.terminate()
        assert process.wait(60) == 0


class TestReadSettings:
    def test_takes_stand_ins_on_this_machine_only(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("AUCTOR_DATA", str(tmp_path))
        monkeypatch.setenv("AUCTOR_STAND_INS", '{"hubspot": "http://10.0.0.1:80"}')
        with pytest.raises(ValueError, match="this machine"):
            run.read_settings()


@pytest.fixture
def whole(committed: None, acme: Company) -> Iterator[tuple[Bench, Twin]]:
    with twin_running() as twin, opened(acme, Vendor(base=twin.told["address"])) as bench:
        yield bench, twin


class TestServe:
    def test_connects_reads_renews_and_leaves_the_stand_in_of_hubspot(self, whole: tuple[Bench, Twin]) -> None:
        bench, twin = whole
        owner = bench.company.owner
        with scope.enter(owner), transaction.atomic():
            registered(owner, client_id=twin.told["client_id"], secret=twin.told["client_secret"])
            begun = operations.begin_sign_in(owner, wish=WISH, now=now())
        made = bench.come_back(WISH, code=twin.allow(begun.address))
        assert (made.state, made.account_id) == (State.ACTIVE, twin.told["hub_id"])
        first = bench.call(made.id, query={"limit": 10})
        assert len(first["results"]) == 10  # type: ignore[arg-type]
        bench.expire(made.id)
        assert bench.call(made.id, query={"limit": 10}) == first
        with scope.enter(owner), transaction.atomic():
            ended = operations.disconnect(owner, connection_id=made.id)
        assert ended.confirmed == {"revoked": True, "uninstalled": True, "refused_old_token": True}
        assert ended.lives_until is None
        with pytest.raises(ConnectionUnfit):
            bench.call(made.id)
