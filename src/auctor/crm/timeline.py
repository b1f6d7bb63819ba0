"""What happened on one deal, in words: activities, changes, stays in stages, people."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from auctor.crm.currencies import to_decimal
from auctor.crm.doors import access_deal_row
from auctor.crm.importing.form import FORECASTS
from auctor.crm.models.activities import Activity, Participant
from auctor.crm.models.deals import CustomField, Deal, DealChange, DealContact, StageInterval
from auctor.crm.models.people import Address, Contact, ContactPoint, Owner
from auctor.crm.models.sources import Merge
from auctor.crm.queries import current_stages, stage_names
from auctor.crm.records import (
    ActivityRecord,
    ChangeRecord,
    ContactRecord,
    IntervalRecord,
    ParticipantRecord,
    Timeline,
)
from auctor.crm.vocabulary import ActivityKind, ActivityState, ChangedField, Entity, Flow, Part, RecordState, Reply
from auctor.signals.vocabulary import Role, Seniority, StageKind
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

EPOCH = date(1970, 1, 1)
MOST_TOUCHES = 400


@dataclass(frozen=True, slots=True)
class Facts:
    """Which facts of a timeline. `kinds` of activities and `ids` of records are all where they are None."""

    kinds: Collection[ActivityKind] | None = None
    with_changes: bool = True
    ids: Collection[UUID] | None = None


def get_timeline(
    actor: Actor, deal_id: UUID, *, before: datetime | None = None, limit: int = 100, wanted: Facts | None = None
) -> Timeline:
    """Activities and changes before a moment, newest first, and all stays in stages. Raises `NoDeal`.

    `next_cursor` is the moment to go on from, as ISO 8601.
    """
    deal = access_deal_row(actor, deal_id)
    require(actor, Permission.CONTACT_READ)
    activities, changes = _chosen(deal, wanted or Facts())
    if before is not None:
        activities = activities.filter(Q(occurred_at__lt=before) | Q(occurred_at=None, recorded_at__lt=before))
        changes = changes.filter(effective_at__lt=before)
    shown = sorted(activities.order_by("-occurred_at", "id")[: limit + 1], key=_moment, reverse=True)
    logged = list(changes.order_by("-effective_at", "-place", "id")[: limit + 1])
    # Both lists end at the same moment, so that nothing between is told twice or never.
    cut = [_moment(shown[limit - 1])] if len(shown) > limit else []
    cut += [logged[limit - 1].effective_at] if len(logged) > limit else []
    last = max(cut, default=None)
    return Timeline(
        activities=tuple(_activities([row for row in shown if last is None or _moment(row) >= last])),
        changes=tuple(_changes([row for row in logged if last is None or row.effective_at >= last], deal)),
        intervals=tuple(_intervals(deal.id)),
        next_cursor=last.isoformat() if last else "",
    )


def list_touches(actor: Actor, deal_id: UUID, *, since: datetime, until: datetime) -> list[ActivityRecord]:
    """The newest activities of a span, without who took part: what is counted and drawn. Empty for a foreign deal."""
    require(actor, Permission.DEAL_READ)
    rows = Activity.objects.filter(deal_id=deal_id, record_state=RecordState.ACTIVE)
    span = rows.filter(occurred_at__gte=since, occurred_at__lt=until)
    return [_activity(row, ()) for row in span.order_by("-occurred_at", "id")[:MOST_TOUCHES]]


def list_contacts(actor: Actor, deal_id: UUID) -> list[ContactRecord]:
    """The people on a deal, those whose part has ended included. Raises `NoDeal`."""
    require(actor, Permission.CONTACT_READ)
    edges = list(DealContact.objects.filter(deal_id=deal_id).order_by("ended_at", "id"))
    if not edges:
        # Whoever sees an edge sees its deal; none at all is of a deal that stands alone, or of another workspace.
        access_deal_row(actor, deal_id)
    roots = _roots(edge.contact_id for edge in edges)
    contacts = {row.id: row for row in Contact.objects.filter(id__in={*roots.values()})}
    addresses = _addresses_of(contacts)
    return [
        ContactRecord(
            id=contact.id,
            name=contact.name or contact.remote_id,
            title=contact.title or "",
            seniority=None if contact.seniority is None else Seniority(contact.seniority),
            addresses=tuple(addresses.get(contact.id, [])),
            role=Role(edge.role),
            role_text=edge.role_text or "",
            since=edge.since,
            ended_at=edge.ended_at,
        )
        for edge in edges
        if (contact := contacts.get(roots[edge.contact_id])) is not None
    ]


def _chosen(deal: Deal, wanted: Facts) -> tuple[QuerySet[Activity], QuerySet[DealChange]]:
    activities: QuerySet[Activity] = Activity.objects.filter(deal_id=deal.id, record_state=RecordState.ACTIVE)
    changes: QuerySet[DealChange] = DealChange.objects.filter(deal_id=deal.id)
    if wanted.kinds is not None:
        activities = activities.filter(kind__in=list(wanted.kinds))
    if not wanted.with_changes:
        changes = changes.none()
    if wanted.ids is not None:
        activities, changes = activities.filter(id__in=list(wanted.ids)), changes.filter(id__in=list(wanted.ids))
    return activities, changes


def _moment(row: Activity) -> datetime:
    moment: datetime = row.occurred_at or row.recorded_at
    return moment


def _activities(rows: Sequence[Activity]) -> Iterable[ActivityRecord]:
    people = _participants([row.id for row in rows])
    for row in rows:
        yield _activity(row, people.get(row.id, []))


def _activity(row: Activity, participants: Iterable[ParticipantRecord]) -> ActivityRecord:
    return ActivityRecord(
        id=row.id,
        kind=ActivityKind(row.kind),
        flow=Flow(row.flow),
        state=ActivityState(row.state),
        label=row.label or "",
        at=_moment(row),
        ended_at=row.ended_at,
        due_at=row.due_at,
        recorded_at=row.recorded_at,
        is_automatic=row.is_automatic,
        participants=tuple(participants),
    )


def _participants(activities: Sequence[UUID]) -> dict[UUID, list[ParticipantRecord]]:
    rows = list(Participant.objects.filter(activity_id__in=list(activities)).order_by("part", "id"))
    roots = _roots(row.person_id for row in rows if row.person_id)
    names = {row.id: row.name for row in Contact.objects.filter(id__in={*roots.values()}) if row.name}
    ours = {row.id: row.name for row in Owner.objects.filter(id__in={row.owner_id for row in rows}) if row.name}
    addresses = {row.id: row.value for row in Address.objects.filter(id__in={row.address_id for row in rows})}
    told: dict[UUID, list[ParticipantRecord]] = {}
    for row in rows:
        person = roots.get(row.person_id, row.person_id)
        name = ours.get(row.owner_id) or names.get(person) or addresses.get(row.address_id) or ""
        record = ParticipantRecord(name, Part(row.part).name.lower(), Reply(row.reply).name.lower(), row.is_ours)
        told.setdefault(row.activity_id, []).append(record)
    return told


def _roots(contacts: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each contact's own id, or that of the one that it is part of now."""
    ids = set(contacts)
    merged = Merge.objects.filter(kind=Entity.CONTACT, loser_id__in=ids).values_list("loser_id", "root_id")
    return {**{one: one for one in ids}, **dict(merged)}


