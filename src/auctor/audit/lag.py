"""How far sealing is behind in the whole installation, for `/metrics` and the doctor."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from auctor.audit.seal import LOCK

# An entry is sealed once the horizon of a round lies above its transaction.
WAITING = """
SELECT count(*), min(at) FROM audit.entry
WHERE xid >= coalesce((SELECT horizon FROM audit.round ORDER BY id DESC LIMIT 1), '0'::xid8)
"""


# The place of the sealer is a lock of the database, so it is free as soon as nobody seals.
ALIVE = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


@dataclass(frozen=True, slots=True)
class Lag:
    """`entries` wait to be sealed, the oldest for so many `seconds`; `is_sealed_by_somebody`: a sealer runs.

    Entries wait for every transaction that began before them, so a long one is seen here too.
    """

    entries: int
    seconds: float
    is_sealed_by_somebody: bool


def measure_lag(sealer_dsn: str) -> Lag:
    """Ask as the sealer, the only running role that sees the log of every workspace. Raises `psycopg.Error`."""
    with psycopg.connect(sealer_dsn, connect_timeout=5) as connection:
        count, oldest = connection.execute(WAITING).fetchone() or (0, None)
        alive = connection.execute(ALIVE, [LOCK]).fetchone() == (True,)
    return Lag(count, (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0, alive)
