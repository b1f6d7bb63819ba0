"""Risks: the inbox, one deal's judgement now and at any moment, and how its score went."""

from datetime import UTC, date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from ninja import Field, Query, Schema
from pydantic import ConfigDict

from auctor.api.door import ApiRequest, Door
from auctor.api.paging import Paging
from auctor.api.shapes import JudgementOut, to_judgement
from auctor.api.values import Day, Moment
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.queries import access_deal
from auctor.kit.errors import AuctorError
from auctor.risk import queries
from auctor.risk.look_back import judge_at
from auctor.risk.records import View
from auctor.tenancy.permissions import Permission

door = Door(tags=["risks"])


class NotJudged(AuctorError):
    """The deal is there and was not judged: it is closed, or no scan has seen it yet."""

    code: ClassVar[str] = "api.not_judged"
    status: ClassVar[int] = 404


class MomentAhead(AuctorError):
    """Nobody knows how a deal will stand."""

    code: ClassVar[str] = "api.moment_ahead"
    status: ClassVar[int] = 422


class RiskQuery(Paging):
    """Which view of the inbox."""

    view: Literal["open", "mine", "snoozed", "known", "not-judged"] = "open"


class RiskPage(Schema):
    """A page of the inbox: by revenue at risk, urgency and confidence."""

    items: list[JudgementOut]
    next_cursor: str = Field(description="Empty on the last page.")


class RiskSummaryOut(Schema):
    """How many deals each view holds; sums in minor units of the workspace's currency."""

    open: int
    mine: int
    snoozed: int
    known: int
    not_judged: int
    at_risk: int = Field(description="Among the open view.")
    pipeline: int = Field(description="Over all open deals.")
    unpriced: int = Field(description="Deals in neither sum: their amount or its rate is unknown.")
    currency: str


class AtQuery(Schema):
    """At which moment; now, as the last scan saw it, where it is left out."""

    model_config = ConfigDict(extra="forbid")

    at: Moment | None = None


class SinceQuery(Schema):
    """From which day on."""

    model_config = ConfigDict(extra="forbid")

    since: Day | None = None


class ScoreOut(Schema):
    """A deal's score as it stood at the end of a day."""

    on: date
    score: float | None
    band: str


@door.read("/risks", permission=Permission.RISK_READ, response=RiskPage)
def list_risks(request: ApiRequest, query: Query[RiskQuery]) -> RiskPage:
    """The deals that want a decision."""
    found = queries.list_inbox(request.actor, view=View(query.view), cursor=query.cursor, limit=query.limit)
    now = datetime.now(UTC)
    log.record(request.actor, AuditTag.DEAL_READ, subject_kind="deal", details={"deals": len(found.rows)}, now=now)
    return RiskPage(items=[to_judgement(one) for one in found.rows], next_cursor=found.next_cursor)


@door.read("/risks/summary", permission=Permission.RISK_READ, response=RiskSummaryOut)
def read_risk_summary(request: ApiRequest) -> RiskSummaryOut:
    """How many deals want a decision, and what is at stake."""
    found = queries.count_inbox(request.actor)
    return RiskSummaryOut(
        open=found.open,
        mine=found.mine,
        snoozed=found.snoozed,
        known=found.known,
        not_judged=found.not_judged,
        at_risk=found.at_risk,
        pipeline=found.pipeline,
        unpriced=found.unpriced,
        currency=found.currency,
    )


@door.read("/deals/{deal_id}/judgement", permission=Permission.RISK_READ, response=JudgementOut)
def read_judgement(request: ApiRequest, deal_id: UUID, query: Query[AtQuery]) -> JudgementOut:
    """One deal's score with findings, evidence, what clears them, and probabilities; at a moment, if asked."""
    now = datetime.now(UTC)
    access_deal(request.actor, deal_id, now=now)
    if query.at is not None and query.at > now:
        raise MomentAhead("This moment lies ahead.", mend="Ask for a moment that has passed.")
    found = (
        queries.find_judgement(request.actor, deal_id)
        if query.at is None
        else judge_at(request.actor, deal_id, at=query.at)
    )
    if found is None:
        raise NotJudged("The deal was not judged.", mend="It is closed, or the next scan judges it.")
    log.record(request.actor, AuditTag.DEAL_READ, subject=deal_id, subject_kind="deal", fields=["judgement"], now=now)
    return to_judgement(found)


@door.read("/deals/{deal_id}/scores", permission=Permission.RISK_READ, response=list[ScoreOut])
def list_scores(request: ApiRequest, deal_id: UUID, query: Query[SinceQuery]) -> list[ScoreOut]:
    """How a deal's score went, one point a day, the oldest first."""
    access_deal(request.actor, deal_id, now=datetime.now(UTC))
    found = queries.list_scores(request.actor, deal_id, since=query.since)
    return [ScoreOut(on=one.on_day, score=one.score, band=one.band.name.lower()) for one in found]
