"""What has to hold before anything is touched: a clock that is right."""

import time
from pathlib import Path
from typing import ClassVar

from auctor.kit.errors import AuctorError

# A changed time zone or a leap of time synchronisation is none of our business; a wrong day is.
LARGEST_LEAP_SECONDS = 3600.0


class ClockWrong(AuctorError):
    """The machine's clock is behind what was already written."""

    code: ClassVar[str] = "cli.clock_wrong"
    status: ClassVar[int] = 500


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
