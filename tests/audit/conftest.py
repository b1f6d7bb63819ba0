"""A sealer in the test's own process: rounds when the test says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from auctor.audit import epoch, upkeep
from auctor.audit.checkpoint import Publisher, catch_up
from auctor.audit.integrate import MOST_ENTRIES, Connection, Round, integrate, load_state
from auctor.audit.note import public_bytes
from auctor.tenancy.roles import dsn
from tests.audit.forge import KEY
from tests.conftest import superuser


class Bench:
    """The sealer's connection, key and files."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection = connection
        self.publisher = Publisher(folder)
        self.key: Ed25519PrivateKey = KEY
        self.start()

    def start(self) -> int:
        """As the process starts: returns the number of checkpoints that were still to be published."""
        now = datetime.now(UTC)
        epoch.start_first(self.connection, public_bytes(self.key), now=now)
        state = load_state(self.connection)
        assert state
        self.state = state
        return catch_up(self.connection, state, self.publisher, day=now.date())

    def seal(self, *, now: datetime | None = None, most: int = MOST_ENTRIES) -> Round | None:
        """One round, published."""
        done = self.integrate(now=now, most=most)
        if done:
            self.publisher.publish(done.id, done.note, day=(now or datetime.now(UTC)).date())
        return done

    def integrate(self, *, now: datetime | None = None, most: int = MOST_ENTRIES) -> Round | None:
        """One round, committed and not published."""
        return integrate(self.connection, self.state, self.key, now=now, most=most)

    def end_day(self, now: datetime) -> int:
        """What the process does when a new day begins."""
        return upkeep.anchor(self.connection, self.state, now=now)


@pytest.fixture
def sealer(committed: None, tmp_path: Path) -> Iterator[Bench]:
    words = dsn(settings.AUCTOR_SERVER, "auctor_sealer", settings.AUCTOR_DATA)
    with psycopg.connect(words, autocommit=True) as connection:
        yield Bench(connection, tmp_path)
    forget_old_days()


def forget_old_days() -> None:
    """Take away the partitions of the past that a test made."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with superuser() as admin:
        rows = admin.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
            " WHERE inhparent IN ('audit.entry'::regclass, 'audit.seal'::regclass, 'audit.round'::regclass)"
            " AND right(relname, 8) < %s",
            [f"{yesterday:%Y%m%d}"],
        ).fetchall()
        for (name,) in rows:
            admin.execute(f"DROP TABLE {name}")
