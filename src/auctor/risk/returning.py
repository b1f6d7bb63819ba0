"""Deals that were put aside come back by themselves: asked after every scan, and when a day or a meeting has come."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from auctor.crm import meetings, standing
from auctor.risk import models, rules
from auctor.risk.models import Placed
from auctor.risk.reading import to_decision
from auctor.risk.records import Ending, Until
from auctor.signals.score import Band
from auctor.tenancy.records import Actor


def settle(actor: Actor, deal_ids: Sequence[UUID] | None, *, now: datetime) -> int:
    """End the decisions whose time has come, and put every deal where its decision says; returns how many ended.

    `deal_ids` None asks for all deals. A judgement that is new does not know where its deal was put: it is told here.
    """
    rows = models.Decision.objects.filter(ended_at=None)
    if deal_ids is not None:
        rows = rows.filter(deal_id__in=list(deal_ids))
    held = list(rows)
    if not held:
        return 0
    endings = _endings(actor, held, now=now)
    by_ending: dict[Ending, list[UUID]] = defaultdict(list)
    for row in held:
        if row.id in endings:
            by_ending[endings[row.id]].append(row.id)
    for ending, ids in by_ending.items():
        models.Decision.objects.filter(id__in=ids).update(ended_at=now, ending=ending)
    places: dict[int, list[UUID]] = defaultdict(list)
    for row in held:
        places[Placed.NOWHERE if row.id in endings else row.aside].append(row.deal_id)
    for placed, deals in places.items():
        place(deals, Placed(placed))
    return len(endings)


def settle_due(actor: Actor, *, now: datetime) -> int:
    """The same for the deals whose day or meeting has come."""
    due = models.Decision.objects.filter(ended_at=None, until_at__lte=now)
    deals = list(due.values_list("deal_id", flat=True))
    return settle(actor, deals, now=now) if deals else 0


def place(deal_ids: Sequence[UUID], placed: Placed) -> None:
    """Say in the judgements where these deals are; those that say so already are left alone."""
    models.Judgement.objects.filter(id__in=list(deal_ids)).exclude(placed=placed).update(placed=placed)


def _endings(actor: Actor, held: Sequence[models.Decision], *, now: datetime) -> dict[UUID, Ending]:
    deals = [row.deal_id for row in held]
    judged = {
        key: (Band(band), score)
        for key, band, score in models.Judgement.objects.filter(id__in=deals).values_list("id", "band", "score")
    }
    moving = [row.deal_id for row in held if row.until == Until.STAGE]
    stages = standing.list_stages(actor, moving) if moving else {}
    waited = [row.meeting_id for row in held if row.meeting_id]
    known = meetings.list_meetings(actor, waited) if waited else {}
    found = {}
    for row in held:
        meeting = known.get(row.meeting_id) if row.meeting_id else None
        band, score = judged.get(row.deal_id, (Band.NOT_JUDGED, None))
        stands = rules.Standing(
            is_judged=row.deal_id in judged,
            band=band,
            score=score,
            has_moved=stages.get(row.deal_id, row.stage_id) != row.stage_id,
            meeting_at=meeting.begins_at if meeting else None,
            is_meeting_off=row.meeting_id is not None and (meeting is None or meeting.is_off),
        )
        ending = rules.find_ending(to_decision(row), stands, now=now)
        if ending is not None:
            found[row.id] = ending
    return found
