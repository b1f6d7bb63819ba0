"""Judgements as pages show them: tones, marks, parts of a score, the sentence of a row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from auctor.crm.records import ActivityRecord, ChangeRecord, DealLine, DealRecord, Money, Timeline
from auctor.crm.vocabulary import ActivityKind, ActivityState, Flow
from auctor.risk.learning.records import ModelRecord, Target
from auctor.risk.records import Aside, Decision, DenialReason, Finding, Judgement, ScorePoint, Until
from auctor.signals.score import Band
from auctor.signals.vocabulary import Forecast, Level, State
from auctor.web import words
from auctor.web.records import Part, TimelineEntry

# The largest parts of a score that are told first, each way.
SHOWN_PARTS = 3
TONES = {Band.HIGH: "high", Band.MEDIUM: "medium", Band.LOW: "low", Band.CLEAR: "good", Band.NOT_JUDGED: "unknown"}
LEVELS = {Level.HIGH: "high", Level.MEDIUM: "medium", Level.LOW: "low", Level.NONE: "good"}
NAMES = {
    "reply_latency": "Reply owed or slow",
    "buyer_silence": "Buyer silent",
    "engagement_drop": "Contact falling",
    "multi_threading": "Few buyers involved",
    "champion": "Champion",
    "senior_access": "Senior access",
    "close_date_slips": "Close date moved",
    "close_date_credible": "Close date credible",
    "stage_stall": "Standing in its stage",
    "next_step": "Next step",
    "deal_regression": "Moved backwards",
    "commit_evidence": "Forecast stands on facts",
}
# What to do first about a signal that leads, in two or three words.
ACTS = {
    "reply_latency": "Answer the buyer",
    "buyer_silence": "Reach the buyer",
    "engagement_drop": "Plan a conversation",
    "multi_threading": "Ask for an introduction",
    "champion": "Find a sponsor",
    "senior_access": "Reach a decision maker",
    "close_date_slips": "Agree on a date",
    "close_date_credible": "Set an honest date",
    "stage_stall": "Move or close it",
    "next_step": "Agree on a next step",
    "deal_regression": "Ask what changed",
    "commit_evidence": "Check the forecast",
}
KINDS = {
    ActivityKind.EMAIL: "E-mail",
    ActivityKind.CALL: "Call",
    ActivityKind.MEETING: "Meeting",
    ActivityKind.TASK: "Task",
    ActivityKind.NOTE: "Note",
    ActivityKind.OTHER: "Activity",
}
REASON_WORDS = {
    DenialReason.WRONG_FACTS: "The facts are wrong or incomplete",
    DenialReason.OTHER_CHANNEL: "We are in touch by another way",
    DenialReason.USUAL_HERE: "This is usual for this buyer or kind of deal",
    DenialReason.AGREED: "It is agreed with the buyer",
    DenialReason.OTHER: "Another reason",
}
SAID_WORDS = {
    Aside.SNOOZED: "Snoozed.",
    Aside.KNOWN: "Known already; it comes back if it gets worse.",
    Aside.NOT_RISK: "Not a risk; it counts in the track record of its signals.",
}
UNTIL_WORDS = {
    Until.DATE: "Snoozed until",
    Until.MEETING: "Snoozed until its meeting of",
    Until.STAGE: "Snoozed until its stage changes",
    Until.WORSE: "Snoozed until it gets worse",
}
TARGETS = {
    Target.WIN: "Likely to be won",
    Target.WIN_IN_PERIOD: "Won within the period",
    Target.CLOSE_HOLDS: "Close date holds",
}
FLOWS = {Flow.IN: "from the buyer", Flow.OUT: "from us", Flow.INTERNAL: "among us", Flow.UNKNOWN: ""}


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A deal of the inbox: who and how much, why in one sentence, whose move it is, what to do next."""

    line: DealLine
    judgement: Judgement
    why: str
    also: int
    move: str
    act: str

    @property
    def tone(self) -> str:
        """The severity that its band looks like."""
        return TONES[self.judgement.band]

    @property
    def at_risk(self) -> int | None:
        """What is at risk, without cents; None where the worth is unknown."""
        revenue = self.judgement.revenue
        return None if revenue.at_risk is None else words.to_whole(revenue.at_risk, revenue.currency)

    @property
    def points(self) -> int | None:
        """The score as people read it; None without a band."""
        return to_points(self.judgement)

    @property
    def said(self) -> str:
        """What a person decided of it and still holds; the day is told by `said_until`."""
        decision = self.judgement.decision
        return to_said(decision) if decision is not None and decision.is_active else ""

    @property
    def said_until(self) -> datetime | None:
        """The moment that brings it back, where there is one."""
        decision = self.judgement.decision
        return decision.until_at if decision is not None and decision.is_active else None

    @property
    def back(self) -> str:
        """Why it came back; empty where it did not."""
        decision = self.judgement.decision
        return decision.back_because if decision is not None and not decision.is_active else ""

    @property
    def points_text(self) -> str:
        """The same for a heading."""
        return str(self.points)


