"""The broker's process: settings from the environment, one event loop, until it is told to stop.

Small on purpose: psycopg, an HTTP client and the keys; no Django. Its settings are these variables of the environment:
AUCTOR_DATA, AUCTOR_DATABASE_ADDRESS (or DATABASE_URL), AUCTOR_ROOT_KEY_URI, AUCTOR_ROOT_KEY_CREDENTIALS and
AUCTOR_STAND_INS.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import stamina

from auctor.broker.calls import Caller
from auctor.broker.ending import Ender
from auctor.broker.limits import Limits
from auctor.broker.patience import Patience
from auctor.broker.server import Server
from auctor.broker.store import Store, open_pool
from auctor.broker.tokens import Keeper
from auctor.broker.wire import Wire
from auctor.connectors import frames
from auctor.kit.errors import AuctorError
from auctor.kit.lockfile import FolderLock
from auctor.kit.loopback import require_loopback
from auctor.tenancy import roles, server
from auctor.vault import keyring, startup

Say = Callable[[str, str], None]
SWEEP_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process needs to know."""

    data: Path
    dsn: str
    context_key: bytes
    stand_ins: dict[str, str]
    patience: Patience = field(default_factory=Patience)


def read_settings() -> Settings:
    """From the environment. Raises ValueError for a stand-in that is not on this machine."""
    data = Path(os.environ["AUCTOR_DATA"])
    where = server.locate(data, os.environ.get("AUCTOR_DATABASE_ADDRESS") or os.environ.get("DATABASE_URL", ""))
    stand_ins = json.loads(os.environ.get("AUCTOR_STAND_INS") or "{}")
    for address in stand_ins.values():
        require_loopback(address)
    return Settings(data, roles.dsn(where, "auctor_broker", data), roles.context_key(data), stand_ins)


def open_keys(data: Path) -> None:
    """Say where this process has its keys from; none is read before it is needed."""
    credentials = os.environ.get("AUCTOR_ROOT_KEY_CREDENTIALS")
    uri = os.environ.get("AUCTOR_ROOT_KEY_URI", "")
    keyring.install(lambda: startup.open_vault(data, uri=uri, credentials=Path(credentials) if credentials else None))


async def serve(settings: Settings, say: Say, *, stop: asyncio.Event) -> None:
    """Answer until `stop` is set; calls that are under way are finished first."""
    stamina.instrumentation.set_on_retry_hooks(())
    pool = open_pool(settings.dsn)
    await pool.open(wait=True, timeout=60)
    store, wire = Store(pool, context_key=settings.context_key), Wire(stand_ins=settings.stand_ins)
    limits = Limits(store)
    keeper = Keeper(store, wire, utc_now)
    caller = Caller(store, wire, keeper, limits, utc_now, patience=settings.patience)
    door = await Server(keeper, caller, Ender(store, wire, utc_now), say).open(settings.data.joinpath(*frames.SOCKET))
    sweeping = asyncio.create_task(_sweep(limits, say))
    say("info", "calls to vendors may be asked for")
    try:
        await stop.wait()
    finally:
        door.close()
        sweeping.cancel()
        await wire.close()
        await pool.close()


async def _sweep(limits: Limits, say: Say) -> None:
    while True:
        try:
            await limits.forget(now=utc_now())
        except psycopg.Error as error:
            say("warning", f"old counters stay for now: {type(error).__name__}")
        await asyncio.sleep(SWEEP_SECONDS)


def utc_now() -> datetime:
    """The clock of the process."""
    return datetime.now(UTC)


def say(level: str, text: str) -> None:
    """One line of JSON, as the other processes write theirs."""
    line = {"timestamp": utc_now().isoformat(), "level": level, "logger": "auctor.broker", "event": text}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def main() -> int:
    """Run until SIGTERM or SIGINT. One broker for each data folder."""
    settings = read_settings()
    open_keys(settings.data)
    place = FolderLock(settings.data / frames.SOCKET[0])
    try:
        place.acquire()
        return asyncio.run(_until_stopped(settings))
    except AuctorError as error:
        say("error", str(error))
        return 1
    finally:
        place.release()


async def _until_stopped(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, say, stop=stop)
    return 0
