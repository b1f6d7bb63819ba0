"""The inside of a child process: locks itself in, then answers one framed message after the other.

Started by `auctor.kit.children` only. Requests are a length (4 bytes, big endian) and the message; answers
are a status byte, a length and the content. Nothing else leaves: stdout of the function goes nowhere, like
stderr.
"""

import ctypes
import importlib
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Sequence

from auctor.kit.launch import ask_for_death_signal

READY, ANSWER, RAISED, NO_MEMORY, TOO_LARGE, NO_SANDBOX, NO_FUNCTION = b"RAEMLSF"
LENGTH = struct.Struct(">I")
STATUS = struct.Struct(">BI")

_PR_SET_DUMPABLE = 4


def _main(arguments: Sequence[str]) -> None:
    """Six numbered steps, in this order, because each makes the next one safe.

    1. Die with the parent; be readable by no debugger and leave no core.
    2. Move the answer pipe away from stdout, so that a stray `print` cannot forge an answer.
    3. Limit memory, time and files.
    4. Import the function: nothing can be imported later.
    5. Enter the sandbox, or refuse.
    6. Only now read.
    """
    function_path, sandbox_path, memory, seconds, files, answer_bytes = arguments
    _hide()
    requests, answers = _move_pipes()
    _limit(memory=int(memory), seconds=int(seconds), files=int(files))
    try:
        function = load(function_path)
        enter = load(sandbox_path) if sandbox_path else None
    except BaseException:  # noqa: BLE001 (whatever an import does, the parent gets a code)
        _leave(answers, NO_FUNCTION)
    if enter is not None:
        try:
            enter()
        except BaseException:  # noqa: BLE001 (a sandbox that cannot be entered is one answer, whatever the cause)
            _leave(answers, NO_SANDBOX)
    _write(answers, READY, b"")
    while (message := _read_message(requests)) is not None:
        _write(answers, *_answer(function, message, int(answer_bytes)))


def load(path: str) -> Callable[..., object]:
    """The callable that `package.module:name` names."""
    module, _, name = path.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), name)
    return found


def _answer(function: Callable[..., object], message: bytes, limit: int) -> tuple[int, bytes]:
    try:
        content = function(message)
    except MemoryError:
        return NO_MEMORY, b""
    except BaseException:  # noqa: BLE001 (hostile input must never end the loop; the text of an error may quote it)
        return RAISED, b""
    if not isinstance(content, bytes):
        return RAISED, b""
    return (ANSWER, content) if len(content) <= limit else (TOO_LARGE, b"")


def _hide() -> None:
    ask_for_death_signal(signal.SIGKILL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _move_pipes() -> tuple[int, int]:
    """Other numbers for the pipes; 0 and 1 lead nowhere from now on."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return requests, answers


def _limit(*, memory: int, seconds: int, files: int) -> None:
    _, hardest = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = min(files, hardest) if hardest != resource.RLIM_INFINITY else files
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _read_message(descriptor: int) -> bytes | None:
    header = _read_exactly(descriptor, LENGTH.size)
    return None if header is None else _read_exactly(descriptor, LENGTH.unpack(header)[0])


def _read_exactly(descriptor: int, size: int) -> bytes | None:
    content = bytearray()
    while len(content) < size:
        piece = os.read(descriptor, min(size - len(content), 1 << 20))
        if not piece:
            return None
        content += piece
    return bytes(content)


def _write(descriptor: int, status: int, content: bytes) -> None:
    left = memoryview(STATUS.pack(status, len(content)) + content)
    while left:
        left = left[os.write(descriptor, left) :]


def _leave(answers: int, status: int) -> None:
    _write(answers, status, b"")
    os._exit(1)


if __name__ == "__main__":
    _main(sys.argv[1:])
