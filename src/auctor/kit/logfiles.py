"""Log files of other programs: opened for them, cut when they grow, read from the end on failure."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

_TAIL_BYTES = 16 * 1024


def open_log(path: Path) -> BinaryIO:
    """Open for appending (so that `rotate` can cut the file under the writer), readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "ab", buffering=0)


def rotate(path: Path, *, limit: int, keep: int = 3) -> bool:
    """Move the content to `path.1` (and `.1` to `.2` …) when it is longer than `limit` bytes; tell if so.

    The writer keeps its open file, so the content is copied and the file cut; lines written in between
    are lost.
    """
    if not path.exists() or path.stat().st_size <= limit:
        return False
    for number in range(keep - 1, 0, -1):
        older = _numbered(path, number)
        if older.exists():
            older.replace(_numbered(path, number + 1))
    first = _numbered(path, 1)
    first.touch(mode=0o600)
    shutil.copyfile(path, first)
    os.truncate(path, 0)
    return True


def tail(path: Path, *, lines: int = 12) -> str:
    """The last lines, at most 16 KiB of them; empty when there is no such file."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(text.rstrip().splitlines()[-lines:])


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
