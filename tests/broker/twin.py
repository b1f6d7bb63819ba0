"""The stand-in of HubSpot beside a test."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.connectors.wishes import WISH


@dataclass
class Twin:
    """What the stand-in says of itself."""

    told: dict[str, Any]

    def allow(self, address: str) -> str:
        """The person says yes on the vendor's page; the code that the browser brings back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        answer = httpx2.post(self.told["authorize"], data={**asked, "decision": "allow"}, timeout=60)
        back = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        assert back["state"] == WISH.state
        return back["code"]


@contextmanager
def twin_running() -> Iterator[Twin]:
    """A small company, for as long as the block lasts."""
    command = [sys.executable, "-P", "-m", "auctor.twins", "hubspot", "--port", "0", "--leash", "--deals", "30"]
    with subprocess.Popen(
        [*command, "--redirect", WISH.redirect], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Twin(json.loads(process.stdout.readline()))
        process.stdin.close()
        process.wait(60)
