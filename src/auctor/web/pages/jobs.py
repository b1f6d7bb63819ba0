"""Background work for admins: what waits and runs, what failed, what the clock starts; run again and cancel."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from auctor.identity import background
from auctor.identity.queries import list_members
from auctor.jobs import queries
from auctor.jobs.records import JobRecord, JobState, JobSummary
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.scope import current
from auctor.web.addresses import query_with
from auctor.web.page import page
from auctor.web.records import Column, Cursors, Tab
from auctor.web.zones import workspace_zone

PAGE = 50
# What a person looks for, and the states that it covers.
VIEWS: dict[str, tuple[str, frozenset[JobState] | None]] = {
    "": ("All", None),
    "waiting": ("Waiting", frozenset({JobState.WAITING, JobState.RETRYING})),
    "running": ("Running", frozenset({JobState.RUNNING})),
    "failed": ("Failed", frozenset({JobState.FAILED})),
}
TONES = {JobState.FAILED: "high", JobState.RETRYING: "medium", JobState.SUCCEEDED: "good", JobState.RUNNING: "accent"}

JOB_COLUMNS = (
    Column("Job"),
    Column("State"),
    Column("Runs", align="end"),
    Column("Asked by"),
    Column("When"),
    Column("Acts", align="end", is_label_hidden=True),
)
QUEUE_COLUMNS = (
    Column("Job"),
    Column("Waiting", align="end"),
    Column("Running", align="end"),
    Column("Failed", align="end"),
    Column("Oldest waits since"),
    Column("Last success"),
)
FAILURE_COLUMNS = (Column("When"), Column("Job"), Column("Run", align="end"), Column("Error"), Column("What follows"))
TIME_COLUMNS = (Column("Job"), Column("Times (UTC)"), Column("Last turn"), Column("Next turn"))


class ActForm(forms.Form):
    """Nothing to fill in: the address says which job."""


@page(permission=Permission.JOB_READ)
def show(request: HttpRequest) -> HttpResponse:
    """Queues in sums, then the jobs themselves, newest first."""
    actor = current()
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in VIEWS else ""
    queues = queries.summarise_jobs(actor)
    found = queries.list_jobs(actor, states=VIEWS[chosen][1], before=_parse(request.GET.get("after")), limit=PAGE + 1)
    names = {member.id: member.label for member in list_members(actor, with_removed=True)}
    with workspace_zone(actor) as zone:
        context = {
            "title": "Jobs",
            "tabs": _tabs("jobs"),
            "has_worker": _has_worker(),
            "zone": zone,
            "queue_columns": QUEUE_COLUMNS,
            "queues": queues,
            "views": _views(request, chosen, queues),
            "columns": JOB_COLUMNS,
            "jobs": [(job, TONES.get(job.state, ""), _name(job, names)) for job in found[:PAGE]],
            "cursors": Cursors(next=str(found[PAGE - 1].id) if len(found) > PAGE else "", shown=len(found[:PAGE])),
            "is_narrowed": bool(chosen),
            "may_act": can(actor, Permission.JOB_WRITE),
        }
        return render(request, "jobs/jobs.html", context)


@page(permission=Permission.JOB_READ)
def failures(request: HttpRequest) -> HttpResponse:
    """Failed runs, newest first: codes, never messages."""
    actor = current()
    with workspace_zone(actor) as zone:
        context = {
            "title": "Failures",
            "tabs": _tabs("jobs-failures"),
            "has_worker": _has_worker(),
            "zone": zone,
            "columns": FAILURE_COLUMNS,
            "failures": queries.list_failures(actor, limit=PAGE),
        }
        return render(request, "jobs/failures.html", context)


@page(permission=Permission.JOB_READ)
def timetable(request: HttpRequest) -> HttpResponse:
    """What the clock starts."""
    actor = current()
    with workspace_zone(actor) as zone:
        context = {
            "title": "Timetable",
            "tabs": _tabs("jobs-timetable"),
            "has_worker": _has_worker(),
            "zone": zone,
            "columns": TIME_COLUMNS,
            "entries": queries.list_timetable(actor, now=datetime.now(UTC)),
        }
        return render(request, "jobs/timetable.html", context)


@page(permission=Permission.JOB_WRITE, methods=("POST",), forms=(ActForm,))
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Put a failed job back into the queue."""
    job = background.retry_job(current(), job_id=job_id, now=datetime.now(UTC))
    messages.success(request, f"{job.name} waits for its next run.")
    return redirect("jobs")


@page(permission=Permission.JOB_WRITE, methods=("POST",), forms=(ActForm,))
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Take a waiting job out of the queue."""
    job = background.cancel_job(current(), job_id=job_id, now=datetime.now(UTC))
    messages.success(request, f"{job.name} was cancelled.")
    return redirect("jobs")


def _tabs(here: str) -> tuple[Tab, ...]:
    tabs = (("Queue", "jobs"), ("Failures", "jobs-failures"), ("Timetable", "jobs-timetable"))
    return tuple(Tab(label, reverse(name), is_current=name == here) for label, name in tabs)


def _views(request: HttpRequest, chosen: str, queues: list[JobSummary]) -> tuple[Tab, ...]:
    counts = {
        "waiting": sum(queue.waiting for queue in queues),
        "running": sum(queue.running for queue in queues),
        "failed": sum(queue.failed for queue in queues),
    }
    return tuple(
        Tab(label, query_with(request.GET, drop=("after",), state=key), counts.get(key), is_current=key == chosen)
        for key, (label, _) in VIEWS.items()
    )


def _has_worker() -> bool:
    return queries.count_backlog()["workers"] > 0


def _name(job: JobRecord, names: dict[UUID, str]) -> str:
    return names.get(UUID(job.asked_by), "somebody who left") if job.asked_by else "auctor"


def _parse(text: str | None) -> int | None:
    """The number of the last job of the page before; anything else begins at the newest."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
