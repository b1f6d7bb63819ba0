"""How often and how long a vendor is asked again, and when it is left alone for a while."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import stamina

from auctor.broker.wire import Answer
from auctor.connectors.refusals import VendorBusy

# What is worth another try: too many requests, locked, gateways and the vendor's own failures.
AGAIN = frozenset({408, 423, 425, 429, 477, 500, 502, 503, 504})
# A longer wait is not slept through by a caller: it is told when to come again.
LONGEST_WAIT = 20.0
OPENS_AFTER = 5
STAYS_OPEN = 30.0


class Again(Exception):
    """The answer, or that there was none, is worth another try; `seconds` when the vendor said how long to wait."""

    def __init__(self, why: str, *, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a call is tried, and the waits between: from `initial` on, doubled, with as much chance as `jitter`."""

    attempts: int = 4
    initial: float = 0.5
    longest: float = LONGEST_WAIT
    jitter: float = 1.0

    def tries(self) -> AsyncIterator[Any]:
        """The tries of one call; each is a context that takes `Again` for itself until the last."""
        return stamina.retry_context(
            on=_wait_or_again,
            attempts=self.attempts,
            timeout=None,
            wait_initial=self.initial,
            wait_max=self.longest,
            wait_jitter=self.jitter,
        ).__aiter__()


def _wait_or_again(error: Exception) -> bool | float:
    if not isinstance(error, Again):
        return False
    return True if error.seconds is None else max(error.seconds, 0.0)


def retry_after(answer: Answer) -> float | None:
    """Seconds of `Retry-After`, when it is a plain number; dates of a foreign clock are not believed."""
    said = answer.headers.get("retry-after", "").strip()
    return float(said) if said.replace(".", "", 1).isdecimal() and len(said) < 8 else None


@dataclass
class Breaker:
    """Leaves a vendor's host alone for a while after calls failed one after the other. One call then tries it."""

    clock: Callable[[], float] = time.monotonic
    _failures: dict[str, int] = field(default_factory=dict)
    _closed_until: dict[str, float] = field(default_factory=dict)

    def require_closed(self, host: str) -> None:
        """Raises `VendorBusy` while the host is left alone."""
        left = self._closed_until.get(host, 0.0) - self.clock()
        if left > 0:
            raise VendorBusy("The vendor failed several times in a row and is left alone for now.", retry_after=left)
        if host in self._closed_until:
            # The one that tries: whoever comes meanwhile waits for what it finds.
            self._closed_until[host] = self.clock() + STAYS_OPEN

    def succeeded(self, host: str) -> None:
        """It answers again."""
        self._failures.pop(host, None)
        self._closed_until.pop(host, None)

    def failed(self, host: str) -> None:
        """A call failed after all its tries."""
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] >= OPENS_AFTER:
            self._closed_until[host] = self.clock() + STAYS_OPEN


TRANSPORT = (httpx2.TransportError, TimeoutError)
