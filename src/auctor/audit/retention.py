"""Days leave the log ninety days after they were written, through the one function that can let them."""

import time
from datetime import date

import psycopg
from django.conf import settings

from auctor.audit import upkeep
from auctor.tenancy import roles

# The limits are raised first and signed by the sealer within a second; only then the day itself leaves.
ATTEMPTS = 5
PAUSE_SECONDS = 1.0


def prune_days() -> list[date]:
    """Drop every day that is due; returns those that left. The rest stays for the next call."""
    dsn = roles.dsn(settings.AUCTOR_SERVER, "auctor_retention", settings.AUCTOR_DATA)
    left: list[date] = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for attempt in range(ATTEMPTS):
            left += upkeep.prune(connection)
            if not connection.execute("SELECT 1 FROM audit.days_due() LIMIT 1").fetchone():
                break
            time.sleep(PAUSE_SECONDS if attempt < ATTEMPTS - 1 else 0)
    return left
