"""The stand-in's own time: it runs, stands still or jumps as a test wants."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset, or one frozen moment. `skew` only falsifies the Date header."""

    def __init__(self, at: datetime | None = None, *, frozen: bool = False) -> None:
        self.skew = timedelta()
        self._frozen: datetime | None = None
        self._offset = timedelta()
        self.set(at, frozen=frozen)

    def now(self) -> datetime:
        """Aware, UTC, whole milliseconds: no vendor here tells finer."""
        moment = self._frozen or datetime.now(UTC) + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def set(self, at: datetime | None, *, frozen: bool = False) -> None:
        """Jump to `at`, or back to real time; go on from there, or stand still."""
        moment = at or datetime.now(UTC)
        self._offset = moment - datetime.now(UTC) if at else timedelta()
        self._frozen = moment if frozen else None

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        step = timedelta(seconds=seconds)
        if self._frozen:
            self._frozen += step
        self._offset += step

    def shown(self) -> datetime:
        """What the Date header says."""
        return self.now() + self.skew
