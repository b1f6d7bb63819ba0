"""True progress: rows that are behind, of rows that there are."""

from auctor.crm.loading.run import Progress


class Watch:
    """Tells how far it is. Each row is counted three times: read, checked, written."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._rows = 0

    def expect(self, rows: int) -> None:
        """So many rows were read."""
        self._rows = rows
        self.tell("read", rows)

    def tell(self, what: str, rows: int) -> None:
        """So many rows are through this step."""
        if self._progress:
            before = {"read": 0, "checked": self._rows, "written": 2 * self._rows}[what]
            self._progress(what, before + rows, 3 * self._rows)
