"""Reads of judgements. Whoever asks sees those of the deals that the row policies let them see."""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import ClassVar
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Now

from auctor.crm.terms import get_currency
from auctor.kit.errors import AuctorError
from auctor.risk import models
from auctor.risk.input_names import find_names
from auctor.risk.learning import telling, wording
from auctor.risk.learning.records import Method, ModelRecord, Standing, Target
from auctor.risk.models import Placed, Queue
from auctor.risk.reading import to_decision, to_feedback, to_judgement
from auctor.risk.records import (
    RETURNS,
    Answer,
    Decision,
    Ending,
    Feedback,
    InboxCounts,
    InboxPage,
    Judgement,
    ScanRecord,
    ScoreMark,
    ScorePoint,
    TrackRecord,
    View,
)
from auctor.risk.rules import SHOWN_BACK
from auctor.risk.track import lift_of, proposes_mute
from auctor.risk.yardstick import find_average
from auctor.signals.catalog import KEYS
from auctor.signals.score import Band
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.records import Actor

MOST_ROWS = 100
QUEUES = {View.SNOOZED: Queue.SNOOZED, View.KNOWN: Queue.KNOWN, View.NOT_JUDGED: Queue.NOT_JUDGED}


class InboxCursorWrong(AuctorError):
    """A cursor that the inbox did not hand out."""

    code: ClassVar[str] = "risk.cursor_wrong"
    status: ClassVar[int] = 400


def list_inbox(actor: Actor, *, view: View = View.OPEN, cursor: str = "", limit: int = 25) -> InboxPage:
    """The deals of a view by revenue at risk × urgency × confidence, each with what a person decided of it.

    Raises `InboxCursorWrong`.
    """
    require(actor, Permission.RISK_READ)
    limit = min(max(limit, 1), MOST_ROWS)
    rows = _of_view(actor, view)
    if cursor:
        priority, last = _read_cursor(cursor)
        # The first condition follows the index to the page's place.
        rows = rows.filter(priority__lte=priority).filter(Q(priority__lt=priority) | Q(id__gt=last))
    found = list(rows.order_by(F("priority").desc(), "id")[: limit + 1])
    following = _write_cursor(found[limit - 1]) if len(found) > limit else ""
    currency, decisions = get_currency(actor), _decisions([row.id for row in found[:limit]])
    told = (to_judgement(row, currency=currency, decision=decisions.get(row.id)) for row in found[:limit])
    return InboxPage(tuple(told), following)


def count_inbox(actor: Actor) -> InboxCounts:
    """How many deals each view holds, and the sums in the workspace's currency."""
    require(actor, Permission.RISK_READ)
    views = (
        seen(actor, models.Judgement.objects.all())
        .values("queue")
        .annotate(
            deals=Count("id"),
            own=Count("id", filter=Q(member_id=actor.member_id, member_id__isnull=False)),
            risky=Sum("at_risk"),
            whole=Sum("amount"),
            unpriced=Count("id", filter=Q(amount=None)),
        )
    )
    told = {Queue(row["queue"]): row for row in views}
    deals = {queue: told[queue]["deals"] if queue in told else 0 for queue in Queue}
    asks = told.get(Queue.OPEN, {"own": 0, "risky": 0})
    return InboxCounts(
        open=deals[Queue.OPEN],
        mine=asks["own"],
        snoozed=deals[Queue.SNOOZED],
        known=deals[Queue.KNOWN],
        not_judged=deals[Queue.NOT_JUDGED],
        judged=sum(deals.values()),
        at_risk=int(asks["risky"] or 0),
        pipeline=sum(int(row["whole"] or 0) for row in told.values()),
        unpriced=sum(row["unpriced"] for row in told.values()),
        currency=get_currency(actor),
    )


def find_judgement(actor: Actor, deal_id: UUID) -> Judgement | None:
    """How a deal stands, explained against the average deal; None for one that is not judged, or not yours."""
    require(actor, Permission.RISK_READ)
    row = models.Judgement.objects.filter(id=deal_id).first()
    if row is None:
        return None
    decision = _decisions([deal_id]).get(deal_id)
    names = find_names(actor, [code for code, _ in row.p_win_inputs or ()])
    return to_judgement(row, currency=get_currency(actor), average=find_average(), decision=decision, names=names)


def list_decisions(actor: Actor, deal_id: UUID) -> list[Decision]:
    """Everything that people decided of a deal, newest first."""
    require(actor, Permission.RISK_READ)
    return [to_decision(row) for row in models.Decision.objects.filter(deal_id=deal_id).order_by("-made_at", "-id")]


def list_feedback(actor: Actor, deal_id: UUID) -> list[Feedback]:
    """People's answers to the signals of a deal, newest first, without those that were withdrawn."""
    require(actor, Permission.RISK_READ)
    rows = models.Feedback.objects.filter(deal_id=deal_id, withdrawn_at=None)
    return [to_feedback(row) for row in rows.order_by("-given_at", "-id")]


def list_scores(actor: Actor, deal_id: UUID, *, since: date | None = None) -> list[ScorePoint]:
    """How a deal's score went, one point a day, oldest first."""
    require(actor, Permission.RISK_READ)
    rows = models.ScoreDay.objects.filter(deal_id=deal_id)
    if since is not None:
        rows = rows.filter(on_day__gte=since)
    return [ScorePoint(row.on_day, row.score, Band(row.band)) for row in rows.order_by("on_day")]


