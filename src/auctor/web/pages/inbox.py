"""The risk inbox: one queue for the morning."""

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import queries as crm
from auctor.crm.doors import NoDeal
from auctor.crm.timeline import get_timeline
from auctor.jobs import queries as jobs
from auctor.jobs.records import JobState
from auctor.risk import gaps, queries
from auctor.risk.records import View
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import inbox_head, verdicts
from auctor.web.freshness import to_sources
from auctor.web.imports import to_fill
from auctor.web.page import page
from auctor.web.pages.decisions import DismissForm, snooze_form
from auctor.web.records import Cursors, Empty
from auctor.web.zones import workspace_zone

PAGE = 25
EVIDENCE = 8
GAPS = 6
EMPTY = Empty(
    title="Nothing to decide yet",
    promise=(
        "Once this workspace holds deals, this page is one queue of the risks that want a decision, sorted "
        "by revenue at risk, urgency and confidence."
    ),
    shows=(
        "each deal with why it is here in one sentence, and whose move it is",
        "the evidence for it, and what would clear it",
        "deals that could not be judged, and what is missing",
    ),
    needs="It needs deals with their history.",
    action_label="Bring in your team",
    action_url="team",
)
# The steps by which a demo comes in, as far as they can be seen from outside.
STEPS = {"risk.bring_demo": (0, "Importing the demo company"), "risk.scan_touched": (1, "Judging its deals")}


@page(permission=Permission.RISK_READ)
def show(request: HttpRequest) -> HttpResponse:
    """One queue by revenue at risk, urgency and confidence."""
    actor, now = current(), datetime.now(UTC)
    counts = queries.count_inbox(actor)
    judged_at = queries.find_judged_at(actor)
    if judged_at is None or (not counts.judged and _steps(actor)["label"]):
        return _show_nothing(request, actor)
    view = inbox_head.to_view(request.GET.get("view", ""))
    found = queries.list_inbox(actor, view=view, cursor=request.GET.get("after", ""), limit=PAGE)
    lines = crm.list_lines(actor, [one.deal_id for one in found.rows], now=now)
    rows = [verdicts.to_row(lines[one.deal_id], one) for one in found.rows if one.deal_id in lines]
    _record(actor, [row.line.id for row in rows], now=now)
    with workspace_zone(actor) as zone:
        context = {
            "title": "Inbox",
            "rows": rows,
            **inbox_head.describe(actor, counts, view),
            "judged_at": judged_at,
            "sources": to_sources(crm.get_freshness(actor), now=now),
            "gaps": gaps.list_gaps(actor)[:GAPS] if view is View.NOT_JUDGED else [],
            "cursors": Cursors(next=found.next_cursor, shown=len(rows), total=inbox_head.count_of(counts, view)),
            "zone": zone,
            "dismiss": DismissForm(auto_id="dismiss-%s"),
            "snooze": snooze_form(timezone.localdate()),
            "may_judge": can(actor, Permission.RISK_JUDGE),
            "may_import": can(actor, Permission.DEAL_IMPORT),
        }
        return render(request, "inbox/inbox.html", context)


@page(permission=Permission.RISK_READ)
def open_deal(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """What a row opens in place: evidence, what clears it, what is not known."""
    actor, now = current(), datetime.now(UTC)
    judgement = queries.find_judgement(actor, deal_id)
    if judgement is None:
        raise NoDeal("There is no such deal.")
    marked = verdicts.evidence_of(judgement)
    entries = verdicts.to_timeline(get_timeline(actor, deal_id, limit=200), marked)
    _record(actor, [deal_id], now=now)
    with workspace_zone(actor):
        context = {
            "row": verdicts.to_row(crm.access_deal(actor, deal_id, now=now).line, judgement),
            "fired": verdicts.to_fired(judgement),
            "steps": judgement.steps[:3],
            "evidence": [entry for entry in entries if entry.is_evidence][:EVIDENCE],
            "mend": verdicts.to_mend(judgement),
            "may_judge": can(actor, Permission.RISK_JUDGE),
        }
        return render(request, "inbox/opened.html", context)


@page(permission=Permission.RISK_READ)
def progress(request: HttpRequest) -> HttpResponse:
    """How far the demo is; when it is there, the page is asked anew."""
    actor = current()
    steps = _steps(actor)
    # The timetable scans a workspace that is still empty, too: it is there when a deal was judged.
    if queries.count_inbox(actor).judged or (queries.find_judged_at(actor) is not None and not steps["label"]):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("inbox")})
    return render(request, "inbox/progress.html", steps)


def _show_nothing(request: HttpRequest, actor: Actor) -> HttpResponse:
    steps = _steps(actor)
    if steps["label"]:
        return render(request, "inbox/coming.html", {"title": "Inbox", **steps})
    return render(request, "pages/empty.html", {"title": "Inbox", "empty": to_fill(actor, EMPTY)})


def _steps(actor: Actor) -> dict[str, object]:
    """Which step of the demo is under way; an empty label when none is."""
    done, label = 0, ""
    if can(actor, Permission.JOB_READ):
        busy = jobs.list_jobs(actor, states=frozenset({JobState.WAITING, JobState.RUNNING, JobState.RETRYING}))
        found = [STEPS[job.name] for job in busy if job.name in STEPS]
        done, label = max(found, default=(0, ""))
    return {"done": done, "total": len(STEPS), "label": label, "poll": reverse("inbox-progress")}


def _record(actor: Actor, deals: list[UUID], *, now: datetime) -> None:
    """Names of deals and people are personal data: who read them is written down."""
    if len(deals) == 1:
        log.record(actor, AuditTag.DEAL_READ, subject=deals[0], subject_kind="deal", now=now)
    elif deals:
        log.record(actor, AuditTag.DEAL_READ, subject_kind="deal", details={"deals": len(deals)}, now=now)
