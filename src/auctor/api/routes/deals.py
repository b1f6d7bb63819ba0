"""Deals, what happened on them, and who is on them."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Query, Schema
from pydantic import BeforeValidator

from auctor.api.door import ApiRequest, Door
from auctor.api.paging import CursorWrong, Paging, parse_cursor, to_cursor
from auctor.api.shapes import DealOut, MoneyOut, to_deal, to_money
from auctor.api.values import Day, Id
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import queries
from auctor.crm.paging import Sort
from auctor.crm.records import ContactRecord, DealRecord, Timeline
from auctor.crm.timeline import get_timeline, list_contacts
from auctor.signals.vocabulary import StageKind
from auctor.tenancy.permissions import Permission

door = Door(tags=["deals"])
KINDS = {"open": StageKind.OPEN, "won": StageKind.WON, "lost": StageKind.LOST}
Words = Annotated[str, BeforeValidator(lambda value: value.replace("\0", " ") if isinstance(value, str) else value)]


class DealQuery(Paging):
    """Which deals, and in which order; what is left out does not narrow."""

    kind: Literal["open", "won", "lost", "all"] = "open"
    words: Words = Field("", max_length=200, description="Whole words of deal and company names, all of them.")
    owner_id: Id | None = None
    pipeline_id: Id | None = None
    stage_id: Id | None = None
    company_id: Id | None = None
    closes_from: Day | None = None
    closes_until: Day | None = None
    sort: Literal["close_date", "-close_date", "amount", "-amount", "created", "-created", "-touched"] = "close_date"


class DealPage(Schema):
    """A page of deals in the asked order."""

    items: list[DealOut]
    next_cursor: str = Field(description="Empty on the last page.")
    total: int


class DealDetailsOut(DealOut):
    """A deal with the vendor's values, what people put before them, and what its source never showed."""

    state: str = Field(description="active, archived, deleted, merged or inaccessible.")
    company_id: UUID | None
    pipeline_id: UUID
    stage_id: UUID | None
    vendor_amount: MoneyOut | None
    amount_override: MoneyOut | None
    vendor_close_on: date | None
    close_on_override: date | None
    close_zone: str
    forecast: str | None
    forecast_override: str | None
    next_step: str
    next_step_on: date | None
    unknown_fields: list[str]
    custom: dict[str, str]
    first_seen_at: datetime
    observed_at: datetime
    touched_at: datetime


class ParticipantOut(Schema):
    """Somebody in an activity."""

    name: str
    part: str
    reply: str
    is_ours: bool


class ActivityOut(Schema):
    """Something that happened or is planned."""

    id: UUID
    kind: str
    direction: str
    state: str
    label: str
    at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    recorded_at: datetime
    participants: list[ParticipantOut]


class ChangeOut(Schema):
    """A field that went from old to new, in words."""

    id: UUID
    field: str
    label: str
    at: datetime
    observed_at: datetime
    old: str
    new: str
    actor: str


class StayOut(Schema):
    """A stay in a stage; inferred where no change says when it began."""

    stage: str
    kind: str
    entered_at: datetime
    left_at: datetime | None
    is_inferred: bool


class TimelineOut(Schema):
    """Activities and changes, newest first, and all stays in stages."""

    activities: list[ActivityOut]
    changes: list[ChangeOut]
    stays: list[StayOut]
    next_cursor: str = Field(description="Empty where nothing older follows.")


class ContactOut(Schema):
    """A person on a deal."""

    id: UUID
    name: str
    title: str
    seniority: str | None
    addresses: list[str]
    role: str
    role_text: str
    since: datetime | None
    ended_at: datetime | None


@door.read("/deals", permission=Permission.DEAL_READ, response=DealPage)
def list_deals(request: ApiRequest, query: Query[DealQuery]) -> DealPage:
    """Deals, a page at a time."""
    now = datetime.now(UTC)
    wanted = queries.DealFilter(
        kind=KINDS.get(query.kind),
        words=query.words,
        owner_id=query.owner_id,
        pipeline_id=query.pipeline_id,
        stage_id=query.stage_id,
        company_id=query.company_id,
        closes_from=query.closes_from,
        closes_until=query.closes_until,
    )
    found = queries.list_deals(
        request.actor, now=now, wanted=wanted, sort=Sort(query.sort), cursor=query.cursor, limit=query.limit
    )
    log.record(request.actor, AuditTag.DEAL_READ, subject_kind="deal", details={"deals": len(found.deals)}, now=now)
    return DealPage(items=[to_deal(line) for line in found.deals], next_cursor=found.next_cursor, total=found.total)


