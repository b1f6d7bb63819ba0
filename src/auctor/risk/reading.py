"""From a stored row to a judgement with its sentences. Pure but for the row's own columns."""

import math
from collections.abc import Mapping
from uuid import UUID

import numpy as np

from auctor.risk.learning.records import InputPoints
from auctor.risk.learning.wording import name_of
from auctor.risk.models import Decision as DecisionRow
from auctor.risk.models import Feedback as FeedbackRow
from auctor.risk.models import Judgement as Row
from auctor.risk.models import Placed
from auctor.risk.records import (
    Answer,
    Aside,
    ClearingStep,
    Decision,
    DenialReason,
    Ending,
    Feedback,
    Finding,
    Judgement,
    Revenue,
    Until,
)
from auctor.risk.shape import reason_name
from auctor.signals.catalog import BY_KEY, KEYS
from auctor.signals.score import GROUPS, Band, clearing_steps, explain, weigh
from auctor.signals.sentences import clearing, norm_phrase, sentence
from auctor.signals.verdict import level_of
from auctor.signals.vocabulary import F64, Level, NormLevel, State, Table

ASIDES = {Placed.SNOOZED: Aside.SNOOZED, Placed.KNOWN: Aside.KNOWN, Placed.NOT_RISK: Aside.NOT_RISK}


def to_judgement(
    row: Row,
    *,
    currency: str,
    average: F64 | None = None,
    decision: Decision | None = None,
    names: Mapping[str, str] | None = None,
) -> Judgement:
    """The row in words. With `average` (severities of the average deal) every finding tells its points, and the steps
    that clear the deal are weighed; `names` has the texts behind the inputs of a probability. A list of many deals
    does without all three."""
    states = np.array(row.states)
    severity = np.where(states == State.UNKNOWN, np.nan, np.array(row.severities, dtype=np.float64))
    points = explain(severity, average) if average is not None else {}
    findings = tuple(_finding(row, place, points.get(key)) for place, key in enumerate(KEYS))
    clears = {finding.key: finding.clears for finding in findings}
    steps = clearing_steps(severity) if average is not None else []
    return Judgement(
        deal_id=row.id,
        judged_at=row.judged_at,
        version=row.version,
        score=row.score,
        coverage=row.coverage,
        band=Band(row.band),
        band_since=row.band_since,
        groups={group.name: finite(value) for group, value in zip(GROUPS, row.groups, strict=True)},
        average_score=_average_score(severity, average),
        findings=findings,
        steps=tuple(ClearingStep(s.key, clears[s.key], s.before, s.after) for s in steps),
        revenue=Revenue(row.amount, row.at_risk, currency, row.rate, row.rate_on, row.rate_source or ""),
        lead=row.lead,
        p_win=row.p_win,
        p_win_period=row.p_win_period,
        p_close_holds=row.p_close_holds,
        p_win_points=tuple(InputPoints(code, name_of(code, names), points) for code, points in row.p_win_inputs or ()),
        policy=row.policy,
        decision=decision,
    )


def to_decision(row: DecisionRow) -> Decision:
    """A decision with its note opened."""
    return Decision(
        id=row.id,
        deal_id=row.deal_id,
        aside=ASIDES[Placed(row.aside)],
        until=Until(row.until) if row.until else None,
        until_at=row.until_at,
        reason=DenialReason(row.reason) if row.reason else None,
        note=row.note or "",
        member_id=row.member_id,
        made_at=row.made_at,
        band=Band(row.band),
        score=row.score,
        ended_at=row.ended_at,
        ending=Ending(row.ending) if row.ending else None,
    )


def to_feedback(row: FeedbackRow) -> Feedback:
    """An answer with its note opened."""
    return Feedback(
        id=row.id,
        deal_id=row.deal_id,
        signal=row.signal,
        answer=Answer(row.answer),
        reason=DenialReason(row.reason) if row.reason else None,
        note=row.note or "",
        member_id=row.member_id,
        given_at=row.given_at,
        state=State(row.state),
        severity=row.severity,
        value=row.value,
        threshold=row.threshold,
        version=row.version,
        policy=row.policy,
    )


def _finding(row: Row, place: int, points: float | None) -> Finding:
    key = KEYS[place]
    signal, reason = BY_KEY[key], reason_name(key, row.reasons[place])
    value, threshold = finite(row.values[place]), finite(row.thresholds[place])
    norm = NormLevel(row.norm_levels[place]), row.norm_counts[place]
    details: Mapping[str, float | None] = row.details[place]
    severity = float(row.severities[place])
    return Finding(
        key=key,
        question=signal.question,
        state=State(row.states[place]),
        severity=severity,
        level=Level(int(level_of(np.array([severity]))[0])),
        value=value,
        threshold=threshold,
        norm=norm_phrase(*norm),
        norm_n=norm[1],
        reason=reason,
        sentence=sentence(signal, reason, {**details, "value": value, "threshold": threshold}, norm),
        clears=clearing(signal, reason),
        details=details,
        evidence=tuple((Table(table), UUID(hex=record)) for table, record in row.evidence[place]),
        points=points,
    )


def _average_score(severity: F64, average: F64 | None) -> float | None:
    """What the average deal scores on the signals that are known of this one."""
    if average is None:
        return None
    return finite(float(weigh(np.where(np.isnan(severity), np.nan, average)[None, :]).score[0]))


def finite(value: float) -> float | None:
    """The number, or None for what is no number."""
    return None if math.isnan(value) else float(value)
