"""How many calls a vendor takes in a rolling window."""

from collections import deque
from datetime import datetime, timedelta


class Window:
    """At most `limit` calls in any `seconds`; a limit of zero means none is refused."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.length = timedelta(seconds=seconds)
        self._calls: deque[datetime] = deque()

    def take(self, now: datetime) -> bool:
        """Count one call, or refuse it; what is refused does not count."""
        if self.limit and self.left(now) <= 0:
            return False
        self._calls.append(now)
        return True

    def left(self, now: datetime) -> int:
        """How many calls the window still takes."""
        while self._calls and now - self._calls[0] >= self.length:
            self._calls.popleft()
        return self.limit - len(self._calls)

    def used(self, now: datetime) -> int:
        """How many calls are in the window."""
        return self.limit - self.left(now)