def _addresses_of(contacts: Iterable[UUID]) -> dict[UUID, list[str]]:
    points = list(ContactPoint.objects.filter(contact_id__in=list(contacts), ended_at__isnull=True))
    values = {row.id: row.value for row in Address.objects.filter(id__in=[point.address_id for point in points])}
    found: dict[UUID, list[str]] = {}
    for point in points:
        found.setdefault(point.contact_id, []).append(values[point.address_id])
    return found


def _changes(rows: Sequence[DealChange], deal: Deal) -> Iterable[ChangeRecord]:
    refs = {ref for row in rows for ref in (row.old_ref, row.new_ref, row.actor_id) if ref}
    owners = {row.id: row.name or row.remote_id for row in Owner.objects.filter(id__in=refs)}
    names = owners | stage_names(refs - set(owners))
    custom = {row.id: row.name for row in CustomField.objects.all()} if any(r.custom_field_id for r in rows) else {}
    for row in rows:
        field = ChangedField(row.field)
        yield ChangeRecord(
            id=row.id,
            field=field,
            label=custom.get(row.custom_field_id, "") or field.name.lower().replace("_", " "),
            at=row.effective_at,
            observed_at=row.observed_at,
            old=_in_words(field, (row.old_value, row.old_ref, row.old_text), deal.currency, names),
            new=_in_words(field, (row.new_value, row.new_ref, row.new_text), deal.currency, names),
            actor=names.get(row.actor_id, ""),
        )


def _in_words(
    field: ChangedField, told: tuple[int | None, UUID | None, str | None], currency: str | None, names: dict[UUID, str]
) -> str:
    value, ref, text = told
    if ref is not None:
        return names.get(ref, "")
    if field in (ChangedField.CUSTOM, ChangedField.NEXT_STEP, ChangedField.NAME) or value is None:
        return text or ""
    if field is ChangedField.AMOUNT:
        return f"{to_decimal(value, currency)} {currency}" if currency else ""
    if field is ChangedField.FORECAST_CATEGORY:
        return FORECASTS[value].replace("_", " ")
    return (EPOCH + timedelta(days=value)).isoformat()


def _intervals(deal_id: UUID) -> Iterable[IntervalRecord]:
    rows = list(StageInterval.objects.filter(deal_id=deal_id).order_by("place"))
    stages = current_stages({row.stage_id for row in rows})
    for row in rows:
        name, kind = stages.get(row.stage_id, ("", StageKind.OPEN))
        yield IntervalRecord(name, kind, row.entered_at, row.left_at, row.is_inferred)
