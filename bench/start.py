"""How long `auctor up --demo` takes to its first page over TLS, cold and warm; `--help`; idle memory of everything.

Cold: packages are installed, the data folder is empty. Warm: the same folder again, after a clean stop. Seconds are of
the wall clock, medians of the runs; memory is the proportional set size (PSS) of every process, so that shared pages
count once.
"""

import json
import os
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RUNS = 3
HELPS = 7
PATIENCE_SECONDS = 240.0
# The demo's data is loaded by a job in the meantime; idle is what is left of that.
SETTLE_SECONDS = 40.0
LIMITS = {"cold_seconds": 15.0, "warm_seconds": 5.0, "help_seconds": 0.5, "idle_mebibytes": 700.0}


def main() -> None:
    """Print the figures; exit code 1 when one is over its limit."""
    cold, warm, memory = [], [], {}
    for turn in range(RUNS):
        folder = Path(tempfile.mkdtemp(prefix="auctor-bench-"))
        folder.chmod(0o711)
        try:
            with started(folder) as (seconds, _):
                cold.append(seconds)
                # The first stop would otherwise interrupt the loading of the demo, and the next start would repeat it.
                time.sleep(SETTLE_SECONDS)
            with started(folder) as (seconds, supervisor):
                warm.append(seconds)
                if turn == RUNS - 1:
                    time.sleep(SETTLE_SECONDS)
                    memory = proportional_sizes(supervisor)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    figures = {
        "cold_seconds": round(statistics.median(cold), 2),
        "warm_seconds": round(statistics.median(warm), 2),
        "help_seconds": round(statistics.median(help_seconds() for _ in range(HELPS)), 3),
        "idle_mebibytes": round(sum(memory.values()) / 1024, 1),
    }
    passed = all(figures[name] <= limit for name, limit in LIMITS.items())
    parts = {name: round(size / 1024, 1) for name, size in memory.items()}
    spread = {"cold": [round(s, 2) for s in cold], "warm": [round(s, 2) for s in warm]}
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({**figures, "mebibytes_of": parts, "runs": spread, "load": load, "passed": passed}))
    sys.exit(not passed)


@contextmanager
def started(folder: Path) -> Iterator[tuple[float, int]]:
    """Everything up; yields the seconds from the command to the first page's last byte, and the supervisor."""
    port = free_port()
    words = {k: v for k, v in os.environ.items() if not k.startswith("AUCTOR_") and k != "DATABASE_URL"}
    words |= {"AUCTOR_DATA": str(folder), "AUCTOR_PORT": str(port)}
    command = [sys.executable, "-P", "-m", "auctor", "up", "--demo", "--no-browser"]
    began = time.monotonic()
    process = subprocess.Popen(command, env=words, stdout=subprocess.PIPE, text=True, cwd="/")
    try:
        address = wait_for_link(process)
        authority = ssl.create_default_context(cafile=str(folder / "certificates" / "authority.pem"))
        with urllib.request.urlopen(address, context=authority, timeout=60) as page:
            assert page.status == 200
            page.read()
        yield time.monotonic() - began, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE_SECONDS)


def wait_for_link(process: subprocess.Popen[str]) -> str:
    """The one-time link, as soon as it is printed."""
    assert process.stdout is not None
    for line in process.stdout:
        if "/demo/" in line:
            return line.strip()
    raise SystemExit(f"auctor up ended with code {process.wait()}")


def proportional_sizes(root: int) -> dict[str, int]:
    """KiB of each kind of process: of this one and all that descend from it."""
    sizes: dict[str, int] = {}
    for number in descendants(root):
        folder = Path(f"/proc/{number}")
        words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        lines = (folder / "smaps_rollup").read_text().splitlines()
        size = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        sizes[kind_of(words)] = sizes.get(kind_of(words), 0) + size
    return sizes


def descendants(root: int) -> list[int]:
    """Numbers of the processes below this one, and its own."""
    parents = {
        int(path.parent.name): int(path.read_text().rpartition(")")[2].split()[1])
        for path in Path("/proc").glob("[0-9]*/stat")
    }
    found = [root]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return found


def kind_of(words: str) -> str:
    """A process by what it does."""
    kinds = {"postgres": "postgres", "granian": "web", "auctor.worker": "worker", "audit.seal": "sealer"}
    return next((kind for part, kind in kinds.items() if part in words), "supervisor")


def help_seconds() -> float:
    """One `auctor --help`."""
    began = time.monotonic()
    subprocess.run([str(Path(sys.executable).with_name("auctor")), "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
