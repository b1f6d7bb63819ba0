"""Planned meetings of deals, as whoever waits for one asks about them. No texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auctor.crm.models.activities import Activity
from auctor.crm.vocabulary import ActivityKind, ActivityState, RecordState
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# An import need not tell a state; a meeting to come is planned then.
STANDS = (ActivityState.UNKNOWN, ActivityState.PLANNED)


@dataclass(frozen=True, slots=True)
class Meeting:
    """When it begins, and whether it was cancelled, missed or deleted."""

    id: UUID
    begins_at: datetime
    is_off: bool


def find_next_meeting(actor: Actor, deal_id: UUID, *, now: datetime) -> Meeting | None:
    """The next planned meeting of a deal; None where none is on record."""
    require(actor, Permission.DEAL_READ)
    rows = Activity.objects.filter(
        deal_id=deal_id,
        kind=ActivityKind.MEETING,
        occurred_at__gt=now,
        state__in=STANDS,
        record_state=RecordState.ACTIVE,
    )
    found = rows.order_by("occurred_at").first()
    return _record(found) if found is not None else None


def list_meetings(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Meeting]:
    """These meetings as they stand now; those that are gone are missing."""
    require(actor, Permission.DEAL_READ)
    return {row.id: _record(row) for row in Activity.objects.filter(id__in=list(ids))}


def _record(row: Activity) -> Meeting:
    is_off = row.state in (ActivityState.CANCELLED, ActivityState.NO_SHOW) or row.record_state != RecordState.ACTIVE
    assert row.occurred_at is not None
    return Meeting(row.id, row.occurred_at, is_off)
