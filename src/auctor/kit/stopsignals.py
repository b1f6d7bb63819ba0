"""Stop signals, raised while something is being started and collected while something is being watched."""

import contextlib
import os
import select
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A stop signal arrived. Like KeyboardInterrupt it is no error, and passes by `except Exception`."""


class StopSignals:
    """Handlers for SIGINT, SIGTERM, SIGHUP and SIGCHLD; a pipe wakes `wait`, so that none falls between."""

    def __init__(self) -> None:
        self.count = 0
        self._collecting = 0
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], Any] | int | None] = {}
        self._reader = -1
        self._writer = -1
        self._wakeup_before = -1

    @property
    def asked(self) -> bool:
        """Has somebody asked to stop?"""
        return self.count > 0

    def install(self) -> None:
        """Take the signals over. Main thread only."""
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._wakeup_before = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in _STOPPING:
            self._before[number] = signal.signal(number, self._on_stop)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def remove(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self._reader)
        os.close(self._writer)

    def check(self) -> None:
        """Raise `Stopped` when a stop was asked for while signals were collected."""
        if self.asked:
            raise Stopped

    @contextlib.contextmanager
    def collected(self) -> Iterator[None]:
        """Inside, stop signals are counted; outside they raise `Stopped`."""
        self._collecting += 1
        try:
            yield
        finally:
            self._collecting -= 1

    def wait(self, seconds: float) -> None:
        """Sleep, but not past a signal."""
        if select.select([self._reader], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._reader, 4096)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if not self._collecting:
            raise Stopped
