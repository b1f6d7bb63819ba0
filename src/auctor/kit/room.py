"""Room on the disk, asked for before anything is written."""

import shutil
from pathlib import Path
from typing import ClassVar

from auctor.kit.errors import AuctorError

LEAST_FREE_BYTES = 256 * 1024 * 1024


class DiskFull(AuctorError):
    """There is no room to work in."""

    code: ClassVar[str] = "kit.disk_full"
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
