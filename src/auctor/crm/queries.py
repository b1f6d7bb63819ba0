"""Reads of deals, pipelines, owners and freshness. Whoever asks sees what the row policies let them see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from auctor.crm import paging
from auctor.crm.doors import access_deal_row, seen
from auctor.crm.models.deals import CustomField, CustomValue, Deal, DealPause
from auctor.crm.models.people import Company, Owner
from auctor.crm.models.pipelines import Pipeline, Rate, Stage, StageVersion
from auctor.crm.models.sources import Coverage, Merge
from auctor.crm.records import (
    CoverageRecord,
    DealLine,
    DealPage,
    DealRecord,
    Freshness,
    Money,
    OwnerRecord,
    PipelineRecord,
    RateRecord,
    StageRecord,
)
from auctor.crm.vocabulary import ActivityKind, ChangedField, Entity, Input, Known, RecordState
from auctor.signals.vocabulary import Forecast, StageKind
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor

MOST_LINES = 200
MOST_COMPANIES = 1000
# Up to so many deals that a search found, their ids are carried on.
RARE = 1000


@dataclass(frozen=True, slots=True)
class DealFilter:
    """Which deals. `words` are looked for in deal and company names, whole words only, all of them."""

    kind: StageKind | None = None
    words: str = ""
    owner_id: UUID | None = None
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    company_id: UUID | None = None
    closes_from: date | None = None
    closes_until: date | None = None
    ids: Sequence[UUID] | None = None


def access_deal(actor: Actor, deal_id: UUID, *, now: datetime) -> DealRecord:
    """One deal with everything that stands on it. Raises `NoDeal` alike for a foreign and for an unknown id."""
    deal = access_deal_row(actor, deal_id)
    (line,) = to_lines([deal], now=now)
    known = Known(deal.known)
    return DealRecord(
        line=line,
        record_state=RecordState(deal.record_state),
        company_id=deal.company_id,
        pipeline_id=deal.pipeline_id,
        stage_id=deal.stage_id,
        vendor_amount=_money(deal.amount, deal.currency),
        amount_override=_money(deal.amount_override, deal.currency),
        vendor_close_on=deal.close_on,
        close_on_override=deal.close_on_override,
        close_zone=deal.close_zone or "",
        forecast=_forecast(deal.forecast),
        forecast_override=_forecast(deal.forecast_override),
        next_step=deal.next_step or "",
        next_step_on=deal.next_step_on,
        unknown_fields=tuple(str(bit.name).lower() for bit in Known if bit not in known),
        custom=_custom(deal.id),
        first_seen_at=deal.first_seen_at,
        observed_at=deal.observed_at,
        touched_at=deal.touched_at,
    )


def find_deal(actor: Actor, name_or_id: str) -> UUID | None:
    """A deal by our id, by the source's, or by words of its name when they fit exactly one. For the console."""
    require(actor, Permission.DEAL_READ)
    try:
        asked = Q(id=UUID(name_or_id))
    except ValueError:
        asked = Q(remote_id=name_or_id[:128])
    found = list(Deal.objects.filter(asked).values_list("id", flat=True)[:2])
    if not found:
        found = list(Deal.objects.filter(name_words__matches=name_or_id).values_list("id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def list_deals(
    actor: Actor,
    *,
    now: datetime,
    wanted: DealFilter | None = None,
    sort: paging.Sort = paging.Sort.CLOSE_DATE,
    cursor: str = "",
    limit: int = 50,
) -> DealPage:
    """A page of deals. Raises `CursorWrong` for a cursor that is none of ours, or of another order."""
    require(actor, Permission.DEAL_READ)
    rows, total = _counted(actor, wanted or DealFilter())
    limit = min(max(limit, 1), MOST_LINES)
    page, following = paging.page(rows, sort=sort, cursor=cursor, limit=limit) if total else ([], "")
    return DealPage(tuple(to_lines(page, now=now)), following, total)


def list_ids(actor: Actor, *, wanted: DealFilter) -> list[UUID]:
    """All deals of a filter, for lists that others order."""
    require(actor, Permission.DEAL_READ)
    return list(_chosen(actor, wanted).values_list("id", flat=True))


def list_lines(actor: Actor, ids: Sequence[UUID], *, now: datetime) -> dict[UUID, DealLine]:
    """The lines of these deals by id, for lists that others order. Deals that may not be seen are missing."""
    require(actor, Permission.DEAL_READ)
    return {line.id: line for line in to_lines(list(Deal.objects.filter(id__in=list(ids))), now=now)}


def list_pipelines(actor: Actor) -> list[PipelineRecord]:
    """All pipelines with their present stages."""
    require(actor, Permission.DEAL_READ)
    versions = {version.stage_id: version for version in StageVersion.objects.filter(valid_until__isnull=True)}
    by_pipeline: dict[UUID, list[StageRecord]] = {}
    for stage in Stage.objects.all():
        version = versions.get(stage.id)
        if version is not None:
            by_pipeline.setdefault(stage.pipeline_id, []).append(_stage(stage, version))
    return [
        PipelineRecord(
            row.id, row.name or row.remote_id, tuple(sorted(by_pipeline.get(row.id, []), key=lambda s: s.position))
        )
        for row in Pipeline.objects.order_by("remote_id")
    ]


def list_owners(actor: Actor) -> list[OwnerRecord]:
    """Vendor's users who own deals or could."""
    require(actor, Permission.DEAL_READ)
    return [
        OwnerRecord(row.id, row.remote_id, row.name or row.remote_id, row.email or "", row.is_active, row.member_id)
        for row in Owner.objects.filter(is_listed=True).order_by("remote_id")
    ]


def list_rates(actor: Actor) -> list[RateRecord]:
    """What other currencies are worth in the workspace's, oldest first."""
    require(actor, Permission.DEAL_READ)
    return [
        RateRecord(row.currency, row.on_day, row.rate, row.source)
        for row in Rate.objects.order_by("currency", "on_day")
    ]


def has_deals(actor: Actor) -> bool:
    """Whether there is any deal to see."""
    require(actor, Permission.DEAL_READ)
    return seen(actor, Deal.objects.filter(record_state=RecordState.ACTIVE)).exists()


def get_freshness(actor: Actor) -> Freshness:
    """How far everything has been read, and what never came."""
    require(actor, Permission.DEAL_READ)
    rows = list(Coverage.objects.order_by("input", "kind"))
    there = {row.input for row in rows}
    return Freshness(
        coverage=tuple(
            CoverageRecord(Input(row.input).name.lower(), _kind(row), row.since, row.until, row.observed_at)
            for row in rows
        ),
        missing=tuple(one.name.lower() for one in Input if int(one) not in there),
    )


def to_lines(deals: Sequence[Deal], *, now: datetime) -> list[DealLine]:
    """Rows with the names of what they refer to, in a handful of statements for all of them."""
    companies = _companies({deal.company_id for deal in deals if deal.company_id})
    owners = {row.id: row.name or row.remote_id for row in Owner.objects.filter(id__in={d.owner_id for d in deals})}
    pipelines = {
        row.id: row.name or row.remote_id for row in Pipeline.objects.filter(id__in={d.pipeline_id for d in deals})
    }
    stages = stage_names({deal.stage_id for deal in deals if deal.stage_id})
    pauses = dict(
        DealPause.objects.filter(deal_id__in=[deal.id for deal in deals], since__lte=now, until__gt=now)
        .order_by("until")
        .values_list("deal_id", "until")
    )
    return [
        DealLine(
            id=deal.id,
            remote_id=deal.remote_id,
            name=deal.name or deal.remote_id,
            company=companies.get(deal.company_id, ""),
            owner=owners.get(deal.owner_id, ""),
            owner_id=deal.owner_id,
            stage=stages.get(deal.stage_id, "") if deal.stage_id else "",
            stage_kind=StageKind(deal.stage_kind),
            pipeline=pipelines.get(deal.pipeline_id, ""),
            amount=_money(deal.amount_now, deal.currency),
            close_on=deal.close_on_now,
            created_at=deal.created_at,
            closed_at=deal.closed_at,
            stage_since=deal.stage_since,
            paused_until=pauses.get(deal.id),
        )
        for deal in deals
    ]


def stage_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """What stages are called now."""
    return {key: name for key, (name, _) in current_stages(ids).items()}


def current_stages(ids: Collection[UUID]) -> dict[UUID, tuple[str, StageKind]]:
    """What stages are called now, by the source's own id where they have no name, and their kinds."""
    versions = StageVersion.objects.filter(stage_id__in=list(ids), valid_until__isnull=True)
    found = {row.stage_id: (row.name or "", StageKind(row.kind)) for row in versions}
    nameless = [one for one in ids if not found.get(one, ("",))[0]]
    remote = Stage.objects.filter(id__in=nameless).values_list("id", "remote_id")
    return found | {key: (told, found[key][1] if key in found else StageKind.OPEN) for key, told in remote}


def _counted(actor: Actor, wanted: DealFilter) -> tuple[QuerySet[Deal], int]:
    """The rows of a filter and how many they are.

    Words follow no index, so the rows are looked through once. What is rare is known by its ids from then on; what
    is frequent fills a page soon in any order.
    """
    rows = _chosen(actor, wanted)
    if not wanted.words.strip():
        return rows, rows.count()
    found = list(rows.values_list("id", flat=True)[: RARE + 1])
    if len(found) > RARE:
        return rows, rows.count()
    return Deal.objects.filter(id__in=RawSQL("SELECT unnest(%s::uuid[])", [found])), len(found)


def _chosen(actor: Actor, wanted: DealFilter) -> QuerySet[Deal]:
    rows = seen(actor, Deal.objects.filter(record_state=RecordState.ACTIVE))
    if wanted.kind is not None:
        rows = rows.filter(stage_kind=wanted.kind)
    for name in ("owner_id", "pipeline_id", "stage_id", "company_id"):
        if getattr(wanted, name) is not None:
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.closes_from:
        rows = rows.filter(close_on_now__gte=wanted.closes_from)
    if wanted.closes_until:
        rows = rows.filter(close_on_now__lte=wanted.closes_until)
    if wanted.ids is not None:
        # One parameter, however many there are.
        rows = rows.filter(id__in=RawSQL("SELECT unnest(%s::uuid[])", [list(wanted.ids)]))
    if wanted.words.strip():
        companies = _companies_called(actor, wanted.words)
        rows = rows.filter(Q(name_words__matches=wanted.words) | Q(company_id__in=companies))
    return rows


def _companies_called(actor: Actor, words: str) -> list[UUID]:
    rows = Company.objects.filter(name_words__matches=words)
    if actor.role is Role.MEMBER:
        # Those of the member's own deals, of which there are few; the wall would look for a deal of every company.
        own = seen(actor, Deal.objects.filter(company_id__isnull=False)).values_list("company_id", flat=True)
        rows = rows.filter(id__in=list(own.distinct()))
    return list(rows.values_list("id", flat=True)[:MOST_COMPANIES])


def _companies(ids: set[UUID]) -> dict[UUID | None, str]:
    """Names of companies; a merged one is called as what it is part of now."""
    roots = dict(Merge.objects.filter(kind=Entity.COMPANY, loser_id__in=ids).values_list("loser_id", "root_id"))
    names = {row.id: row.name or row.remote_id for row in Company.objects.filter(id__in=ids | set(roots.values()))}
    return {one: names.get(roots.get(one, one), "") for one in ids}


def _stage(stage: Stage, version: StageVersion) -> StageRecord:
    return StageRecord(
        id=stage.id,
        pipeline_id=stage.pipeline_id,
        name=version.name or stage.remote_id,
        position=version.position,
        kind=StageKind(version.kind),
        probability=version.probability,
    )


def _kind(row: Coverage) -> str:
    if row.kind < 0:
        return ""
    return (ChangedField if row.input == Input.DEAL_CHANGES else ActivityKind)(row.kind).name.lower()


def _custom(deal_id: UUID) -> dict[str, str]:
    names = {field.id: field.name for field in CustomField.objects.all()}
    values = CustomValue.objects.filter(deal_id=deal_id, value__isnull=False)
    return {names[row.field_id]: row.value for row in values if row.field_id in names}


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)


def _forecast(number: int | None) -> Forecast | None:
    return None if number is None else Forecast(number)
