"""An installation of its own, used the way a person uses it: by the command line, as processes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Starting everything takes a few seconds; the rest is patience with a busy machine.
PATIENCE = 180.0


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Installation:
    """A data folder and the words around it."""

    data: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """Of this installation, and nothing of the test's own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AUCTOR_") and k != "DATABASE_URL"}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return {**kept, "AUCTOR_DATA": str(self.data), "AUCTOR_PORT": str(self.port), **self.settings, **more}

    def run(self, *words: str, within: Sequence[str] = (), **more: str) -> subprocess.CompletedProcess[str]:
        """One command to its end; `within` is a program to run it in."""
        return subprocess.run(
            [*within, sys.executable, "-P", "-m", "auctor", *words],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def ask(self, *words: str, **more: str) -> Any:
        """The JSON value of a command that is meant to end well."""
        done = self.run(*words, "--json", **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def refuse(self, *words: str, within: Sequence[str] = (), **more: str) -> str:
        """The one paragraph of a command that is meant to be refused."""
        done = self.run(*words, within=within, **more)
        assert done.returncode == 1, done.stdout + done.stderr
        said = done.stderr.strip()
        assert "Traceback" not in said, said
        assert said.startswith("auctor: "), said
        assert "\n  mend:  " in said, said
        return said

    def diagnose(self, within: Sequence[str] = (), **more: str) -> dict[str, str]:
        """What the doctor finds wrong: name of the check and message."""
        done = self.run("doctor", "--json", within=within, **more)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        wrong = [one for one in json.loads(done.stdout) if one["level"] == "error"]
        assert bool(wrong) == (done.returncode == 1)
        return {one["check"]: one["message"] for one in wrong}

    def wait_until_well(self) -> None:
        """Until the worker, which loads last, has reported, and nothing else is wrong."""
        deadline = time.monotonic() + PATIENCE
        while wrong := self.diagnose():
            assert time.monotonic() < deadline, wrong
            time.sleep(0.5)

    @contextmanager
    def up(self, *words: str, **more: str) -> Iterator["Running"]:
        """Everything running; stopped as by Ctrl-C afterwards."""
        log = self.data.with_name(f"{self.data.name}.up.log")
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "auctor", "up", "--no-browser", *words],
                env=self.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        running = Running(process, log)
        try:
            running.wait_until_ready()
            yield running
        finally:
            running.end()

    def copy(self) -> "Installation":
        """Another one with the same content; this one must not run."""
        data = new_folder()
        shutil.rmtree(data)
        subprocess.run(["cp", "-a", str(self.data), str(data)], check=True)
        # The socket's path stands in the configuration, which each start writes anew.
        return Installation(data, settings=dict(self.settings))


@dataclass
class Running:
    """`auctor up` and what it printed."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_until_ready(self) -> None:
        """Until it said so."""
        deadline = time.monotonic() + PATIENCE
        while "ready after" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        """Everything it printed so far."""
        return self.log.read_text()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stop it; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


def new_folder() -> Path:
    """A folder that PostgreSQL's own user can pass through; whoever asks removes it."""
    folder = Path(tempfile.mkdtemp(prefix="auctor-journey-"))
    folder.chmod(0o711)
    return folder


def children_of(data: Path) -> dict[int, str]:
    """Processes that work for a data folder: number and command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if int(entry.name) != os.getpid() and (str(data) in words or f"AUCTOR_DATA={data}\0".encode() in environment):
            found[int(entry.name)] = words
    return found
