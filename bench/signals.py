"""The twelve signals in memory, against the same twelve hand-written in SQL for DuckDB.

One process compares both on five million activities (400,000 deals, one in ten open), in turns, and checks that every
severity and value is equal. Others measure one and twenty million activities and a weekly replay of 100,000 deals, each
alone, so that their peak of memory is their own. Compiled code is on disk after the first run and is not measured.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from auctor.signals.catalog import KEYS
from auctor.signals.frames import Loaded, Settings, build
from auctor.signals.scan import Scan, scan, scans, severities
from auctor.signals.vocabulary import DAY, State
from bench.support import signals_peer
from bench.support.signals_world import NOW, Pipeline, Stored, settings, store

T = TypeVar("T")
ROUNDS = 3
WEEK = 7 * DAY
REPLAYED = 100_000
TOLERANCE = 1e-9
LIMITS = {"ratio": 0.5, "growth": 20.0, "peak_gib": 1.3, "replay_seconds": 60.0, "replay_gib": 4.0}


def main(words: list[str]) -> None:
    """Print the figures; exit code 1 where one misses its limit."""
    if words:
        print(json.dumps(PARTS[words[0]](int(words[1]), *words[2:])))
        return
    compared = part("compare", 5_000_000)
    small, large = part("alone", 1_000_000), part("alone", 20_000_000)
    replayed = part("replay", REPLAYED)
    figures = {
        **compared,
        "ratio": round(compared["ours_seconds"] / compared["duckdb_seconds"], 3),
        "seconds_at_1m": small["seconds"],
        "seconds_at_20m": large["seconds"],
        "growth": round(large["seconds"] / small["seconds"], 1),
        "peak_gib": large["peak_gib"],
        **replayed,
    }
    missed = [name for name, limit in LIMITS.items() if figures[name] > limit]
    print(json.dumps({**figures, "limits": LIMITS, "missed": missed}))
    sys.exit(bool(missed) or not figures["equal"])


def part(name: str, size: int, *more: str) -> dict[str, Any]:
    """Run one part in a process of its own."""
    words = [sys.executable, "-m", "bench.signals", name, str(size), *more]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare(activities: int) -> dict[str, Any]:
    """Both sides in turns on the same facts; the best round of each counts."""
    world, ours, theirs = Pipeline(activities), [], []
    connection = signals_peer.connect({name: world[name] for name in world}, settings())
    loaded = build(world, Settings(**settings()))
    signals_peer.run(connection, NOW)
    asked = signals_peer.judged_deals(connection)
    scan_now(loaded, asked)
    for _ in range(ROUNDS):
        seconds, found = timed(lambda: scan_now(loaded, asked))
        ours.append(seconds)
        theirs.append(timed(lambda: signals_peer.run(connection, NOW))[0])
    different = differences(found, signals_peer.answers(connection))
    return {
        "activities": activities,
        "deals": world.deals,
        "open_deals": len(asked),
        "ours_seconds": round(min(ours), 3),
        "duckdb_seconds": round(min(theirs), 3),
        "duckdb_threads": (connection.execute("SELECT current_setting('threads')").fetchone() or [None])[0],
        "different": different,
        "equal": not any(different.values()),
    }


def alone(activities: int) -> dict[str, Any]:
    """Facts in memory, then scans of all open deals; peak of the whole process, building the facts included."""
    with tempfile.TemporaryDirectory() as folder:
        # Made by another process, because making the world needs more memory than judging it.
        part("make", activities, folder)
        asked = np.load(Path(folder, "open_deals.npy"))
        loaded = build(Stored(Path(folder)), Settings(**settings()))
    seconds = [timed(lambda: scan_in_blocks(loaded, asked))[0] for _ in range(ROUNDS)]
    return {"activities": activities, "seconds": round(min(seconds), 3), "peak_gib": peak_gib()}


def make(activities: int, folder: str) -> dict[str, Any]:
    """Store a world of so many activities."""
    store(Pipeline(activities), Path(folder))
    return {}


def replay(deals: int) -> dict[str, Any]:
    """Every deal on every Monday of its life within two years; norms of each Monday as they were then."""
    world = Pipeline(round(deals * 12.5))
    loaded = build(world, Settings(**settings()))
    began, ended = world.lives()
    mondays = np.arange(NOW - 104 * WEEK, NOW, WEEK)
    first, last = np.searchsorted(mondays, began), np.searchsorted(mondays, ended)
    deal = np.repeat(np.arange(world.deals, dtype=np.int32), last - first)
    starts = np.cumsum(last - first) - (last - first)
    at = mondays[np.repeat(first - starts, last - first) + np.arange(len(deal))]
    # The first call loads the compiled code.
    severities(loaded, deal[:50_000], at[:50_000])
    seconds, _ = timed(lambda: severities(loaded, deal, at))
    return {
        "replay_deals": world.deals,
        "replay_pairs": len(deal),
        "replay_seconds": round(seconds, 1),
        "replay_gib": peak_gib(),
    }


def scan_now(loaded: Loaded, deals: Any) -> Scan:
    """All signals of some deals now."""
    return scan(loaded, deals, np.full(len(deals), NOW))


def scan_in_blocks(loaded: Loaded, deals: Any) -> int:
    """All signals of some deals now, block by block, as they are written to a database; how many were judged."""
    return sum(len(rows) for rows, _ in scans(loaded, deals, np.full(len(deals), NOW)))


def differences(ours: Scan, theirs: dict[str, tuple[Any, Any]]) -> dict[str, int]:
    """For each signal, in how many deals severity or value differ."""
    found = {}
    for key in KEYS:
        verdict, (severity, value) = ours.verdicts[key], theirs[key]
        mine = np.where(verdict.state == State.UNKNOWN, np.nan, verdict.severity)
        found[key] = int((~close(mine, severity) | ~close(verdict.value, value)).sum())
    return found


def close(one: Any, other: Any) -> Any:
    """Equal up to rounding, or unknown both."""
    return (np.isnan(one) & np.isnan(other)) | (np.abs(one - other) < TOLERANCE)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that something took, and what came of it."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def peak_gib() -> float:
    """The most memory that this process held at any time."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 3)


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "compare": compare, "alone": alone, "make": make, "replay": replay,
}  # fmt: skip

if __name__ == "__main__":
    main(sys.argv[1:])
