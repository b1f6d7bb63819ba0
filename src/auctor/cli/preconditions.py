"""What has to hold before anything is touched: room on the disk, a clock that is right."""

import shutil
import time
from pathlib import Path
from typing import ClassVar

from auctor.kit.errors import AuctorError

LEAST_FREE_BYTES = 256 * 1024 * 1024
# A changed time zone or a leap of time synchronisation is none of our business; a wrong day is.
LARGEST_LEAP_SECONDS = 3600.0


class DiskFull(AuctorError):
    """There is no room to work in."""

    code: ClassVar[str] = "cli.disk_full"
    status: ClassVar[int] = 500


class ClockWrong(AuctorError):
    """The machine's clock is behind what was already written."""

    code: ClassVar[str] = "cli.clock_wrong"
    status: ClassVar[int] = 500


def require_room(folder: Path) -> None:
    """Raise `DiskFull` unless 256 MiB are free where the folder is or will be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE_BYTES:
        raise DiskFull(
            f"The disk is full: {free // 2**20} MiB are free, {LEAST_FREE_BYTES // 2**20} MiB are needed.",
            where=str(folder),
            mend="Make room, or set AUCTOR_DATA to a folder on another disk. Nothing was changed.",
        )


def require_clock(folder: Path) -> None:
    """Raise `ClockWrong` when files of the folder were written later than now."""
    newest = max((path.lstat().st_mtime for path in folder.glob("*")), default=0.0) if folder.exists() else 0.0
    ahead = newest - time.time()
    if ahead > LARGEST_LEAP_SECONDS:
        raise ClockWrong(
            f"The clock is off: files here were written {ahead / 3600:.0f} hours after the present moment.",
            where=str(folder),
            mend="Set the clock (timedatectl set-ntp true), then start again. Nothing was changed.",
        )
