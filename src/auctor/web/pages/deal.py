"""One deal: its score and what it is made of, what clears it, its facts in time, its people, what people say of it."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import queries as crm
from auctor.crm.records import DealRecord, Timeline
from auctor.crm.timeline import list_contacts, list_touches
from auctor.risk import look_back, queries
from auctor.risk.records import Judgement
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web import charts, contact_picture, deal_facts, verdicts
from auctor.web.page import page
from auctor.web.pages import deal_changes, decisions
from auctor.web.records import Column, Crumb
from auctor.web.zones import workspace_zone

HISTORY = timedelta(days=365)
DAYS = 30
VALUE_COLUMNS = (Column("Value"), Column("The CRM says"), Column("You say"))
HISTORY_COLUMNS = (Column("Day"), Column("Score"), Column("Since the day before", align="end"))


@page(permission=Permission.DEAL_READ)
def show(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """One deal as it stands, or as it stood at the end of the day `at`."""
    actor, now = current(), datetime.now(UTC)
    deal = crm.access_deal(actor, deal_id, now=now)
    _record(actor, deal_id, now=now)
    with workspace_zone(actor) as zone:
        at = _end_of(request.GET.get("at", ""), zone, now=now)
        judgement = look_back.judge_at(actor, deal_id, at=at) if at else queries.find_judgement(actor, deal_id)
        marked = verdicts.evidence_of(judgement) if judgement else {}
        facts = deal_facts.list_facts(actor, deal_id, request.GET, marked=marked, at=at)
        context = {
            "title": deal.line.name,
            "deal": deal,
            "at": at,
            "crumbs": (Crumb("Deals", ".."), Crumb(deal.line.name)),
            "people": list_contacts(actor, deal_id),
            "picture": _picture(actor, deal_id, facts, marked=marked, at=at),
            "facts": facts,
            "value_columns": VALUE_COLUMNS,
            "values": verdicts.to_values(deal, today=timezone.localdate()),
            "may_change": at is None and can(actor, Permission.DEAL_WRITE),
            "forms": deal_changes.forms_of(deal),
            "zone": zone,
            **_judged(deal, judgement),
            **_said(actor, deal_id, judgement if at is None else None),
            "chances": verdicts.to_chances(judgement, queries.find_models(actor)) if judgement else [],
            **_history(actor, deal_id, until=at or now),
        }
        return render(request, "deals/deal.html", context)


@page(permission=Permission.DEAL_READ)
def timeline(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """The facts alone: another kind of them, or those before."""
    actor, now = current(), datetime.now(UTC)
    judgement = queries.find_judgement(actor, deal_id)
    marked = verdicts.evidence_of(judgement) if judgement else {}
    _record(actor, deal_id, now=now)
    with workspace_zone(actor) as zone:
        at = _end_of(request.GET.get("at", ""), zone, now=now)
        facts = deal_facts.list_facts(actor, deal_id, request.GET, marked=marked, at=at)
        return render(request, "deals/timeline.html", {"facts": facts})


def _judged(deal: DealRecord, judgement: Judgement | None) -> dict[str, object]:
    """What the page says of a judgement; nothing for a deal that is not judged."""
    if judgement is None:
        return {"row": None, "judgement": None}
    parts = verdicts.to_parts(judgement)
    return {
        "row": verdicts.to_row(deal.line, judgement),
        "judgement": judgement,
        "parts": verdicts.first_parts(parts),
        "other_parts": [part for part in parts if part not in verdicts.first_parts(parts)],
        "findings": verdicts.to_lines(judgement),
    }


def _picture(
    actor: Actor, deal_id: UUID, facts: deal_facts.ShownFacts, *, marked: Collection[UUID], at: datetime | None
) -> contact_picture.ContactPicture:
    """Twelve weeks of contact; of a day that is past nothing that came later."""
    end = at or datetime.now(UTC)
    until = end if at else end + contact_picture.AHEAD
    touches = list_touches(actor, deal_id, since=end - contact_picture.BEHIND, until=until)
    return contact_picture.draw_contact(Timeline(tuple(touches), (), facts.intervals), evidence=marked, now=end)


def _said(actor: Actor, deal_id: UUID, judgement: Judgement | None) -> dict[str, object]:
    """What people may say of the deal as it stands, and what this person said of its signals."""
    if judgement is None or not can(actor, Permission.RISK_JUDGE):
        return {"may_judge": False}
    own = [one for one in queries.list_feedback(actor, deal_id) if one.member_id == actor.member_id]
    return {
        "may_judge": True,
        "answers": {one.signal: one.answer.value for one in reversed(own)},
        "dismiss": decisions.DismissForm(auto_id="dismiss-%s"),
        "snooze": decisions.snooze_form(timezone.localdate()),
    }


def _history(actor: Actor, deal_id: UUID, *, until: datetime) -> dict[str, object]:
    """The score of the days before, as a curve and as a list of what changed."""
    points = [
        one for one in queries.list_scores(actor, deal_id, since=until.date() - HISTORY) if one.on_day <= until.date()
    ]
    return {
        "score_chart": charts.draw_scores(points) if len(points) > 1 else None,
        "history_columns": HISTORY_COLUMNS,
        "history": verdicts.to_steps(points)[:DAYS],
    }


def _end_of(text: str, zone: str, *, now: datetime) -> datetime | None:
    """The end of a past civil day in the workspace's zone; None for today, for later and for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not date(1970, 1, 1) <= day <= date(2199, 12, 31):
        return None
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return end if end < now else None


def _record(actor: Actor, deal_id: UUID, *, now: datetime) -> None:
    """The page shows names of people: who read them is written down."""
    fields = ["name", "contacts", "timeline"]
    log.record(actor, AuditTag.DEAL_READ, subject=deal_id, subject_kind="deal", fields=fields, now=now)
