"""Servers under measurement: a free port, whether one answers, what it spent."""

import os
import socket
import subprocess
import time
from pathlib import Path

PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def answers(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the port is open. Raises TimeoutError, and at once when the process ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody answers at port {port}")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its children so far."""
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(_ticks(one) for one in _family(pid)) / ticks


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]
