"""The sealer's process: `python -m auctor.audit.seal`. One at a time, a round every half second.

Small on purpose: psycopg and one signature, no Django. Its settings are these variables of the environment:
AUCTOR_DATA, AUCTOR_DATABASE_ADDRESS (or DATABASE_URL) and AUCTOR_WITNESS_FOLDER.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auctor.audit import epoch, upkeep
from auctor.audit.checkpoint import Publisher, catch_up, load_key
from auctor.audit.integrate import Connection, State, integrate, load_state, utc_day
from auctor.audit.note import public_bytes
from auctor.kit.errors import AuctorError
from auctor.tenancy import roles, server

INTERVAL = 0.5
# Any number; the sealers of all installations use it in their own database.
LOCK = 0x41554449
CHANNEL = "audit_seal"


@dataclass
class Sealer:
    """Seals one database until it is told to stop."""

    dsn: str
    data: Path
    witness: Path | None = None
    interval: float = INTERVAL
    is_stopping: bool = False
    say: Callable[[str, str], None] = lambda _level, _text: None

    def run(self) -> None:
        """Go on until stopped; a lost connection is made again. Raises AuctorError when sealing would be wrong."""
        key = load_key(self.data)
        publisher = Publisher(self.data, self.witness)
        while not self.is_stopping:
            try:
                with psycopg.connect(self.dsn, autocommit=True) as connection:
                    self._seal_until_lost(connection, key, publisher)
            except psycopg.OperationalError as error:
                self.say("warning", f"the database is not there: {type(error).__name__}")
                self._pause(1.0)

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End after the round that runs."""
        self.is_stopping = True

    def _seal_until_lost(self, connection: Connection, key: Ed25519PrivateKey, publisher: Publisher) -> None:
        if not self._lock(connection):
            return
        now = datetime.now(UTC)
        upkeep.create_days(connection, today=utc_day(now))
        epoch.start_first(connection, public_bytes(key), now=now)
        state = load_state(connection)
        assert state
        count = catch_up(connection, state, publisher, day=utc_day(now))
        self.say("info", f"sealing from round {state.round_id + 1}; {count} checkpoints were still to be published")
        connection.execute(f"LISTEN {CHANNEL}")
        day: date | None = None
        while not self.is_stopping:
            if day != (today := utc_day(datetime.now(UTC))):
                self._keep_up(connection, state, publisher, today)
                day = today
            if not self._round(connection, state, key, publisher):
                # Somebody who waits for a seal asks for the next round at once.
                for _ in connection.notifies(timeout=self.interval, stop_after=1):
                    pass

    def _lock(self, connection: Connection) -> bool:
        while not self.is_stopping:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
            if row == (True,):
                return True
            self._pause(self.interval)
        return False

    def _round(self, connection: Connection, state: State, key: Ed25519PrivateKey, publisher: Publisher) -> bool:
        """True when more is waiting."""
        done = integrate(connection, state, key)
        if done is None:
            return False
        if not publisher.publish(done.id, done.note, day=utc_day(datetime.now(UTC))):
            self.say("warning", "the witness folder cannot be written; checkpoints are published here only")
        return done.is_full

    def _keep_up(self, connection: Connection, state: State, publisher: Publisher, today: date) -> None:
        upkeep.create_days(connection, today=today)
        upkeep.anchor(connection, state, now=datetime.now(UTC))
        publisher.thin(today)
        self.say("info", f"the days before {today} are anchored")

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.is_stopping and time.monotonic() < end:
            time.sleep(0.05)


def say(level: str, text: str) -> None:
    """One line of the log, in the form of the other processes."""
    line = {"timestamp": datetime.now(UTC).isoformat(), "level": level, "event": text, "logger": "auctor.audit.seal"}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def main() -> int:
    """Seal until SIGTERM or SIGINT; 1 when sealing has to stop, with the reason in the log."""
    data = Path(os.environ["AUCTOR_DATA"])
    where = server.locate(data, os.environ.get("AUCTOR_DATABASE_ADDRESS") or os.environ.get("DATABASE_URL", ""))
    witness = os.environ.get("AUCTOR_WITNESS_FOLDER")
    sealer = Sealer(
        dsn=roles.dsn(where, "auctor_sealer", data),
        data=data,
        witness=Path(witness) if witness else None,
        say=say,
    )
    signal.signal(signal.SIGTERM, sealer.stop)
    signal.signal(signal.SIGINT, sealer.stop)
    try:
        sealer.run()
    except (AuctorError, OSError) as error:
        say("error", str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