@door.read("/deals/{deal_id}", permission=Permission.DEAL_READ, response=DealDetailsOut)
def read_deal(request: ApiRequest, deal_id: UUID) -> DealDetailsOut:
    """One deal with everything that stands on it."""
    found = queries.access_deal(request.actor, deal_id, now=datetime.now(UTC))
    _record(request, deal_id, ["name", "custom"])
    return _to_details(found)


@door.read("/deals/{deal_id}/timeline", permission=Permission.CONTACT_READ, response=TimelineOut)
def read_deal_timeline(request: ApiRequest, deal_id: UUID, page: Query[Paging]) -> TimelineOut:
    """What happened on a deal, newest first."""
    found = get_timeline(request.actor, deal_id, before=_parse_moment(page.cursor), limit=page.limit)
    _record(request, deal_id, ["timeline"])
    return _to_timeline(found)


@door.read("/deals/{deal_id}/contacts", permission=Permission.CONTACT_READ, response=list[ContactOut])
def list_deal_contacts(request: ApiRequest, deal_id: UUID) -> list[ContactOut]:
    """The people on a deal, those whose part has ended included."""
    found = list_contacts(request.actor, deal_id)
    _record(request, deal_id, ["contacts"])
    return [_to_contact(one) for one in found]


def _record(request: ApiRequest, deal_id: UUID, fields: list[str]) -> None:
    log.record(
        request.actor,
        AuditTag.DEAL_READ,
        subject=deal_id,
        subject_kind="deal",
        fields=fields,
        now=datetime.now(UTC),
    )


def _parse_moment(cursor: str) -> datetime | None:
    if not cursor:
        return None
    try:
        moment = datetime.fromisoformat(parse_cursor(cursor))
    except ValueError:
        raise CursorWrong("This cursor was not made here.", mend="Start again without a cursor.") from None
    if moment.tzinfo is None:
        raise CursorWrong("This cursor was not made here.", mend="Start again without a cursor.")
    return moment


def _to_details(found: DealRecord) -> DealDetailsOut:
    return DealDetailsOut(
        **to_deal(found.line).dict(),
        state=found.record_state.name.lower(),
        company_id=found.company_id,
        pipeline_id=found.pipeline_id,
        stage_id=found.stage_id,
        vendor_amount=to_money(found.vendor_amount),
        amount_override=to_money(found.amount_override),
        vendor_close_on=found.vendor_close_on,
        close_on_override=found.close_on_override,
        close_zone=found.close_zone,
        forecast=None if found.forecast is None else found.forecast.name.lower(),
        forecast_override=None if found.forecast_override is None else found.forecast_override.name.lower(),
        next_step=found.next_step,
        next_step_on=found.next_step_on,
        unknown_fields=list(found.unknown_fields),
        custom=found.custom,
        first_seen_at=found.first_seen_at,
        observed_at=found.observed_at,
        touched_at=found.touched_at,
    )


def _to_timeline(found: Timeline) -> TimelineOut:
    return TimelineOut(
        activities=[
            ActivityOut(
                id=one.id,
                kind=one.kind.name.lower(),
                direction=one.flow.name.lower(),
                state=one.state.name.lower(),
                label=one.label,
                at=one.at,
                ended_at=one.ended_at,
                due_at=one.due_at,
                recorded_at=one.recorded_at,
                participants=[
                    ParticipantOut(name=who.name, part=who.part, reply=who.reply, is_ours=who.is_ours)
                    for who in one.participants
                ],
            )
            for one in found.activities
        ],
        changes=[
            ChangeOut(
                id=one.id,
                field=one.field.name.lower(),
                label=one.label,
                at=one.at,
                observed_at=one.observed_at,
                old=one.old,
                new=one.new,
                actor=one.actor,
            )
            for one in found.changes
        ],
        stays=[
            StayOut(
                stage=one.stage,
                kind=one.kind.name.lower(),
                entered_at=one.entered_at,
                left_at=one.left_at,
                is_inferred=one.is_inferred,
            )
            for one in found.intervals
        ],
        next_cursor=to_cursor(found.next_cursor) if found.next_cursor else "",
    )


def _to_contact(one: ContactRecord) -> ContactOut:
    return ContactOut(
        id=one.id,
        name=one.name,
        title=one.title,
        seniority=None if one.seniority is None else one.seniority.name.lower(),
        addresses=list(one.addresses),
        role=one.role.name.lower(),
        role_text=one.role_text,
        since=one.since,
        ended_at=one.ended_at,
    )
