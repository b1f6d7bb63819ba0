"""How far sealing is behind in the whole installation, for `/metrics` and the doctor."""

from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

# An entry is sealed once the horizon of a round lies above its transaction.
WAITING = """
SELECT count(*), min(at) FROM audit.entry
WHERE xid >= coalesce((SELECT horizon FROM audit.round ORDER BY id DESC LIMIT 1), '0'::xid8)
"""


@dataclass(frozen=True, slots=True)
class Lag:
    """`entries` wait to be sealed, the oldest for so many `seconds`."""

    entries: int
    seconds: float


def measure_lag(sealer_dsn: str) -> Lag:
    """Ask as the sealer, the only running role that sees the log of every workspace. Raises `psycopg.Error`."""
    with psycopg.connect(sealer_dsn, connect_timeout=5) as connection:
        row = connection.execute(WAITING).fetchone()
    count, oldest = row or (0, None)
    return Lag(count, (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0)
