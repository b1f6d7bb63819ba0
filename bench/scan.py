"""Scans from PostgreSQL: what the full one costs beside reading its rows, and how soon a changed deal is judged.

    python -m bench.scan [ACTIVITIES]

500,000 activities (40,000 deals, one in ten open) unless told otherwise; the limits are meant for 5,000,000. The full
scan is measured in its parts: reading the rows that it needs by ADBC alone, judging them (rows in memory included),
storing. Then a worker of its own process runs, and single deals are changed as a person changes them: from before
the change to the moment at which its new judgement can be read. Then 10, 100 and 1,000 deals at once, here and
in a pipeline a tenth of the size. Times are told in processor seconds of all processes too, where they are ours.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.support.cluster import product

ACTIVITIES = 500_000
ROUNDS = 3
CHANGED_ONE_BY_ONE = 40
CHANGED_AT_ONCE = (10, 100, 1_000)
PATIENCE = 60.0
LIMITS = {"judged_to_read": 1.5, "stored_to_read": 2.5, "visible_p95_seconds": 1.0}


def main(words: list[str]) -> None:
    """Print the figures; exit code 1 where one misses its limit."""
    activities = int(words[0]) if words else ACTIVITIES
    with product() as data:
        from auctor.vault.startup import prepare

        prepare(data)
        figures = measure(activities)
    missed = [name for name, limit in LIMITS.items() if figures[name] > limit]
    print(json.dumps({**figures, "limits": LIMITS, "missed": missed}))
    sys.exit(bool(missed))


def measure(activities: int) -> dict[str, Any]:
    """All figures of one size, and the changes of a tenth of it."""
    large, small = world(activities), world(activities // 10)
    figures: dict[str, Any] = {"activities": activities, "deals": large.deals, "open_deals": large.open_deals}
    figures |= measure_full(large)
    for one in (large, small):
        measure_scan(one, [])
    changed = {str(count): changes_of(large, small, count) for count in CHANGED_AT_ONCE}
    return {**figures, "changed_at_once": changed, **measure_visible(large), "peak_gib": peak_gib()}


class World:
    """A workspace with its pipeline."""

    def __init__(self, workspace_id: UUID, deals: int, open_ids: list[UUID]) -> None:
        from auctor.tenancy.records import Actor

        self.actor = Actor.system(workspace_id, "bench")
        self.deals, self.open_ids = deals, open_ids

    @property
    def open_deals(self) -> int:
        """How many deals are open."""
        return len(self.open_ids)

    @contextmanager
    def inside(self) -> Iterator[Any]:
        """A transaction in the workspace."""
        from django.db import transaction

        from auctor.tenancy import scope

        with scope.enter(self.actor), transaction.atomic():
            yield self.actor


def world(activities: int) -> World:
    """Fill a workspace."""
    from auctor.crm import standing
    from bench.support.signals_world import Pipeline
    from bench.support.stored_world import fill, make_workspace

    pipeline, workspace_id = Pipeline(activities), make_workspace()
    made = World(workspace_id, pipeline.deals, [])
    with made.inside():
        fill(pipeline, workspace_id, datetime.now(UTC))
    analyze()
    with made.inside() as actor:
        made.open_ids = [one.id for one in standing.list_open(actor)]
    return made


def analyze() -> None:
    """What the database does by itself a minute after a large import."""
    import psycopg
    from django.conf import settings

    with psycopg.connect(settings.AUCTOR_SERVER.admin_dsn(), autocommit=True) as admin:
        admin.execute("VACUUM (ANALYZE)")


def measure_full(made: World) -> dict[str, Any]:
    """Seconds of reading alone, of reading and judging, and of the whole scan; the best of the rounds."""
    found: dict[str, list[float]] = {"read": [], "judged": [], "stored": [], "first": []}
    found["first"].append(timed(lambda: scan_all(made)))
    for _ in range(ROUNDS):
        found["read"].append(timed(lambda: read_all(made)))
        found["judged"].append(timed(lambda: judge_all(made)))
        found["stored"].append(timed(lambda: scan_all(made)))
    best = {name: min(seconds) for name, seconds in found.items()}
    return {
        **{f"{name}_seconds": round(seconds, 3) for name, seconds in best.items()},
        "judged_to_read": round(best["judged"] / best["read"], 2),
        "stored_to_read": round(best["stored"] / best["read"], 2),
    }


def read_all(made: World) -> None:
    """The rows that a scan of all open deals needs, as columns, and nothing else: one ADBC query a table."""
    from auctor.crm import frames
    from auctor.crm.reading import columns

    with made.inside() as actor, columns(actor) as source:
        source.read_whole_tables()
        for query in frames.queries(frames.OPEN).values():
            source.read(query)


def judge_all(made: World) -> None:
    """Read and judge by the norms of the day; nothing is stored."""
    from auctor.crm import frames
    from auctor.risk import scan, yardstick

    now = datetime.now(UTC)
    with made.inside() as actor:
        facts = frames.load(actor, deals=frames.OPEN)
        measure = yardstick.find_measure(facts, now=now)
        assert measure is not None, "The norms of the day are not there."
        scan.judge(actor, facts, measure, now=now)


def scan_all(made: World) -> None:
    """The whole scan and its commit."""
    from auctor.risk import scan

    with made.inside() as actor:
        scan.scan_open(actor, now=datetime.now(UTC), anew=False)


def changes_of(large: World, small: World, count: int) -> dict[str, Any]:
    """Milliseconds to judge so many changed deals, in both pipelines."""
    told: dict[str, Any] = {}
    for name, made in (("large", large), ("small", small)):
        chosen = made.open_ids[:: max(1, made.open_deals // count)][:count]
        told[f"{name}_deals"] = len(chosen)
        told[f"{name}_ms"] = round(min(measure_scan(made, chosen) for _ in range(ROUNDS)) * 1000, 1)
    return told


def measure_scan(made: World, chosen: list[UUID]) -> float:
    """Seconds of one scan of what was touched, after these deals were."""
    from auctor.crm.models.deals import Deal
    from auctor.risk import scan

    with made.inside():
        Deal.objects.filter(id__in=chosen).update(touched_at=datetime.now(UTC))

    def work() -> None:
        with made.inside() as actor:
            scan.scan_touched(actor, now=datetime.now(UTC))

    return timed(work)


def measure_visible(made: World) -> dict[str, float]:
    """From before a person's change to its new judgement, through the queue and a worker of its own process."""
    environment = os.environ | {"PYTHONPATH": "src"}
    child = subprocess.Popen([sys.executable, "-P", "-m", "auctor.worker"], env=environment, stdout=subprocess.DEVNULL)
    try:
        seconds = [change_and_wait(made, made.open_ids[place * 7], place) for place in range(CHANGED_ONE_BY_ONE)]
    finally:
        child.terminate()
        child.wait(30)
    # The first waits for the worker to start.
    usual = sorted(seconds[3:])
    return {
        "first_visible_seconds": round(seconds[0], 3),
        "visible_median_seconds": round(statistics.median(usual), 3),
        "visible_p95_seconds": round(usual[round(0.95 * (len(usual) - 1))], 3),
    }


def change_and_wait(made: World, deal_id: UUID, place: int) -> float:
    """Change a close date; seconds until a judgement of afterwards can be read."""
    from auctor.crm import operations
    from auctor.risk import queries

    began = datetime.now(UTC)
    with made.inside() as actor:
        day = (began + timedelta(days=20 + place)).date()
        operations.override_close_date(actor, deal_id=deal_id, on=day, now=began)
    while True:
        with made.inside() as actor:
            found = queries.find_judgement(actor, deal_id)
        seconds = (datetime.now(UTC) - began).total_seconds()
        if found is not None and found.judged_at > began:
            return seconds
        if seconds > PATIENCE:
            raise TimeoutError("The change was not judged.")
        time.sleep(0.005)


def timed(work: Callable[[], None]) -> float:
    """Seconds that something took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_gib() -> float:
    """The most memory that this process held at any time."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 3)


if __name__ == "__main__":
    main(sys.argv[1:])
