"""True progress: rows that are behind, of rows that there are."""

from collections.abc import Callable

# (what is being done, rows done, rows in all).
Progress = Callable[[str, int, int], None]


class Watch:
    """Tells how far it is. Each row is counted three times: read, checked, written (or found unchanged)."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._rows = 0
        self._written = 0

    def expect(self, rows: int) -> None:
        """So many rows were read."""
        self._rows = rows
        self._tell("read", rows)

    def checked(self) -> None:
        """All rows were checked."""
        self._tell("checked", 2 * self._rows)

    def advance(self, rows: int) -> None:
        """So many more rows were compared or written."""
        self._written = min(self._written + rows, self._rows)
        self._tell("written", 2 * self._rows + self._written)

    def _tell(self, what: str, done: int) -> None:
        if self._progress:
            self._progress(what, done, 3 * self._rows)