@dataclass(frozen=True, slots=True)
class Chance:
    """A learnt probability, or why there is none."""

    label: str
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """A day on which the score changed; `change` is None where one of the two days has none."""

    on_day: date
    points: int | None
    tone: str
    change: int | None


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value in its two origins, in words. `is_unknown`: the source never showed it."""

    label: str
    is_unknown: bool
    vendor: str
    override: str


def to_row(line: DealLine, judgement: Judgement) -> RiskRow:
    """The row of a deal."""
    fired = to_fired(judgement)
    if judgement.band is Band.NOT_JUDGED:
        return RiskRow(line, judgement, to_missing(judgement), 0, "", "")
    lead = next((one for one in fired if one.key == judgement.lead), fired[0] if fired else None)
    why = lead.sentence if lead else "No signal fired."
    return RiskRow(line, judgement, why, max(0, len(fired) - 1), to_move(judgement), ACTS.get(judgement.lead, ""))


def to_said(decision: Decision) -> str:
    """A decision in words."""
    if decision.aside is Aside.KNOWN:
        return "Known already"
    if decision.aside is Aside.NOT_RISK:
        return f"Not a risk: {REASON_WORDS[decision.reason].lower()}" if decision.reason else "Not a risk"
    return UNTIL_WORDS[decision.until] if decision.until else "Snoozed"


def to_points(judgement: Judgement) -> int | None:
    """The score as a whole number; None where too little is known."""
    if judgement.score is None or judgement.band is Band.NOT_JUDGED:
        return None
    return round(judgement.score)


def to_fired(judgement: Judgement) -> list[Finding]:
    """The signals that fired, the worst first."""
    fired = [one for one in judgement.findings if one.state is State.FIRED]
    return sorted(fired, key=lambda one: one.points if one.points is not None else one.severity, reverse=True)


def to_missing(judgement: Judgement) -> str:
    """Why a deal is not judged: what most of its silent signals lack."""
    reasons = [one.sentence for one in judgement.findings if one.state is State.UNKNOWN]
    return max(reasons, key=reasons.count) if reasons else "Too little is known of this deal."


def to_mend(judgement: Judgement) -> str:
    """What would let the silent signals speak."""
    mends = [one.clears for one in judgement.findings if one.state is State.UNKNOWN and one.clears]
    return max(mends, key=mends.count) if mends else ""


def to_move(judgement: Judgement) -> str:
    """Whose move it is: ours when an answer is owed, the buyer's when they are silent after us."""
    reply, silence = judgement.finding("reply_latency"), judgement.finding("buyer_silence")
    if reply.state is State.FIRED and reply.reason == "owed":
        return "Your move"
    if silence.state is State.FIRED:
        return "Buyer’s move"
    return ""


def to_parts(judgement: Judgement) -> list[Part]:
    """The score in points against the average deal: up first, then down, then what is unknown."""
    known = sorted((one for one in judgement.findings if one.points is not None), key=lambda one: -(one.points or 0))
    told = [Part(NAMES[one.key], round(one.points or 0)) for one in known if round(one.points or 0)]
    return told + [Part(NAMES[one.key], None) for one in judgement.findings if one.state is State.UNKNOWN]


def to_chances(judgement: Judgement, models: Sequence[ModelRecord]) -> list[Chance]:
    """The three learnt probabilities in their order. A deal may lack one though its model is used: it is newer."""
    values = (judgement.p_win, judgement.p_win_period, judgement.p_close_holds)
    return [
        Chance(TARGETS[one.target], value, "Told with the next scan." if one.is_used else one.reason)
        for one, value in zip(models, values, strict=True)
    ]


