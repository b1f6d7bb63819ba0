"""The supervisor's side of `cli.installer`."""

import contextlib
import json
import signal
import subprocess
from types import TracebackType
from typing import Any, ClassVar, Self

from auctor.cli.output import note
from auctor.kit.errors import AuctorError
from auctor.kit.launch import bound_command, python_command


class InstallFailed(AuctorError):
    """The installation could not be brought up to date."""

    code: ClassVar[str] = "cli.install_failed"
    status: ClassVar[int] = 500


class Installer:
    """Runs the installer; use it as a context, so that it never outlives the supervisor."""

    def __init__(self, *, demo: bool) -> None:
        words = python_command("auctor.cli.installer", *(["--demo"] if demo else []))
        self._process = subprocess.Popen(
            bound_command(words, signal.SIGTERM),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            bufsize=1,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_until_ready(self) -> int:
        """Let it begin; the number of migrations applied. Raises `InstallFailed` with what, where and the mend."""
        self._say_go()
        return int(self._read("ready"))

    def ask_for_link(self) -> None:
        """Let it make the one-time link, now that the sealer runs."""
        self._say_go()

    def read_link(self) -> dict[str, str] | None:
        """The link that was asked for; None when nobody needs one."""
        found: dict[str, str] | None = self._read("link")
        return found

    def _say_go(self) -> None:
        assert self._process.stdin is not None
        # One that has ended already says why on its standard output.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write("\n")

    def _read(self, wanted: str) -> Any:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                words = json.loads(line)
            except ValueError:
                note(line.rstrip())
                continue
            if wanted in words:
                return words[wanted]
            if "error" in words:
                raise InstallFailed(
                    words["error"]["message"], where=words["error"]["where"], mend=words["error"]["mend"]
                )
            if "say" in words:
                note(words["say"])
        raise InstallFailed("The installation ended before it was up to date.", mend="The lines above say why.")
