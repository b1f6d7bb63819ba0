"""Deals and judgements as JSON, for all routes that answer with them."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from auctor.crm.records import DealLine, Money
from auctor.risk.records import Finding, Judgement
from auctor.signals.vocabulary import State


class MoneyOut(Schema):
    """Minor units of an ISO 4217 currency: 1250 and EUR are 12.50 euros."""

    minor: int
    currency: str


class DealOut(Schema):
    """A deal in a list: values in force, overrides before the vendor's."""

    id: UUID
    remote_id: str
    name: str
    company: str
    owner: str
    owner_id: UUID | None
    pipeline: str
    stage: str
    stage_kind: str = Field(description="open, won or lost.")
    amount: MoneyOut | None
    close_on: date | None
    created_at: datetime
    closed_at: datetime | None
    stage_since: datetime | None
    paused_until: datetime | None


class EvidenceOut(Schema):
    """A record that a finding rests on."""

    table: str
    id: UUID


class FindingOut(Schema):
    """What one signal says of one deal; `severity` and `points` are null where it is unknown."""

    signal: str
    question: str
    state: str
    severity: float | None
    level: str
    points: float | None = Field(description="What it adds to the score against the average open deal.")
    value: float | None
    threshold: float | None
    norm: str
    norm_n: int
    reason: str
    sentence: str
    clears: str
    evidence: list[EvidenceOut]


class StepOut(Schema):
    """Clear this signal, after those before it, and the score goes from `before` to `after`."""

    signal: str
    what: str
    before: float
    after: float


class RevenueOut(Schema):
    """Money in the workspace's currency, with the rate that was used; null where the amount or its rate is unknown."""

    minor: int | None
    at_risk: int | None
    currency: str
    rate: float | None
    rate_on: date | None
    rate_source: str


class InputOut(Schema):
    """How many percentage points an input adds to a probability against the average deal."""

    code: str
    name: str
    points: float


class ProbabilitiesOut(Schema):
    """Learnt on this workspace alone; null where no honest model gives one."""

    win: float | None
    win_in_period: float | None
    close_date_holds: float | None
    win_inputs: list[InputOut]


class JudgementOut(Schema):
    """How a deal stands, and everything that it is made of; `score` is null where too little is known."""

    deal_id: UUID
    judged_at: datetime
    version: int
    score: float | None
    average_score: float | None
    coverage: float
    band: str
    band_since: datetime
    lead: str = Field(description="The signal that weighs most; empty where none fires.")
    groups: dict[str, float | None]
    findings: list[FindingOut]
    steps: list[StepOut]
    revenue: RevenueOut
    probabilities: ProbabilitiesOut


def to_money(money: Money | None) -> MoneyOut | None:
    """With its currency, or nothing."""
    return MoneyOut(minor=money.minor, currency=money.currency) if money else None


def to_deal(line: DealLine) -> DealOut:
    """A line of a list."""
    return DealOut(
        id=line.id,
        remote_id=line.remote_id,
        name=line.name,
        company=line.company,
        owner=line.owner,
        owner_id=line.owner_id,
        pipeline=line.pipeline,
        stage=line.stage,
        stage_kind=line.stage_kind.name.lower(),
        amount=to_money(line.amount),
        close_on=line.close_on,
        created_at=line.created_at,
        closed_at=line.closed_at,
        stage_since=line.stage_since,
        paused_until=line.paused_until,
    )


def to_judgement(found: Judgement) -> JudgementOut:
    """With findings, evidence, steps, money and probabilities."""
    revenue = found.revenue
    return JudgementOut(
        deal_id=found.deal_id,
        judged_at=found.judged_at,
        version=found.version,
        score=found.score,
        average_score=found.average_score,
        coverage=found.coverage,
        band=found.band.name.lower(),
        band_since=found.band_since,
        lead=found.lead,
        groups=dict(found.groups),
        findings=[_to_finding(one) for one in found.findings],
        steps=[StepOut(signal=one.key, what=one.what, before=one.before, after=one.after) for one in found.steps],
        revenue=RevenueOut(
            minor=revenue.minor,
            at_risk=revenue.at_risk,
            currency=revenue.currency,
            rate=revenue.rate,
            rate_on=revenue.rate_on,
            rate_source=revenue.rate_source,
        ),
        probabilities=ProbabilitiesOut(
            win=found.p_win,
            win_in_period=found.p_win_period,
            close_date_holds=found.p_close_holds,
            win_inputs=[InputOut(code=one.code, name=one.name, points=one.points) for one in found.p_win_points],
        ),
    )


def _to_finding(one: Finding) -> FindingOut:
    return FindingOut(
        signal=one.key,
        question=one.question,
        state=one.state.name.lower(),
        severity=None if one.state is State.UNKNOWN else one.severity,
        level=one.level.name.lower(),
        points=one.points,
        value=one.value,
        threshold=one.threshold,
        norm=one.norm,
        norm_n=one.norm_n,
        reason=one.reason,
        sentence=one.sentence,
        clears=one.clears,
        evidence=[EvidenceOut(table=table.name.lower(), id=key) for table, key in one.evidence],
    )