def first_parts(parts: Sequence[Part]) -> list[Part]:
    """The largest three each way."""
    known = [part for part in parts if part.points]
    up = [part for part in known if (part.points or 0) > 0]
    return up[:SHOWN_PARTS] + [part for part in known if (part.points or 0) < 0][-SHOWN_PARTS:]


def to_steps(points: Sequence[ScorePoint]) -> list[ScoreStep]:
    """The days on which the score or the band was another than the day before, newest first."""
    steps = [ScoreStep(one.on_day, _score_of(one), TONES[one.band], None) for one in points[:1]]
    for before, one in pairwise(points):
        score, last = _score_of(one), _score_of(before)
        if score != last or one.band is not before.band:
            change = score - last if score is not None and last is not None else None
            steps.append(ScoreStep(one.on_day, score, TONES[one.band], change))
    return steps[::-1]


def _score_of(point: ScorePoint) -> int | None:
    return None if point.score is None or point.band is Band.NOT_JUDGED else round(point.score)


def to_values(deal: DealRecord, *, today: date) -> list[ValueRow]:
    """What the vendor says and what people put before it, apart; empty where nothing is said."""
    days = [_day(one, today) for one in (deal.vendor_close_on, deal.close_on_override)]
    sums = [_sum(one) for one in (deal.vendor_amount, deal.amount_override)]
    told = [_category(one) for one in (deal.forecast, deal.forecast_override)]
    return [
        ValueRow("Close date", "close_date" in deal.unknown_fields, *days),
        ValueRow("Amount", "amount" in deal.unknown_fields, *sums),
        ValueRow("Forecast category", "forecast_category" in deal.unknown_fields, *told),
    ]


def _day(day: date | None, today: date) -> str:
    return words.to_day(day, today=today) if day else ""


def _sum(money: Money | None) -> str:
    return words.to_money(money.minor, money.currency) if money else ""


def _category(category: Forecast | None) -> str:
    return "" if category is None else str(category.name).capitalize().replace("_", " ")


def to_lines(judgement: Judgement) -> list[tuple[str, str, Finding]]:
    """Every signal with its name and tone: fired first, the worst first; then unknown, then clear."""
    order = {State.FIRED: 0, State.UNKNOWN: 1, State.OK: 2}
    ranked = sorted(judgement.findings, key=lambda one: (order[one.state], -one.severity))
    return [(NAMES[one.key], "unknown" if one.state is State.UNKNOWN else LEVELS[one.level], one) for one in ranked]


def evidence_of(judgement: Judgement) -> dict[UUID, str]:
    """The records that fired signals rest on, each with the signal's name."""
    return {record: NAMES[one.key] for one in to_fired(judgement) for _table, record in one.evidence}


def to_timeline(timeline: Timeline, marked: Mapping[UUID, str]) -> list[TimelineEntry]:
    """Facts in time, newest first, the evidence marked with the signal that rests on it."""
    facts = [(one.at, one) for one in timeline.activities] + [(one.at, one) for one in timeline.changes]
    return [_entry(one, marked) for _, one in sorted(facts, key=lambda pair: pair[0], reverse=True)]


def _entry(fact: ActivityRecord | ChangeRecord, marked: Mapping[UUID, str]) -> TimelineEntry:
    text = _of_activity(fact) if isinstance(fact, ActivityRecord) else _of_change(fact)
    note = marked.get(fact.id, "")
    return TimelineEntry(fact.at, text, note, bool(note))


def _of_activity(fact: ActivityRecord) -> str:
    planned = "planned " if fact.state is ActivityState.PLANNED else ""
    people = ", ".join(dict.fromkeys(one.name for one in fact.participants if one.name and not one.is_ours))
    words = [f"{planned}{KINDS[fact.kind]}".capitalize(), FLOWS[fact.flow], fact.label and f"“{fact.label}”"]
    return " ".join(word for word in words if word) + (f" · {people}" if people else "")


def _of_change(fact: ChangeRecord) -> str:
    label = fact.label[:1].upper() + fact.label[1:]
    return f"{label}: {fact.old or 'none'} → {fact.new or 'none'}"