def list_marks(actor: Actor, deal_ids: Sequence[UUID]) -> dict[UUID, ScoreMark]:
    """The scores of these deals, for lists that others order; deals that were not judged are missing."""
    require(actor, Permission.RISK_READ)
    rows = models.Judgement.objects.filter(id__in=list(deal_ids)).values_list("id", "score", "band", "at_risk")
    return {key: ScoreMark(score, Band(band), at_risk) for key, score, band, at_risk in rows}


def list_scans(actor: Actor, *, limit: int = 25) -> list[ScanRecord]:
    """The newest scans."""
    require(actor, Permission.RISK_READ)
    rows = models.Scan.objects.order_by("-started_at")[:limit]
    return [
        ScanRecord(row.id, row.started_at, row.is_full, row.deals, row.judged, row.seconds, row.version) for row in rows
    ]


def find_judged_at(actor: Actor) -> datetime | None:
    """When deals were judged last; None before the first scan."""
    found = list_scans(actor, limit=1)
    return found[0].started_at if found else None


def find_models(actor: Actor) -> tuple[ModelRecord, ...]:
    """What was learnt of each target, in the order of `Target`, also where nothing is used, with the reason."""
    require(actor, Permission.RISK_READ)
    rows = {row.target: row for row in models.Learned.objects.defer("model")}
    names = find_names(actor, [code for row in rows.values() for code, _ in row.told["inputs"]])
    return tuple(_model(rows[target], names) if target in rows else telling.nothing(target) for target in Target)


def _model(row: models.Learned, names: Mapping[str, str]) -> ModelRecord:
    standing, method = Standing(row.standing), Method(row.method)
    stored = telling.Row(Target(row.target), standing, method, row.learnt_at, row.learn_until, row.told)
    return telling.to_record(stored, name_of=partial(wording.name_of, names=names))


def list_track_records(actor: Actor) -> list[TrackRecord]:
    """The track record of every signal in the order of the catalog, people's answers beside it; empty before the first
    measuring."""
    require(actor, Permission.SIGNAL_READ)
    rows = {row.signal: row for row in models.TrackRecord.objects.all()}
    if not rows:
        return []
    said = Counter(models.Feedback.objects.filter(withdrawn_at=None).values_list("signal", "answer"))
    dismissed = models.Decision.objects.filter(aside=Placed.NOT_RISK).exclude(ending=Ending.UNDONE)
    on_deals = Counter(key for fired in dismissed.values_list("fired", flat=True) for key in fired)
    return [_track(rows[key], said, on_deals[key]) for key in KEYS if key in rows]


def _track(row: models.TrackRecord, said: Counter[tuple[str, str]], dismissed: int) -> TrackRecord:
    return TrackRecord(
        signal=row.signal,
        made_at=row.made_at,
        since=row.since,
        judged=row.judged,
        lost=row.lost,
        fired=row.fired,
        fired_lost=row.fired_lost,
        precision=row.fired_lost / row.fired if row.fired else None,
        base_rate=row.lost / row.judged if row.judged else None,
        lift=lift_of(row.judged, row.lost, row.fired, row.fired_lost),
        lift_low=row.lift_low,
        lift_high=row.lift_high,
        early_days=row.early_days,
        confirmed=said[row.signal, Answer.RIGHT.value],
        denied=said[row.signal, Answer.WRONG.value] + said[row.signal, Answer.NOT_RISK.value],
        dismissed=dismissed,
        propose_mute=proposes_mute(row.fired, row.lift_low, row.lift_high),
    )


def seen(actor: Actor, rows: QuerySet[models.Judgement]) -> QuerySet[models.Judgement]:
    """The rows that a member sees, in words that follow an index; the wall behind it says the same without one."""
    return rows.filter(member_id=actor.member_id) if actor.role is Role.MEMBER else rows


def _of_view(actor: Actor, view: View) -> QuerySet[models.Judgement]:
    rows = seen(actor, models.Judgement.objects.filter(queue=QUEUES.get(view, Queue.OPEN)))
    if view is not View.MINE:
        return rows
    # Who is no member owns no deals; NULL would match every deal that nobody owns.
    return rows.filter(member_id=actor.member_id) if actor.member_id else rows.none()


def _decisions(deal_ids: Sequence[UUID]) -> dict[UUID, Decision]:
    """For each deal the decision that holds, else the last one that ended by itself within the last week."""
    held = Q(ended_at=None) | Q(ending__in=RETURNS, ended_at__gte=Now() - SHOWN_BACK)
    rows = models.Decision.objects.filter(held, deal_id__in=list(deal_ids)).order_by("made_at", "id")
    found: dict[UUID, Decision] = {}
    for row in rows:
        if row.ended_at is None or row.deal_id not in found or not found[row.deal_id].is_active:
            found[row.deal_id] = to_decision(row)
    return found


def _write_cursor(row: models.Judgement) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.priority, row.id.hex]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[float, UUID]:
    try:
        priority, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return float(priority), UUID(hex=last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise InboxCursorWrong("This page's address is not right any more.", mend="Start at the first page.") from error
