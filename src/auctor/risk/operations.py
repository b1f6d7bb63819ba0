"""What people say of deals and of signals: put aside, known, not a risk, right or wrong; and taking it back."""

from datetime import UTC, date, datetime, time
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import meetings, standing
from auctor.crm.doors import NoDeal
from auctor.crm.terms import get_counting
from auctor.jobs.queue import defer
from auctor.kit.errors import AuctorError
from auctor.kit.ids import uuid7
from auctor.risk import models, returning, rules
from auctor.risk.models import Placed
from auctor.risk.reading import finite, to_decision, to_feedback
from auctor.risk.records import Answer, Aside, Decision, DenialReason, Ending, Feedback, Until
from auctor.signals.catalog import BY_KEY, KEYS
from auctor.signals.vocabulary import State
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

LONGEST_NOTE = 1000
RETURN_DUE = "risk.return_due"
PLACES = {Aside.SNOOZED: Placed.SNOOZED, Aside.KNOWN: Placed.KNOWN, Aside.NOT_RISK: Placed.NOT_RISK}


class JudgementRefused(AuctorError):
    """Something that cannot be said of this deal or signal now."""

    code: ClassVar[str] = "risk.judgement_refused"
    status: ClassVar[int] = 422


class NoDecision(AuctorError):
    """There is no such decision or answer, or not for you."""

    code: ClassVar[str] = "risk.no_decision"
    status: ClassVar[int] = 404


class TooLateToUndo(AuctorError):
    """It was somebody else's, is too old, or has ended."""

    code: ClassVar[str] = "risk.too_late_to_undo"
    status: ClassVar[int] = 409


def snooze_deal(actor: Actor, *, deal_id: UUID, until: Until, on: date | None = None, now: datetime) -> Decision:
    """Take a deal out of the queue until `on` (a civil day of the workspace), its next meeting, a change of its stage,
    or until it gets worse. Raises `NoDeal`, `JudgementRefused`."""
    require(actor, Permission.RISK_JUDGE)
    row = _access_judgement(actor, deal_id)
    kept = models.Decision(aside=PLACES[Aside.SNOOZED], until=until)
    if until is Until.DATE:
        kept.until_at = _begin_of(actor, on, now=now)
    elif until is Until.MEETING:
        meeting = meetings.find_next_meeting(actor, deal_id, now=now)
        if meeting is None:
            raise JudgementRefused("No meeting is planned.", mend="Choose a day, or plan a meeting.")
        kept.meeting_id, kept.until_at = meeting.id, meeting.begins_at
    elif until is Until.STAGE:
        kept.stage_id = standing.list_stages(actor, [deal_id])[deal_id]
    return _decide(actor, row, kept, now=now)


def acknowledge_deal(actor: Actor, *, deal_id: UUID, now: datetime) -> Decision:
    """Say that the risk is known: out of the queue until it gets worse. Raises `NoDeal`, `JudgementRefused`."""
    require(actor, Permission.RISK_JUDGE)
    return _decide(actor, _access_judgement(actor, deal_id), models.Decision(aside=PLACES[Aside.KNOWN]), now=now)


def dismiss_deal(actor: Actor, *, deal_id: UUID, reason: DenialReason, note: str = "", now: datetime) -> Decision:
    """Say that the deal is not at risk, and why: out of the queue until it gets worse; counted in the track record of
    the signals that fire. Raises `NoDeal`, `JudgementRefused`."""
    require(actor, Permission.RISK_JUDGE)
    row = _access_judgement(actor, deal_id)
    kept = models.Decision(aside=PLACES[Aside.NOT_RISK], reason=reason, note=_note(note))
    return _decide(actor, row, kept, now=now)


def rate_signal(actor: Actor, *, deal_id: UUID, signal: str, is_right: bool, now: datetime) -> Feedback:
    """Answer "is this right?" for a signal of a deal; a later answer of the same person replaces it.

    Raises `NoDeal`, `JudgementRefused`.
    """
    require(actor, Permission.RISK_JUDGE)
    answer = Answer.RIGHT if is_right else Answer.WRONG
    return _answer(actor, deal_id, models.Feedback(signal=signal, answer=answer), now=now)


def dismiss_signal(
    actor: Actor, *, deal_id: UUID, signal: str, reason: DenialReason, note: str = "", now: datetime
) -> Feedback:
    """Say that what a signal found is no risk for this deal, and why. The score stays: a person's answer stands beside
    the machine's, and counts in the signal's track record. Raises `NoDeal`, `JudgementRefused`."""
    require(actor, Permission.RISK_JUDGE)
    kept = models.Feedback(signal=signal, answer=Answer.NOT_RISK, reason=reason, note=_note(note))
    return _answer(actor, deal_id, kept, now=now)


