"""Background work, from the declarations in jobs.py files, the timetable and the retry policies."""

import importlib
from datetime import timedelta
from pathlib import Path

from tools.chapters.markdown import Chapter, code, table

SOURCE = "auctor.jobs.timetable"
PACKAGE = Path(__file__).resolve().parents[2] / "src" / "auctor"
ABOUT = (
    "Background work runs in the worker, inside the scope of the workspace that asked for it. Its arguments are "
    "ids, never data. Work is written down in the transaction of the change that needs it: without the change "
    "there is no job, without the job there is no change."
)


def chapter() -> Chapter:
    """The page of jobs, of what starts by the clock, and of how often a failure is tried again."""
    parts = [
        "## Jobs",
        jobs_table(),
        "## By the clock",
        "Times are UTC, in cron's notation.",
        timetable(),
        "## When a job fails",
        retry_table(),
    ]
    return Chapter("jobs", "Jobs", ABOUT, "\n\n".join(parts))


def jobs_table() -> str:
    """Every declared job."""
    from auctor.jobs.declare import declared

    for path in sorted(PACKAGE.glob("*/jobs.py")):
        importlib.import_module(f"auctor.{path.parent.name}.jobs")
    # Tests declare jobs of their own; they are not the product's.
    ours = [job for job in declared().values() if job.function.__module__.startswith("auctor.")]
    rows = [[code(job.name), job.summary, code(job.retry.value)] for job in sorted(ours, key=lambda job: job.name)]
    return table(["Job", "What it does", "Retry"], rows)


def timetable() -> str:
    """Every entry of the timetable."""
    from auctor.jobs.timetable import TIMETABLE

    rows = [[code(entry.cron), code(entry.job), entry.purpose] for entry in TIMETABLE]
    return table(["When", "Job", "What for"], rows)


def retry_table() -> str:
    """Every retry policy."""
    from auctor.jobs.retry import POLICIES

    rows = [
        [code(name.value), str(policy.attempts), words(policy.first), words(policy.longest), policy.purpose]
        for name, policy in POLICIES.items()
    ]
    return table(["Policy", "Attempts", "First wait", "Longest wait", "For work where"], rows)


def words(wait: timedelta) -> str:
    """A wait in its largest whole unit."""
    seconds = int(wait.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s" if seconds else "–"
