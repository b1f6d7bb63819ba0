"""Runs a pure function over untrusted messages in a child process that can be lost without harm.

    with ChildRunner("package.module:function", sandbox="package.sandbox:enter") as runner:
        answer = runner.ask(message)

`function` takes bytes and returns bytes. `sandbox` is called in the child before the first message is read;
when it raises, no message is ever sent.
"""

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from auctor.kit import childloop
from auctor.kit.launch import python_command


class Failure(StrEnum):
    """Why there is no answer. The list is closed: no word of a message or of an error ever leaves a child."""

    TIMED_OUT = "timed_out"
    DIED = "died"
    RAISED = "raised"
    NO_MEMORY = "no_memory"
    MESSAGE_TOO_LARGE = "message_too_large"
    ANSWER_TOO_LARGE = "answer_too_large"
    BAD_ANSWER = "bad_answer"
    NO_SANDBOX = "no_sandbox"
    NOT_STARTED = "not_started"


_MEANINGS: Final = {
    childloop.RAISED: Failure.RAISED,
    childloop.NO_MEMORY: Failure.NO_MEMORY,
    childloop.TOO_LARGE: Failure.ANSWER_TOO_LARGE,
    childloop.NO_SANDBOX: Failure.NO_SANDBOX,
    childloop.NO_FUNCTION: Failure.NOT_STARTED,
}


@dataclass(frozen=True)
class Limits:
    """A child is replaced after `messages` or `seconds`; one message may take `message_seconds`.

    `memory_bytes` is address space (what imports map counts too), `cpu_seconds` is for the child's whole life.
    """

    messages: int = 200
    seconds: float = 60.0
    start_seconds: float = 20.0
    message_seconds: float = 5.0
    message_bytes: int = 2 * 1024 * 1024
    answer_bytes: int = 256 * 1024
    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 120
    open_files: int = 16


class ChildRunner:
    """One child at a time, made when first needed. One thread uses it: the child dies with the one that made it.

    `folders` are searched for modules besides what is installed.
    """

    def __init__(
        self,
        function: str,
        *,
        sandbox: str | None,
        limits: Limits = Limits(),
        folders: Sequence[Path] = (),
    ) -> None:
        self._function = function
        self._folders = tuple(folders)
        self._sandbox = sandbox or ""
        self._limits = limits
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, message: bytes) -> bytes | Failure:
        """The function's answer, or why there is none. Never raises for what the child does."""
        if len(message) > self._limits.message_bytes:
            return Failure.MESSAGE_TOO_LARGE
        if self._child and self._child.is_spent(self._limits):
            self.close()
        if self._child is None:
            started = self._start()
            if isinstance(started, Failure):
                return started
            self._child = started
        answer = self._child.exchange(message, self._limits)
        if isinstance(answer, Failure) and answer not in _SURVIVED:
            self.close()
        return answer

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child:
            self._child.kill()
            self._child = None

    def _start(self) -> "_Child | Failure":
        child = _Child(self._command(), self._environment())
        status, _ = child.receive(time.monotonic() + self._limits.start_seconds, limit=0)
        if status == childloop.READY:
            return child
        child.kill()
        if isinstance(status, Failure):
            return Failure.NOT_STARTED
        return _MEANINGS.get(status, Failure.NOT_STARTED)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours: the environment of the parent may hold secrets."""
        known = {"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        return known | ({"PYTHONPATH": os.pathsep.join(map(str, self._folders))} if self._folders else {})

    def _command(self) -> Sequence[str]:
        limits = self._limits
        numbers = (limits.memory_bytes, limits.cpu_seconds, limits.open_files, limits.answer_bytes)
        return python_command(childloop.__name__, self._function, self._sandbox, *map(str, numbers))


# The child itself said so and waits for the next message.
_SURVIVED: Final = frozenset({Failure.RAISED, Failure.NO_MEMORY})


class _Child:
    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to = self._process.stdin.fileno()
        self._from = self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._started_at = time.monotonic()
        self._messages = 0

    def is_spent(self, limits: Limits) -> bool:
        age = time.monotonic() - self._started_at
        return self._messages >= limits.messages or age >= limits.seconds

    def exchange(self, message: bytes, limits: Limits) -> bytes | Failure:
        self._messages += 1
        # An answer before the question would be taken for the answer to it.
        if _is_ready(self._from, select.POLLIN, time.monotonic()):
            return Failure.BAD_ANSWER if self._process.poll() is None else Failure.DIED
        deadline = time.monotonic() + limits.message_seconds
        failure = self._send(childloop.LENGTH.pack(len(message)) + message, deadline)
        if failure:
            return failure
        status, content = self.receive(deadline, limit=limits.answer_bytes)
        if isinstance(status, Failure):
            return status
        return content if status == childloop.ANSWER else _MEANINGS.get(status, Failure.BAD_ANSWER)

    def receive(self, deadline: float, *, limit: int) -> tuple[int | Failure, bytes]:
        header = self._read(childloop.STATUS.size, deadline)
        if isinstance(header, Failure):
            return header, b""
        status, length = childloop.STATUS.unpack(header)
        if length > limit:
            return Failure.ANSWER_TOO_LARGE, b""
        content = self._read(length, deadline)
        return (content, b"") if isinstance(content, Failure) else (status, content)

    def kill(self) -> None:
        # The whole session: where no sandbox forbids it, a child may have started others.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, 9)
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _send(self, content: bytes, deadline: float) -> Failure | None:
        left = memoryview(content)
        while left:
            if not _is_ready(self._to, select.POLLOUT, deadline):
                return Failure.TIMED_OUT
            try:
                left = left[os.write(self._to, left) :]
            except BrokenPipeError:
                return Failure.DIED
        return None

    def _read(self, size: int, deadline: float) -> bytes | Failure:
        content = bytearray()
        while len(content) < size:
            if not _is_ready(self._from, select.POLLIN, deadline):
                return Failure.TIMED_OUT
            piece = os.read(self._from, size - len(content))
            if not piece:
                return Failure.DIED
            content += piece
        return bytes(content)


def _is_ready(descriptor: int, event: int, deadline: float) -> bool:
    """Wait for a pipe; its end counts as ready, and the next read or write tells so."""
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
