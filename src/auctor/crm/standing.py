"""What whoever judges deals asks about them besides their facts: clocks and members, and rates. No texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from auctor.crm.models.deals import Deal
from auctor.crm.models.pipelines import Rate
from auctor.crm.records import RateRecord
from auctor.crm.vocabulary import RecordState
from auctor.signals.vocabulary import StageKind
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """A deal's clock, whether it is open, and the member who owns it."""

    id: UUID
    touched_at: datetime
    is_open: bool
    member_id: UUID | None


def list_open(actor: Actor) -> list[Standing]:
    """Every open deal."""
    require(actor, Permission.DEAL_READ)
    return _list(record_state=RecordState.ACTIVE, stage_kind=StageKind.OPEN)


def has_open(actor: Actor) -> bool:
    """Whether any deal is open."""
    require(actor, Permission.DEAL_READ)
    return bool(Deal.objects.filter(record_state=RecordState.ACTIVE, stage_kind=StageKind.OPEN).exists())


def list_some(actor: Actor, ids: Sequence[UUID]) -> list[Standing]:
    """These deals, open or not; those that may not be seen are missing."""
    require(actor, Permission.DEAL_READ)
    return _list(id__in=list(ids))


def list_remote_ids(actor: Actor) -> dict[str, UUID]:
    """Every deal by what its source calls it."""
    require(actor, Permission.DEAL_READ)
    return dict(Deal.objects.filter(record_state=RecordState.ACTIVE).values_list("remote_id", "id"))


def list_moved(actor: Actor, *, since: datetime | None, seen: QuerySet[Any]) -> list[UUID]:
    """The deals whose clock moved, since a moment if one is told, and stands elsewhere than in `seen`.

    `seen` are rows with the deal's `id` and the clock `touched_at` that somebody saw last. A deal that is not open
    counts only if it was seen.
    """
    require(actor, Permission.DEAL_READ)
    is_open = Q(record_state=RecordState.ACTIVE, stage_kind=StageKind.OPEN)
    deals = Deal.objects.annotate(seen_at=Subquery(seen.filter(id=OuterRef("id")).values("touched_at")))
    # Spelt out, because nothing differs from NULL in SQL, nor equals it.
    stands_elsewhere = Q(seen_at__lt=F("touched_at")) | Q(seen_at__gt=F("touched_at"))
    moved = deals.filter(stands_elsewhere | Q(is_open, seen_at__isnull=True))
    if since is not None:
        moved = moved.filter(touched_at__gte=since)
    return list(moved.values_list("id", flat=True))


def list_stages(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """The stage in which each of these deals is."""
    require(actor, Permission.DEAL_READ)
    return dict(Deal.objects.filter(id__in=list(ids)).values_list("id", "stage_id"))


def list_rates(actor: Actor) -> list[RateRecord]:
    """All rates into the workspace's currency."""
    require(actor, Permission.DEAL_READ)
    return [RateRecord(row.currency, row.on_day, row.rate, row.source) for row in Rate.objects.order_by("on_day")]


def _list(**wanted: object) -> list[Standing]:
    rows = Deal.objects.filter(**wanted).values_list(
        "id", "touched_at", "stage_kind", "record_state", "owner_member_id"
    )
    return [
        Standing(key, touched, kind == StageKind.OPEN and state == RecordState.ACTIVE, member)
        for key, touched, kind, state, member in rows
    ]
