"""A vendor, a real broker process beside the test, and a connection between them."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from auctor.connectors import asking, frames, operations, queries
from auctor.connectors.operations import CameBack, Wish
from auctor.connectors.records import ConnectionRecord
from auctor.connectors.refusals import BrokerAway
from auctor.kit.launch import bound_command
from auctor.tenancy import scope
from tests.broker.vendor import Vendor
from tests.cast import Company
from tests.conftest import superuser
from tests.connectors.wishes import WISH, registered

SECONDS = 60.0


@dataclass
class Bench:
    """What a test of the whole way needs."""

    company: Company
    vendor: Vendor
    start: Callable[[], subprocess.Popen[bytes]]
    processes: list[subprocess.Popen[bytes]]

    def begin(self, name: str = "hubspot", *, state: str = WISH.state, connection_id: UUID | None = None) -> Wish:
        """Register a client and begin a sign-in, committed."""
        wish = replace(WISH, vendor=name, state=state, connection_id=connection_id)
        with scope.enter(self.company.owner), transaction.atomic():
            registered(self.company.owner, name)
            operations.begin_sign_in(self.company.owner, wish=wish, now=now())
        return wish

    def connect(self, name: str = "hubspot", **words: object) -> ConnectionRecord:
        """Go the whole way."""
        wish = self.begin(name, **words)  # type: ignore[arg-type]
        return self.come_back(wish)

    def come_back(self, wish: Wish, code: str = "code-1") -> ConnectionRecord:
        """As the browser does after the vendor's page."""
        back = CameBack(wish.vendor, wish.session, wish.state, code)
        with scope.enter(self.company.owner), transaction.atomic():
            return operations.finish_sign_in(self.company.owner, back=back, now=now())

    def look(self, connection_id: UUID) -> ConnectionRecord:
        """The connection as it stands."""
        with scope.enter(self.company.owner), transaction.atomic():
            return queries.access_connection(self.company.owner, connection_id)

    def call(self, connection_id: UUID, operation: str = "deals.list", **words: object) -> dict[str, object]:
        """One call through the broker."""
        answer = asking.ask(self.company.system, "call", connection=str(connection_id), operation=operation, **words)
        found: dict[str, object] = answer["answer"]
        return found

    def entries(self) -> list[tuple[str, str]]:
        """(action, outcome) of what was recorded about connections, in order."""
        with superuser() as admin:
            rows = admin.execute(
                "SELECT action, body::json->>'outcome' FROM audit.entry WHERE workspace_id = %s"
                " AND action LIKE 'connection:%%' ORDER BY at, id",
                [self.company.workspace_id],
            ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def expire(self, connection_id: UUID, *, seconds: float = 1) -> None:
        """The access token is over, in our books."""
        with superuser() as admin:
            admin.execute(
                "UPDATE connectors_grant SET due_at = now() - make_interval(secs => %s),"
                " expires_at = now() - make_interval(secs => %s) WHERE id = %s",
                [seconds, seconds, connection_id],
            )


def now() -> datetime:
    """The broker's clock cannot be stopped, so both must agree."""
    return datetime.now(UTC)


@contextmanager
def opened(company: Company, vendor: Vendor) -> Iterator[Bench]:
    """Broker processes for as long as the block lasts."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        where = settings.AUCTOR_SERVER
        words = {
            **os.environ,
            "AUCTOR_DATA": str(settings.AUCTOR_DATA),
            "AUCTOR_DATABASE_ADDRESS": f"postgresql:///{where.dbname}?host={where.host}",
            "AUCTOR_STAND_INS": json.dumps({"hubspot": vendor.base, "salesforce": vendor.base}),
        }
        # A file and no pipe: nobody reads it while the test runs.
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                bound_command([sys.executable, "-P", "-m", "auctor.broker"], signal.SIGKILL), env=words, stderr=log
            )
        started.append(process)
        wait_for_broker(company, process)
        return process

    start()
    try:
        yield Bench(company, vendor, start, started)
    finally:
        for process in started:
            process.kill()
            process.wait()
        Path(settings.AUCTOR_DATA).joinpath(*frames.SOCKET).unlink(missing_ok=True)


def wait_for_broker(company: Company, process: subprocess.Popen[bytes]) -> None:
    """Until it answers."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            asking.ask(company.system, "ping")
        except BrokerAway:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return
