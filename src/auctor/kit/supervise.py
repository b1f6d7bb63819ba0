"""One process that starts others, watches them, and leaves none behind.

    with Supervisor(folder) as supervisor:
        supervisor.start(database)
        migrate()
        supervisor.start(web)
        supervisor.watch()

Children run in sessions of their own (a Ctrl-C reaches the supervisor only) and are stopped in reverse order.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from auctor.kit.errors import AuctorError
from auctor.kit.launch import Watchman, bound_command
from auctor.kit.lockfile import FolderLock
from auctor.kit.logfiles import open_log, rotate, tail
from auctor.kit.stopsignals import Stopped, StopSignals

_PROBE_EVERY = 0.05
_WATCH_EVERY = 1.0
_LOG_LIMIT = 8 * 1024 * 1024
_BACK_OFF_FIRST = 0.5
_BACK_OFF_LIMIT = 15.0
# A run that lasted this long was healthy: the deaths before it are forgiven.
_HEALTHY_SECONDS = 60.0


class ChildFailed(AuctorError):
    """A child did not start, did not become ready, or died again and again."""

    code: ClassVar[str] = "kit.child_failed"
    status: ClassVar[int] = 500


@dataclass(frozen=True)
class Owner:
    """The operating system's user and group a child runs as; only root may name one."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Child:
    """One program to run. Times are seconds; `environment` is complete, `None` inherits the supervisor's.

    `ready` is asked every 50 ms until it is true. `stop_signal` is the polite request to end;
    `death_signal` is what the kernel sends when the supervisor itself was killed. `restarts` is how many
    deaths in a row are answered by starting again; 0 means that the first death stops everything.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    owner: Owner | None = None
    ready: Callable[[], bool] | None = None
    ready_within: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    death_signal: signal.Signals = signal.SIGTERM
    restarts: int = 5


class _Run:
    """A child and what happened to it so far."""

    def __init__(self, child: Child, log: Path) -> None:
        self.child = child
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_again_at = 0.0
        self.deaths = 0

    def note_death(self, now: float) -> None:
        if now - self.started_at >= _HEALTHY_SECONDS:
            self.deaths = 0
        self.deaths += 1
        self.start_again_at = now + min(_BACK_OFF_LIMIT, _BACK_OFF_FIRST * 2 ** (self.deaths - 1))


class Supervisor:
    """Holds the folder (one supervisor each) and its children. Use it from the main thread, as a context.

    Raises `AlreadyRunning` on entering when another supervisor holds the folder. A stop signal that arrives
    before `watch` leaves the context at once, quietly; `stopped` tells so afterwards.
    """

    def __init__(
        self, folder: Path, *, logs: Path | None = None, notice: Callable[[str], None] = lambda _line: None
    ) -> None:
        self._logs = logs or folder / "logs"
        self._notice = notice
        self._lock = FolderLock(folder)
        self._signals = StopSignals()
        self._runs: list[_Run] = []
        self._watchman: Watchman | None = None

    def __enter__(self) -> Self:
        self._lock.acquire()
        self._watchman = Watchman(keep_open=[self._lock.descriptor])
        self._signals.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.stop()
        self._signals.remove()
        if self._watchman:
            self._watchman.close()
        self._lock.release()
        return isinstance(error, Stopped)

    @property
    def stopped(self) -> bool:
        """Did somebody ask to stop?"""
        return self._signals.asked

    def start(self, child: Child) -> None:
        """Start a child and wait until it is ready. Raises `ChildFailed` with the end of its log."""
        self.launch(child)
        self.wait_until_ready(child)

    def launch(self, child: Child) -> None:
        """Start a child without waiting for it. Raises `ChildFailed` when there is no such program."""
        run = _Run(child, self._logs / f"{child.name}.log")
        self._runs.append(run)
        with self._signals.collected():
            self._spawn(run)
        self._signals.check()

    def wait_until_ready(self, child: Child) -> None:
        """Wait for a child that was launched. Raises `ChildFailed` with the end of its log."""
        run = next(run for run in self._runs if run.child is child)
        deadline = time.monotonic() + child.ready_within
        while child.ready and not child.ready():
            if run.process is None or run.process.poll() is not None:
                raise self._failure(run, f"{child.name} ended while starting ({_fate(run)}).")
            if time.monotonic() > deadline:
                raise self._failure(run, f"{child.name} was not ready after {child.ready_within:g} s.")
            time.sleep(_PROBE_EVERY)

    def processes(self) -> dict[str, int]:
        """Names and process numbers of the children that run now."""
        return {run.child.name: run.process.pid for run in self._runs if run.process}

    def watch(self) -> None:
        """Keep the children running until a stop signal. Raises `ChildFailed` when one cannot be kept."""
        with self._signals.collected():
            while not self._signals.asked:
                for run in self._runs:
                    self._tend(run)
                    rotate(run.log, limit=_LOG_LIMIT)
                self._signals.wait(self._pause())

    def stop(self) -> None:
        """Stop the children in reverse order. A second stop signal meanwhile kills instead of waiting."""
        with self._signals.collected():
            while self._runs:
                self._end(self._runs.pop())

    def _spawn(self, run: _Run) -> None:
        child = run.child
        with open_log(run.log) as log:
            try:
                run.process = subprocess.Popen(
                    bound_command(child.command, child.death_signal),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=dict(child.environment) if child.environment is not None else None,
                    cwd=child.folder,
                    start_new_session=True,
                    user=child.owner.uid if child.owner else None,
                    group=child.owner.gid if child.owner else None,
                    extra_groups=[] if child.owner else None,
                )
            except OSError as error:
                raise ChildFailed(
                    f"{child.name} could not be started: {error.strerror}.",
                    where=str(error.filename or child.command[0]),
                    mend="Check that the program exists and may be run.",
                ) from error
        run.started_at = time.monotonic()
        if self._watchman:
            self._watchman.add(run.process.pid)

    def _tend(self, run: _Run) -> None:
        """Notice a death, and start again what has waited long enough."""
        now = time.monotonic()
        if run.process is not None and run.process.poll() is not None:
            run.note_death(now)
            fate = _fate(run)
            self._bury(run)
            if run.deaths > run.child.restarts:
                raise self._failure(run, f"{run.child.name} {fate}, {run.deaths} times in a row.")
            self._notice(f"{run.child.name} {fate}; starting it again in {run.start_again_at - now:.1f} s")
        if run.process is None and now >= run.start_again_at:
            self._spawn(run)

    def _pause(self) -> float:
        """Until the next child is due; deaths and stop signals end the wait themselves."""
        due = [run.start_again_at for run in self._runs if run.process is None]
        return min([_WATCH_EVERY, *(max(0.0, moment - time.monotonic()) for moment in due)])

    def _end(self, run: _Run) -> None:
        if run.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            run.process.send_signal(run.child.stop_signal)
        deadline = time.monotonic() + run.child.stop_within
        while run.process.poll() is None and time.monotonic() < deadline and self._signals.count < 2:
            self._signals.wait(min(0.2, run.child.stop_within))
        self._bury(run)

    def _bury(self, run: _Run) -> None:
        """Kill what is left of the child's session: a dead server leaves its workers listening."""
        assert run.process is not None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()
        if self._watchman:
            self._watchman.remove(run.process.pid)
        run.process = None

    def _failure(self, run: _Run, message: str) -> ChildFailed:
        last = tail(run.log)
        said = f" Its last words:\n{last}\n" if last else " It said nothing."
        return ChildFailed(message + said, where=str(run.log), mend="Mend the cause and start again.")


def _fate(run: _Run) -> str:
    code = run.process.returncode if run.process else None
    if code is None:
        return "ended"
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
