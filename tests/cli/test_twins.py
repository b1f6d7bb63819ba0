"""`auctor twins up`: a process for each vendor, none of which outlives the command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2

from tests.waiting import wait_until

AUCTOR = [sys.executable, "-P", "-m", "auctor", "twins", "up"]
FREE = ["--vendor", "salesforce", "--port", "0"]


def listens(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/services/data").status_code == 200
    except httpx2.TransportError:
        return False


class TestUp:
    def test_leaves_no_server_behind_when_it_is_killed(self) -> None:
        with subprocess.Popen([*AUCTOR, *FREE, "--json"], stdout=subprocess.PIPE) as command:
            assert command.stdout is not None
            told = json.loads(command.stdout.readline())
            assert listens(told["address"])
            command.kill()
        wait_until(lambda: not listens(told["address"]))

    def test_says_why_one_did_not_start(self, tmp_path: Path) -> None:
        plan = tmp_path / "plan.json"
        plan.write_text('{"faults": [{"on": "*", "kind": "explode"}]}')
        done = subprocess.run([*AUCTOR, *FREE, "--fault", str(plan)], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "explode" in done.stderr
        assert "did not start" in done.stderr

    def test_knows_its_vendors(self) -> None:
        plain = {**os.environ, "NO_COLOR": "1"}
        done = subprocess.run([*AUCTOR, "--vendor", "nobody"], capture_output=True, text=True, check=False, env=plain)
        assert done.returncode == 2
        assert "hubspot" in done.stderr
