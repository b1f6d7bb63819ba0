"""Counters of the worker, in the process's own registry."""

from prometheus_client import Counter, Histogram

JOBS = Counter("auctor_jobs", "Runs of jobs by how they ended.", ["job", "outcome"])
JOB_SECONDS = Histogram(
    "auctor_job_seconds",
    "How long runs of jobs took.",
    ["job"],
    buckets=(0.01, 0.05, 0.2, 1, 5, 20, 60, 300, 1200),
)
RESCUED = Counter("auctor_jobs_rescued", "Jobs whose worker was gone, by what became of them.", ["job", "outcome"])
