"""Starts one stand-in: makes its server, fills it, and says how to reach it. Vendors are loaded by name."""

import importlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import SystemRandom
from typing import Any, BinaryIO

from auctor.twins.company.tables import DEALS, SEED
from auctor.twins.ground.faults import Plan
from auctor.twins.ground.server import Server
from auctor.twins.ground.twin import Options, Twin

# Where each one listens when nobody says otherwise.
VENDORS = {"hubspot": 8461, "salesforce": 8462}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a stand-in is wanted. `port` 0 takes a free one; without `secret` one is drawn."""

    vendor: str
    port: int = 0
    secret: str = ""
    seed: int = SEED
    deals: int = DEALS
    now: datetime | None = None
    has_quota: bool = True
    faults: Path | None = None
    redirects: Sequence[str] = ()


def open_server(wish: Wish) -> Server:
    """A server that is ready and not yet serving. Raises KeyError for an unknown vendor, OSError for a taken port,
    BadPlan or OSError for a fault plan that cannot be read."""
    if wish.vendor not in VENDORS:
        raise KeyError(wish.vendor)
    plan = Plan(json.loads(wish.faults.read_text(encoding="utf-8"))) if wish.faults else Plan()
    server = Server(wish.port)
    secret = wish.secret or f"{SystemRandom().getrandbits(128):032x}"
    options = Options(server.address, secret, wish.seed, wish.deals, now=wish.now, has_quota=wish.has_quota)
    twin: Twin = importlib.import_module(f"auctor.twins.{wish.vendor}.app").build(options)
    twin.plan = plan
    if wish.redirects:
        client_id = twin.credentials()["client_id"]
        twin.acts()["client"]({"id": client_id, "redirects": list(wish.redirects)})
    server.twin = twin
    return server


def told(server: Server) -> dict[str, Any]:
    """What somebody needs to reach it, the secret of the control door among it."""
    return {
        "vendor": server.twin.name,
        "address": server.address,
        "control": f"{server.address}/_twin/",
        "secret": server.twin.options.secret,
        **server.twin.credentials(),
    }


def serve_until_stopped(server: Server, *, leash: BinaryIO | None = None) -> None:
    """Serve until Ctrl-C, or until the other end of the leash is gone: a killed parent leaves no server behind."""
    server.start()
    with suppress(KeyboardInterrupt):
        while leash is None or leash.read(1):
            time.sleep(0 if leash else 3600)
    server.stop()
