"""A whole replay in memory: every deal on every Monday of its life, judged, weighed and measured.

    python -m bench.replay [DEALS]

The made-up pipeline of the benchmark of the signals, all of its three years as the period; 100,000 deals by default.
Compiled code is on disk after the first run and is not measured: a small replay goes before.
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from auctor.risk.replay_facts import replay_facts
from auctor.risk.replay_records import ReplayPlan
from auctor.signals.frames import Loaded, Settings, build
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from bench.support.signals_world import NOW, PER_DEAL, Pipeline, settings

DEALS, WARMING = 100_000, 1_000
YEARS = timedelta(days=3 * 365)
LIMITS = {"seconds": 60.0, "peak_gib": 4.0}


def main(words: list[str]) -> None:
    """Print the figures; exit code 1 where one misses its limit."""
    deals = int(words[0]) if words else DEALS
    measured(world_of(WARMING))
    found = measured(world_of(deals))
    missed = [name for name, limit in LIMITS.items() if found[name] > limit] if deals >= DEALS else []
    print(json.dumps({"deals": deals, **found, "limits": LIMITS, "missed": missed}))
    sys.exit(bool(missed))


def world_of(deals: int) -> Loaded:
    """The facts of so many deals."""
    return build(Pipeline(round(deals * PER_DEAL)), Settings(**settings()))


def measured(loaded: Loaded) -> dict[str, Any]:
    """Replay everything; wall time, time of the processor, and the process's peak of memory with the facts."""
    today = datetime.fromtimestamp(NOW / 1e6, UTC).date()
    plan = ReplayPlan(today - YEARS, today - timedelta(days=1), Band.MEDIUM, Policy())
    began, busy = time.perf_counter(), time.process_time()
    result = replay_facts(loaded, plan, currency="EUR", now=NOW, tell=lambda _done, _total: None).result
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(time.process_time() - busy, 2),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 3),
        "looks": result.pairs,
        "looks_per_second": round(result.pairs / seconds),
        "ended": result.lost + result.won,
        "caught": result.caught,
        "false_alarms": result.false_alarms,
    }


if __name__ == "__main__":
    main(sys.argv[1:])
