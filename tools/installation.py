"""A running installation that is thrown away: the real processes on a data folder of their own.

For the browser tests and the pictures. Nothing of an installation on this machine is touched.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).resolve().parents[1]
# Enough for a machine that does other things besides.
MOST_SECONDS = 120
AUCTOR = (sys.executable, "-P", "-m", "auctor")


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it answers, the one-time link that it printed, and what its commands need."""

    address: str
    link: str
    data: Path
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What `auctor WORDS` prints, with the installation running. Raises CalledProcessError."""
        done = subprocess.run(
            [*AUCTOR, *words], env=self.environment, cwd=self.data, check=True, capture_output=True, text=True
        )
        return done.stdout


class NotStarted(Exception):
    """`auctor up` ended, or said nothing for too long; its last lines follow."""


@contextmanager
def running(*words: str, **settings: str) -> Iterator[Installation]:
    """Start `auctor up` with the given options and settings; everything is stopped and removed after the block."""
    with tempfile.TemporaryDirectory(prefix="auctor-running-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        # PostgreSQL runs as another user when root starts it, and has to pass through.
        data.chmod(0o711)
        environment = {**_environment(data), **settings}
        log = data / "up.log"
        with log.open("w", encoding="utf-8") as notes:
            process = subprocess.Popen(
                [*AUCTOR, "up", "--no-browser", *words],
                env=environment,
                cwd=data,
                stdout=subprocess.PIPE,
                stderr=notes,
                text=True,
                start_new_session=True,
            )
            try:
                address, link = _read(process, log)
                yield Installation(address, link, data, environment)
            finally:
                _stop(process)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUCTOR_", "DATABASE_URL"))}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUNBUFFERED": "1",
        "AUCTOR_DATA": str(data),
        "AUCTOR_PORT": str(free_port()),
        "AUCTOR_DEVELOPMENT": "true",
        "AUCTOR_SIGN_UP": "true",
    }


def _read(process: subprocess.Popen[str], log: Path) -> tuple[str, str]:
    """The address and the link, as soon as both are printed."""
    assert process.stdout is not None
    # A start that hangs is ended, so that its output ends too.
    patience = Timer(MOST_SECONDS, process.kill)
    patience.start()
    found: list[str] = []
    try:
        for line in process.stdout:
            found += re.findall(r"https://\S+", line)
            if len(found) == 2:
                return found[0], found[1]
    finally:
        patience.cancel()
    raise NotStarted(log.read_text(encoding="utf-8")[-4000:])


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
