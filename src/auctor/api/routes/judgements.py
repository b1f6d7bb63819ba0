"""What people say of deals and of signals: put aside, known, not a risk, right or wrong; and taking it back."""

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema
from ninja.responses import Status

from auctor.api.door import ApiRequest, Door, Strict
from auctor.api.values import Day, SignalKey, known_signal
from auctor.crm.queries import access_deal
from auctor.risk import operations, queries
from auctor.risk.records import Decision, DenialReason, Feedback, Until
from auctor.tenancy.permissions import Permission

door = Door(tags=["judgements"])
Reason = Literal["wrong-facts", "other-channel", "usual-here", "agreed", "other"]
MAY = Permission.RISK_JUDGE


class DecisionOut(Schema):
    """What a person decided of a deal; band and score are those of that moment."""

    id: UUID
    deal_id: UUID
    aside: str = Field(description="snoozed, known or not-a-risk.")
    until: str | None
    until_at: datetime | None
    reason: str | None
    note: str
    member_id: UUID | None
    made_at: datetime
    band: str
    score: float | None
    ended_at: datetime | None
    ending: str | None


class FeedbackOut(Schema):
    """A person's answer to what a signal said of a deal, with what it said at that moment."""

    id: UUID
    deal_id: UUID
    signal: str
    answer: str
    reason: str | None
    note: str
    member_id: UUID | None
    given_at: datetime
    state: str
    severity: float


class SnoozeIn(Strict):
    """What brings the deal back; `on` is needed with `date`, and means nothing otherwise."""

    until: Literal["date", "meeting", "stage", "worse"]
    on: Day | None = None


class DismissIn(Strict):
    """Why it is not a risk."""

    reason: Reason
    note: str = Field("", max_length=1000)


class RatingIn(Strict):
    """Whether the signal is right."""

    is_right: bool


@door.read("/deals/{deal_id}/decisions", permission=Permission.RISK_READ, response=list[DecisionOut])
def list_decisions(request: ApiRequest, deal_id: UUID) -> list[DecisionOut]:
    """What people decided of a deal, the newest first."""
    access_deal(request.actor, deal_id, now=datetime.now(UTC))
    return [_to_decision(one) for one in queries.list_decisions(request.actor, deal_id)]


@door.read("/deals/{deal_id}/feedback", permission=Permission.RISK_READ, response=list[FeedbackOut])
def list_feedback(request: ApiRequest, deal_id: UUID) -> list[FeedbackOut]:
    """What people answered to the signals of a deal."""
    access_deal(request.actor, deal_id, now=datetime.now(UTC))
    return [_to_feedback(one) for one in queries.list_feedback(request.actor, deal_id)]


@door.write("/deals/{deal_id}/snooze", permission=MAY, response={201: DecisionOut})
def snooze_deal(request: ApiRequest, deal_id: UUID, body: SnoozeIn) -> Status[DecisionOut]:
    """Take a deal out of the inbox until something happens."""
    on: date | None = body.on
    made = operations.snooze_deal(request.actor, deal_id=deal_id, until=Until(body.until), on=on, now=datetime.now(UTC))
    return Status(201, _to_decision(made))


@door.write("/deals/{deal_id}/known", permission=MAY, response={201: DecisionOut})
def acknowledge_deal(request: ApiRequest, deal_id: UUID) -> Status[DecisionOut]:
    """Say that the risk is known: out of the inbox until it gets worse."""
    return Status(201, _to_decision(operations.acknowledge_deal(request.actor, deal_id=deal_id, now=datetime.now(UTC))))


@door.write("/deals/{deal_id}/not-a-risk", permission=MAY, response={201: DecisionOut})
def dismiss_deal(request: ApiRequest, deal_id: UUID, body: DismissIn) -> Status[DecisionOut]:
    """Say that the deal is not at risk, and why."""
    made = operations.dismiss_deal(
        request.actor, deal_id=deal_id, reason=DenialReason(body.reason), note=body.note, now=datetime.now(UTC)
    )
    return Status(201, _to_decision(made))


@door.write("/decisions/{decision_id}", method="DELETE", permission=MAY, response=DecisionOut)
def undo_decision(request: ApiRequest, decision_id: UUID) -> DecisionOut:
    """Take a decision back; the one that it replaced holds again."""
    return _to_decision(operations.undo_decision(request.actor, decision_id=decision_id, now=datetime.now(UTC)))


@door.write("/deals/{deal_id}/signals/{signal}/rating", permission=MAY, response={201: FeedbackOut})
def rate_signal(request: ApiRequest, deal_id: UUID, signal: SignalKey, body: RatingIn) -> Status[FeedbackOut]:
    """Answer whether a signal is right of a deal; a later answer of the same person replaces it."""
    made = operations.rate_signal(
        request.actor, deal_id=deal_id, signal=known_signal(signal), is_right=body.is_right, now=datetime.now(UTC)
    )
    return Status(201, _to_feedback(made))


@door.write("/deals/{deal_id}/signals/{signal}/not-a-risk", permission=MAY, response={201: FeedbackOut})
def dismiss_signal(request: ApiRequest, deal_id: UUID, signal: SignalKey, body: DismissIn) -> Status[FeedbackOut]:
    """Say that what a signal found is no risk for this deal, and why."""
    made = operations.dismiss_signal(
        request.actor,
        deal_id=deal_id,
        signal=known_signal(signal),
        reason=DenialReason(body.reason),
        note=body.note,
        now=datetime.now(UTC),
    )
    return Status(201, _to_feedback(made))


@door.write("/feedback/{feedback_id}", method="DELETE", permission=MAY, response=FeedbackOut)
def undo_feedback(request: ApiRequest, feedback_id: UUID) -> FeedbackOut:
    """Withdraw an answer to a signal."""
    return _to_feedback(operations.undo_feedback(request.actor, feedback_id=feedback_id, now=datetime.now(UTC)))


def _to_decision(one: Decision) -> DecisionOut:
    return DecisionOut(
        id=one.id,
        deal_id=one.deal_id,
        aside=one.aside.value,
        until=one.until.value if one.until else None,
        until_at=one.until_at,
        reason=one.reason.value if one.reason else None,
        note=one.note,
        member_id=one.member_id,
        made_at=one.made_at,
        band=one.band.name.lower(),
        score=one.score,
        ended_at=one.ended_at,
        ending=one.ending.value if one.ending else None,
    )


def _to_feedback(one: Feedback) -> FeedbackOut:
    return FeedbackOut(
        id=one.id,
        deal_id=one.deal_id,
        signal=one.signal,
        answer=one.answer.value,
        reason=one.reason.value if one.reason else None,
        note=one.note,
        member_id=one.member_id,
        given_at=one.given_at,
        state=one.state.name.lower(),
        severity=one.severity,
    )
