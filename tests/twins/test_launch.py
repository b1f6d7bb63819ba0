"""Each stand-in starts alone, from the shell, without the product."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from auctor.twins.launch import VENDORS, Wish, open_server
from tests.twins.doors import TODAY

OF_OURS = "import sys; sys.exit(any(m.startswith('auctor.') and not m.startswith('auctor.twins') for m in sys.modules))"


@contextmanager
def started(*words: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    command = [sys.executable, "-P", "-m", "auctor.twins", *words, "--leash"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())
        child.kill()


class TestMain:
    @pytest.mark.parametrize("vendor", sorted(VENDORS))
    def test_serves_until_its_starter_is_gone(self, vendor: str) -> None:
        with started(vendor, "--port", "0", "--deals", "2", "--secret", "s") as (child, told):
            assert told["secret"] == "s"
            assert httpx2.get(f"{told['control']}credentials", headers={"X-Twin-Secret": "s"}).status_code == 200
            assert child.stdin is not None
            child.stdin.close()
            assert child.wait(timeout=60) == 0

    def test_refuses_a_plan_that_it_cannot_follow(self, tmp_path: Path) -> None:
        plan = tmp_path / "plan.json"
        plan.write_text('{"faults": [{"on": "*", "kind": "explode"}]}')
        command = [sys.executable, "-P", "-m", "auctor.twins", "hubspot", "--port", "0", "--fault", str(plan)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "explode" in done.stderr


class TestOpenServer:
    @pytest.mark.parametrize(("vendor", "kind"), [("hubspot", "deals"), ("salesforce", "Opportunity")])
    def test_gives_the_same_company_every_time(self, vendor: str, kind: str) -> None:
        def company(seed: int) -> Any:
            server = open_server(Wish(vendor, deals=4, now=TODAY, seed=seed))
            server.server_close()
            return server.twin.acts()["truth"]({"type": kind})

        assert company(1) == company(1)
        assert company(1) != company(2)

    def test_loads_nothing_of_the_product(self) -> None:
        code = f"from auctor.twins.launch import Wish, open_server; open_server(Wish('hubspot', deals=1)); {OF_OURS}"
        subprocess.run([sys.executable, "-P", "-c", code], check=True)