def undo_decision(actor: Actor, *, decision_id: UUID, now: datetime) -> Decision:
    """Take a decision back; the one that it replaced holds again. Raises `NoDecision`, `TooLateToUndo`."""
    require(actor, Permission.RISK_JUDGE)
    row = models.Decision.objects.select_for_update().filter(id=decision_id).first()
    if row is None:
        raise NoDecision("There is no such decision.")
    if row.ended_at is not None or not rules.can_undo(row.made_at, row.member_id, member_id=actor.member_id, now=now):
        raise TooLateToUndo("This cannot be undone any more.", mend="Decide anew.")
    row.ended_at, row.ending = now, Ending.UNDONE
    row.save(update_fields=["ended_at", "ending"])
    former = models.Decision.objects.filter(id=row.replaced_id, ending=Ending.REPLACED).first()
    if former is not None:
        former.ended_at, former.ending = None, None
        former.save(update_fields=["ended_at", "ending"])
    returning.place([row.deal_id], Placed(former.aside) if former else Placed.NOWHERE)
    _record(actor, row.deal_id, "undone", now=now)
    return to_decision(row)


def undo_feedback(actor: Actor, *, feedback_id: UUID, now: datetime) -> Feedback:
    """Withdraw an answer to a signal. Raises `NoDecision`, `TooLateToUndo`."""
    require(actor, Permission.RISK_JUDGE)
    row = models.Feedback.objects.select_for_update().filter(id=feedback_id, withdrawn_at=None).first()
    if row is None:
        raise NoDecision("There is no such answer.")
    if not rules.can_undo(row.given_at, row.member_id, member_id=actor.member_id, now=now):
        raise TooLateToUndo("This cannot be undone any more.", mend="Answer anew.")
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    _record(actor, row.deal_id, "withdrawn", now=now)
    return to_feedback(row)


def _access_judgement(actor: Actor, deal_id: UUID) -> models.Judgement:
    """The judgement, locked. What is not yours and what is not there give the same answer."""
    row: models.Judgement | None = models.Judgement.objects.select_for_update().filter(id=deal_id).first()
    if row is not None:
        return row
    if standing.list_some(actor, [deal_id]):
        raise JudgementRefused("The deal is not judged.", mend="Only open deals are judged, after the next scan.")
    raise NoDeal("There is no such deal.")


def _decide(actor: Actor, row: models.Judgement, kept: models.Decision, *, now: datetime) -> Decision:
    """The end of every decision: the one that held gives way, the deal is placed, the entry, the follow-up."""
    former = models.Decision.objects.filter(deal_id=row.id, ended_at=None).first()
    if former is not None:
        former.ended_at, former.ending = now, Ending.REPLACED
        former.save(update_fields=["ended_at", "ending"])
        kept.replaced_id = former.id
    # A sealed value is bound to its row, which is known before it is written.
    kept.id, kept.workspace_id, kept.deal_id = uuid7(), row.workspace_id, row.id
    kept.member_id, kept.made_at = actor.member_id, now
    kept.band, kept.score, kept.policy = row.band, row.score, row.policy
    kept.fired = [key for key, state in zip(KEYS, row.states, strict=True) if state == State.FIRED]
    kept.save(force_insert=True)
    returning.place([row.id], Placed(kept.aside))
    found = to_decision(kept)
    _record(actor, row.id, found.aside.value, now=now)
    if kept.until_at is not None:
        defer(actor, RETURN_DUE, run_at=kept.until_at, decision_id=kept.id)
    return found


def _answer(actor: Actor, deal_id: UUID, kept: models.Feedback, *, now: datetime) -> Feedback:
    if kept.signal not in BY_KEY:
        raise JudgementRefused(f"There is no signal {kept.signal[:32]!r}.", mend=f"Known are {', '.join(KEYS)}.")
    row, place = _access_judgement(actor, deal_id), KEYS.index(kept.signal)
    if kept.answer == Answer.NOT_RISK and row.states[place] != State.FIRED:
        raise JudgementRefused("The signal does not fire for this deal.")
    earlier = models.Feedback.objects.filter(deal_id=deal_id, signal=kept.signal, withdrawn_at=None)
    earlier.filter(member_id=actor.member_id).update(withdrawn_at=now)
    kept.id, kept.workspace_id, kept.deal_id = uuid7(), row.workspace_id, deal_id
    kept.state, kept.severity = row.states[place], row.severities[place]
    kept.value, kept.threshold = finite(row.values[place]), finite(row.thresholds[place])
    kept.version, kept.policy = row.version, row.policy
    kept.member_id, kept.given_at = actor.member_id, now
    kept.save(force_insert=True)
    _record(actor, deal_id, kept.answer, now=now, signal=kept.signal)
    return to_feedback(kept)


def _record(actor: Actor, deal_id: UUID, what: str, *, now: datetime, signal: str = "") -> None:
    details = {"said": what, **({"signal": signal} if signal else {})}
    log.record(actor, AuditTag.RISK_JUDGED, subject=deal_id, subject_kind="deal", details=details, now=now)


def _begin_of(actor: Actor, on: date | None, *, now: datetime) -> datetime:
    counting = get_counting(actor)
    if on is None or not counting.today(now) < on <= date(2199, 12, 31):
        raise JudgementRefused("A deal is snoozed until a day to come.", mend="Choose a later day.")
    return datetime.combine(on, time(), tzinfo=ZoneInfo(counting.zone)).astimezone(UTC)


def _note(text: str) -> str | None:
    if len(text) > LONGEST_NOTE or "\0" in text:
        raise JudgementRefused(f"A note has at most {LONGEST_NOTE} characters.")
    return text.strip() or None
