"""One holder per folder, kept by the kernel: the lock goes when the last process that has it open is gone."""

import fcntl
import os
import time
from pathlib import Path
from typing import ClassVar

from auctor.kit.errors import AuctorError

_NAME = "running.lock"
# A supervisor that was killed leaves a watchman that still holds the lock while it clears up.
_CLEARING_SECONDS = 5.0


class AlreadyRunning(AuctorError):
    """Another process holds the folder."""

    code: ClassVar[str] = "kit.already_running"
    status: ClassVar[int] = 409


class FolderLock:
    """The right to run in a folder. The file holds the number of the process that has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.descriptor = -1

    def acquire(self) -> None:
        """Take the folder, or raise `AlreadyRunning`. The remains of a killed holder are waited for."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _CLEARING_SECONDS
        while not _try_lock(descriptor):
            holder = _read_number(descriptor)
            if time.monotonic() > deadline or _is_alive(holder):
                os.close(descriptor)
                raise AlreadyRunning(
                    f"Already running, process {holder}.",
                    where=str(self._folder),
                    mend="Stop it first, or choose another data folder.",
                )
            time.sleep(0.1)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self.descriptor = descriptor

    def release(self) -> None:
        """Let the folder go."""
        if self.descriptor >= 0:
            os.truncate(self.descriptor, 0)
            os.close(self.descriptor)
            self.descriptor = -1


def find_holder(folder: Path) -> int | None:
    """The process that holds the folder now, or `None`."""
    path = folder / _NAME
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return None if _try_lock(descriptor) else _read_number(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_number(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else 0


def _is_alive(number: int) -> bool:
    if number <= 0:
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
