"""The API keeps what its description says: every check of schemathesis against the real server."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from auctor.api.application import describe
from auctor.tenancy.permissions import Permission
from tests.api.calling import token_for
from tests.api.serving import Served, served
from tests.cast import Company
from tests.conftest import superuser

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
SECONDS = 40
SEED = "20260302"


@contextmanager
def patience(token_id: Any) -> Iterator[None]:
    """Nothing of the product is in the way of so many calls: limits are forgotten, the token stays valid."""
    ended = threading.Event()

    def forget() -> None:
        with superuser() as admin:
            while not ended.wait(0.2):
                admin.execute("DELETE FROM identity_ratelimit")
                admin.execute("UPDATE identity_apitoken SET revoked_at = NULL WHERE id = %s", [token_id])

    thread = threading.Thread(target=forget)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def run_schemathesis(server: Served, token: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
            *("run", f"{server.origin}/api/v1/openapi.json"),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--max-time", str(SECONDS)),
            *("--header", f"Authorization: Bearer {token}", "--tls-verify", str(server.authority)),
            *("--seed", SEED, "--continue-on-failure", "--generation-database", "none"),
            *("--report", "json", "--report-json-path", str(folder / "report.json"), "--no-color"),
        ],
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


class TestComplete:
    def test_is_valid_openapi_3_1(self) -> None:
        OPENAPI_31_VALIDATOR.validate(describe())
        assert describe()["openapi"].startswith("3.1")

    def test_tells_each_operation_s_permission_and_problems(self) -> None:
        for operations in describe()["paths"].values():
            for method, operation in operations.items():
                assert operation["x-permission"] in set(Permission)
                assert {"401", "403", "429", "500"} <= set(operation["responses"])
                takes_key = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
                assert takes_key == (method != "get")

    @pytest.mark.usefixtures("committed")
    def test_is_kept_by_the_running_server(self, acme: Company, tmp_path: Path) -> None:
        made = token_for(acme.owner)
        with served(tmp_path) as server, patience(made.record.id):
            done = run_schemathesis(server, made.secret, tmp_path)
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
