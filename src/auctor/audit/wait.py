"""Seal before answering: wait until the sealer has passed what this transaction wrote."""

import logging
import time

from django.db import connection

MOST_SECONDS = 1.0
STEP_SECONDS = 0.02
CHANNEL = "audit_seal"

logger = logging.getLogger(__name__)


def until_sealed(xid: int, *, seconds: float = MOST_SECONDS) -> bool:
    """Wait until the committed transaction `xid` is sealed; False when the time was over.

    The answer is then given all the same: the entry is recorded and will be sealed when the sealer is back.
    """
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
        while not _is_sealed(cursor, xid):
            if time.monotonic() > end:
                logger.warning("a sensitive act was answered before it was sealed")
                return False
            time.sleep(STEP_SECONDS)
    return True


def _is_sealed(cursor: object, xid: int) -> bool:
    cursor.execute("SELECT horizon > %s::text::xid8 FROM audit.round ORDER BY id DESC LIMIT 1", [str(xid)])  # type: ignore[attr-defined]
    return bool(cursor.fetchone() == (True,))  # type: ignore[attr-defined]
