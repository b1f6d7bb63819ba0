"""The pipeline: every deal with its score, to be filtered, ordered and searched."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import paging
from auctor.crm import queries as crm
from auctor.crm.records import DealLine
from auctor.risk import queries, ranking
from auctor.risk.records import ScoreMark
from auctor.signals.score import Band
from auctor.signals.vocabulary import StageKind
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import verdicts
from auctor.web.imports import to_fill
from auctor.web.page import page
from auctor.web.records import Column, Cursors, Empty, Sort
from auctor.web.zones import workspace_zone

PAGE = 50
KINDS = {"open": StageKind.OPEN, "won": StageKind.WON, "lost": StageKind.LOST}
BANDS = {"high": Band.HIGH, "medium": Band.MEDIUM, "low": Band.LOW, "clear": Band.CLEAR, "not-judged": Band.NOT_JUDGED}
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
    Column("Score", "score", is_sortable=True),
    Column("Stage"),
    Column("Owner"),
    Column("Amount", "amount", "end", is_sortable=True),
    Column("Closes", "close_date", "end", is_sortable=True),
    Column("Created", "created", "end", is_sortable=True),
)


@page(permission=Permission.DEAL_READ)
def show(request: HttpRequest) -> HttpResponse:
    """A list with filter, order and word search."""
    actor, now = current(), datetime.now(UTC)
    sort = Sort.parse(request.GET.get("sort", ""), columns=COLUMNS, default="close_date")
    lines, cursors = _find(actor, request, sort, now=now)
    if not lines and not request.GET and not crm.has_deals(actor):
        return render(request, "pages/empty.html", {"title": "Deals", "empty": to_fill(actor, EMPTY)})
    marks = queries.list_marks(actor, [line.id for line in lines])
    if lines:
        log.record(actor, AuditTag.DEAL_READ, subject_kind="deal", details={"deals": len(lines)}, now=now)
    with workspace_zone(actor):
        context = {
            "title": "Deals",
            "columns": COLUMNS,
            "sort": sort,
            "sorted": request.GET.get("sort", ""),
            "deals": [_line(line, marks.get(line.id)) for line in lines],
            "chosen": {name: request.GET.get(name, "")[:200] for name in FILTERS} | {"kind": _kind(request)},
            "kinds": [*KINDS, "all"],
            "bands": BANDS,
            "owners": crm.list_owners(actor),
            "pipelines": crm.list_pipelines(actor),
            "cursors": cursors,
        }
        return render(request, "deals/deals.html", context)


FILTERS = ("q", "band", "owner", "pipeline", "stage", "from", "until")


def _find(actor: Actor, request: HttpRequest, sort: Sort, *, now: datetime) -> tuple[Sequence[DealLine], Cursors]:
    """A page of deals. Scores and bands are the judge's, everything else is the copy's: each side orders its own."""
    wanted, cursor = _filter(request), request.GET.get("after", "")
    band = BANDS.get(request.GET.get("band", ""))
    bands = () if band is None else (band,)
    if sort.key == "score" and wanted.kind is StageKind.OPEN:
        among = None if wanted == crm.DealFilter(kind=StageKind.OPEN) else crm.list_ids(actor, wanted=wanted)
        ranked = ranking.list_ranked(actor, bands=bands, ids=among, falls=sort.is_descending, cursor=cursor)
        told = crm.list_lines(actor, ranked.ids, now=now)
        lines = [told[key] for key in ranked.ids if key in told]
        return lines, Cursors(next=ranked.next_cursor, shown=len(lines), total=ranked.total)
    if bands:
        wanted = _filter(request, ids=ranking.list_ids(actor, bands=bands))
    found = crm.list_deals(actor, now=now, wanted=wanted, sort=_order(sort), cursor=cursor, limit=PAGE)
    return found.deals, Cursors(next=found.next_cursor, shown=len(found.deals), total=found.total)


def _line(line: DealLine, mark: ScoreMark | None) -> dict[str, object]:
    """A deal of the list with its mark."""
    judged = mark is not None and mark.score is not None and verdicts.TONES[mark.band] != "unknown"
    points = round(mark.score) if mark is not None and mark.score is not None and judged else None
    return {"line": line, "points": points, "tone": verdicts.TONES[mark.band] if mark else "", "mark": mark}


def _filter(request: HttpRequest, *, ids: Sequence[UUID] | None = None) -> crm.DealFilter:
    return crm.DealFilter(
        kind=KINDS.get(_kind(request)),
        words=request.GET.get("q", "")[:200],
        owner_id=_id(request.GET.get("owner", "")),
        pipeline_id=_id(request.GET.get("pipeline", "")),
        stage_id=_id(request.GET.get("stage", "")),
        closes_from=_day(request.GET.get("from", "")),
        closes_until=_day(request.GET.get("until", "")),
        ids=ids,
    )


def _kind(request: HttpRequest) -> str:
    told = request.GET.get("kind", "")
    return told if told in KINDS or told == "all" else "open"


def _order(sort: Sort) -> paging.Sort:
    text = f"-{sort.key}" if sort.is_descending else sort.key
    return paging.Sort(text) if text in {one.value for one in paging.Sort} else paging.Sort.CLOSE_DATE


def _id(text: str) -> UUID | None:
    """The id of a filter; what is none filters nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    """The day of a filter; what is none filters nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
