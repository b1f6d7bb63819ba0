"""The pipeline: every deal with its score, and the page of one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import paging
from auctor.crm import queries as crm
from auctor.crm.records import DealLine
from auctor.crm.timeline import get_timeline, list_contacts
from auctor.risk import queries
from auctor.risk.records import ScoreMark
from auctor.signals.vocabulary import StageKind
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import verdicts
from auctor.web.page import page
from auctor.web.records import Column, Crumb, Cursors, Empty, Sort
from auctor.web.zones import workspace_zone

PAGE = 50
HISTORY = timedelta(days=180)
FACTS = 60
KINDS = {"open": StageKind.OPEN, "won": StageKind.WON, "lost": StageKind.LOST}
EMPTY = Empty(
    title="No deals yet",
    promise="Every deal of the pipeline will stand here with its stage, amount, close date and risk score.",
    shows=(
        "filters, sorting and word search",
        "a page for each deal: its score in points, its timeline, its actions",
        "what is not known about a deal, shown as unknown",
    ),
    needs="It needs a pipeline: from a connected CRM or from an imported folder.",
    action_label="Bring in your team",
    action_url="team",
)
COLUMNS = (
    Column("Deal"),
    Column("Score"),
    Column("Stage"),
    Column("Owner"),
    Column("Amount", "amount", "end", is_sortable=True),
    Column("Closes", "close_date", "end", is_sortable=True),
    Column("Created", "created", "end", is_sortable=True),
)
FINDING_COLUMNS = (Column("Signal"), Column("Found"), Column("What clears it"), Column("Points", align="end"))


@page(permission=Permission.DEAL_READ)
def show(request: HttpRequest) -> HttpResponse:
    """A list with filter, order and word search."""
    actor, now = current(), datetime.now(UTC)
    sort = Sort.parse(request.GET.get("sort", ""), columns=COLUMNS, default="close_date")
    wanted = _filter(request)
    found = crm.list_deals(
        actor,
        now=now,
        wanted=wanted,
        sort=_order(sort),
        cursor=request.GET.get("after", ""),
        limit=PAGE,
    )
    if not found.total and wanted == crm.DealFilter(kind=StageKind.OPEN) and not crm.get_freshness(actor).deals:
        return render(request, "pages/empty.html", {"title": "Deals", "empty": EMPTY})
    marks = queries.list_marks(actor, [line.id for line in found.deals])
    if found.deals:
        log.record(actor, AuditTag.DEAL_READ, subject_kind="deal", details={"deals": len(found.deals)}, now=now)
    with workspace_zone(actor):
        context = {
            "title": "Deals",
            "columns": COLUMNS,
            "sort": sort,
            "deals": [_line(line, marks.get(line.id)) for line in found.deals],
            "kinds": [*KINDS, "all"],
            "kind": request.GET.get("kind", "open"),
            "words": request.GET.get("q", "")[:200],
            "owners": crm.list_owners(actor),
            "pipelines": crm.list_pipelines(actor),
            "owner": request.GET.get("owner", ""),
            "pipeline": request.GET.get("pipeline", ""),
            "cursors": Cursors(next=found.next_cursor, shown=len(found.deals), total=found.total),
        }
        return render(request, "deals/deals.html", context)


@page(permission=Permission.DEAL_READ)
def show_deal(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """One deal: its score and what it is made of, what clears it, its facts in time, its people."""
    actor, now = current(), datetime.now(UTC)
    deal = crm.access_deal(actor, deal_id, now=now)
    judgement = queries.find_judgement(actor, deal_id)
    marked = verdicts.evidence_of(judgement) if judgement else {}
    timeline = get_timeline(actor, deal_id, limit=FACTS)
    people = list_contacts(actor, deal_id)
    _record(actor, deal_id, now=now)
    with workspace_zone(actor) as zone:
        context = {
            "title": deal.line.name,
            "deal": deal,
            "crumbs": (Crumb("Deals", ".."), Crumb(deal.line.name)),
            "row": verdicts.to_row(deal.line, judgement) if judgement else None,
            "judgement": judgement,
            "parts": verdicts.to_parts(judgement) if judgement else [],
            "findings": verdicts.to_lines(judgement) if judgement else [],
            "finding_columns": FINDING_COLUMNS,
            "history": verdicts.to_history(queries.list_scores(actor, deal_id, since=now.date() - HISTORY)),
            "entries": verdicts.to_timeline(timeline, marked)[:FACTS],
            "people": people,
            "zone": zone,
        }
        return render(request, "deals/deal.html", context)


def _line(line: DealLine, mark: ScoreMark | None) -> dict[str, object]:
    """A deal of the list with its mark."""
    judged = mark is not None and mark.score is not None and verdicts.TONES[mark.band] != "unknown"
    points = round(mark.score) if mark is not None and mark.score is not None and judged else None
    return {"line": line, "points": points, "tone": verdicts.TONES[mark.band] if mark else "", "mark": mark}


def _filter(request: HttpRequest) -> crm.DealFilter:
    kind = request.GET.get("kind", "open")
    return crm.DealFilter(
        kind=KINDS.get(kind, None if kind == "all" else StageKind.OPEN),
        words=request.GET.get("q", "")[:200],
        owner_id=_id(request.GET.get("owner", "")),
        pipeline_id=_id(request.GET.get("pipeline", "")),
    )


def _order(sort: Sort) -> paging.Sort:
    text = f"-{sort.key}" if sort.is_descending else sort.key
    return paging.Sort(text) if text in {one.value for one in paging.Sort} else paging.Sort.CLOSE_DATE


def _id(text: str) -> UUID | None:
    """The id of a filter; what is none filters nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _record(actor: Actor, deal_id: UUID, *, now: datetime) -> None:
    """The page shows names of people: who read them is written down."""
    fields = ["name", "contacts", "timeline"]
    log.record(actor, AuditTag.DEAL_READ, subject=deal_id, subject_kind="deal", fields=fields, now=now)
