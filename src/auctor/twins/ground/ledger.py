"""What was received: every request as it came, and what it got."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

from auctor.twins.ground.messages import Request

KEPT = 20_000


@dataclass(slots=True)
class Entry:
    """One request. `status` is 0 when nothing was answered; `fault` is the kind of fault it met."""

    number: int
    at: str
    method: str
    target: str
    headers: dict[str, str]
    body: str
    route: str = ""
    status: int = 0
    fault: str = ""


class Ledger:
    """The last requests, and counts of all."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._counts: Counter[tuple[str, int]] = Counter()
        self._number = 0

    def note(self, request: Request, at: str) -> Entry:
        """Write a request down; the caller adds what it got."""
        self._number += 1
        body = request.body.decode("utf-8", "replace")
        entry = Entry(self._number, at, request.method, request.target, dict(request.headers), body)
        self._entries.append(entry)
        return entry

    def count(self, entry: Entry) -> None:
        """Add a finished request to the counts."""
        self._counts[entry.route or f"{entry.method} unknown", entry.status] += 1

    def since(self, number: int) -> list[dict[str, Any]]:
        """The kept requests after that number."""
        return [asdict(entry) for entry in self._entries if entry.number > number]

    def counts(self) -> dict[str, dict[str, int]]:
        """Route, then status, then how often."""
        found: dict[str, dict[str, int]] = {}
        for (route, status), number in sorted(self._counts.items()):
            found.setdefault(route, {})[str(status)] = number
        return found

    def clear(self) -> None:
        """Forget; numbers go on."""
        self._entries.clear()
        self._counts.clear()
