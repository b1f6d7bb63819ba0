"""Whether the kernels of the signals are compiled on this machine: once for each version, beside the data.

Compiling all of them takes most of a minute, which nobody shall wait for: the worker has it done by a process of its
own, and everybody judges by plain Python until that is over.
"""

import hashlib
import os
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from auctor import signals
from auctor.signals import kernels

# The compiler's own name for the folder in which it keeps what it made. Without it nothing is awaited.
FOLDER: Final = "NUMBA_CACHE_DIR"


def find_mark() -> Path | None:
    """The file that is there once all kernels of this version are compiled; None where no folder is set."""
    folder = os.environ.get(FOLDER)
    return Path(folder) / f"ready-{_fingerprint()}" if folder else None


@cache
def _fingerprint() -> str:
    """A name for the sources of all kernels and for what compiles them."""
    sources = sorted(Path(signals.__file__).parent.rglob("*.py"))
    parts = [*(source.read_bytes() for source in sources), sys.version.encode(), version("numba").encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def is_awaited() -> bool:
    """Whether a folder is set, and compiled code is missing there."""
    mark = find_mark()
    return mark is not None and not mark.exists()


def wait() -> None:
    """Let plain Python serve until all is compiled."""
    mark = find_mark()
    if mark is not None:
        kernels.wait_for(mark.exists)


def compile_all() -> None:
    """Compile everything that is missing, and leave the mark: also where it failed, so that nobody waits for ever."""
    from auctor.signals.rehearsal import compile_all as rehearse

    mark = find_mark()
    try:
        rehearse()
    finally:
        if mark is not None:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch(mode=0o600)
