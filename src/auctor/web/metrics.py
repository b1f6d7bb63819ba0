"""What /metrics tells: the counters of every web process and worker, and the queue as it is now."""

import os
from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from auctor.jobs.queries import count_backlog

REQUESTS = Counter("auctor_requests", "Requests by their route, method and status.", ["route", "method", "status"])
REQUEST_SECONDS = Histogram(
    "auctor_request_seconds",
    "How long requests took.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
)
# Where the supervisor lets all processes keep their counters.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BACKLOG = {
    "waiting": ("auctor_jobs_waiting", "Jobs that wait."),
    "running": ("auctor_jobs_running", "Jobs that run."),
    "oldest_seconds": ("auctor_jobs_oldest_seconds", "How long the oldest job that is due has waited."),
    "workers": ("auctor_workers", "Workers that are alive."),
}


class Backlog(Collector):
    """Asks the queue each time somebody reads; silent while the database is away."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A gauge for each count of the queue."""
        try:
            counts = count_backlog()
        except DatabaseError:
            return
        for name, (metric, help_text) in BACKLOG.items():
            yield GaugeMetricFamily(metric, help_text, value=counts[name])


def note_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one request; the route and not the address, which may hold what somebody searched for."""
    REQUESTS.labels(route, method if method in METHODS else "other", str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


def expose() -> bytes:
    """All counters in Prometheus's text form; of this process alone where none are shared."""
    registry = CollectorRegistry()
    if SHARED in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(Backlog())
    return generate_latest(registry)
