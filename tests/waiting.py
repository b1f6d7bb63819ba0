"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable


def wait_until(true: Callable[[], bool], *, seconds: float = 90) -> float:
    """Wait, and return how long it took; the limit is patience with a busy machine."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.02)
    return time.monotonic() - begun
