"""Deals and judgements as commands print them."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

import typer

from auctor.crm import queries as crm
from auctor.crm.currencies import to_decimal
from auctor.crm.records import DealLine
from auctor.kit.errors import AuctorError
from auctor.risk.records import Finding, Judgement
from auctor.signals.score import Band
from auctor.signals.vocabulary import State
from auctor.tenancy.records import Actor

In = Annotated[str, typer.Option("--workspace", "-w", help="Name or id of the workspace.")]


class DealUnclear(AuctorError):
    """No deal, or several, answer to what was said."""

    code: ClassVar[str] = "cli.deal_unclear"
    status: ClassVar[int] = 404


def require_deal(actor: Actor, said: str) -> UUID:
    """The deal of this id (ours or the source's) or name. Raises `DealUnclear`."""
    found = crm.find_deal(actor, said)
    if found is None:
        raise DealUnclear(
            f"No single deal answers to {said!r}.", mend="`auctor risks --json` lists deals with their ids."
        )
    return found


def risk_row(line: DealLine, judgement: Judgement) -> dict[str, Any]:
    """A deal of the queue."""
    amount = line.amount
    return {
        "deal_id": line.id,
        "source_id": line.remote_id,
        "deal": line.name,
        "company": line.company,
        "owner": line.owner,
        "stage": line.stage,
        "amount": to_decimal(amount.minor, amount.currency) if amount else None,
        "currency": amount.currency if amount else None,
        "closes": line.close_on,
        **judgement_row(judgement),
        "why": judgement.finding(judgement.lead).sentence if judgement.lead else "",
    }


def judgement_row(judgement: Judgement) -> dict[str, Any]:
    """The numbers of a judgement; amounts at risk in the workspace's currency."""
    revenue = judgement.revenue
    return {
        "score": None if judgement.score is None else round(judgement.score, 1),
        "band": judgement.band.name.lower(),
        "coverage": round(judgement.coverage, 3),
        "at_risk": None if revenue.at_risk is None else to_decimal(revenue.at_risk, revenue.currency),
        "at_risk_currency": revenue.currency,
        "rate": revenue.rate,
        "rate_on": revenue.rate_on,
        "p_win": judgement.p_win,
        "p_win_period": judgement.p_win_period,
        "p_close_holds": judgement.p_close_holds,
        "judged_at": judgement.judged_at.isoformat(),
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """What one signal says."""
    return {
        "signal": finding.key,
        "state": finding.state.name.lower(),
        "severity": None if finding.state is State.UNKNOWN else round(finding.severity, 3),
        "points": None if finding.points is None else round(finding.points, 1),
        "found": finding.sentence,
        "clears": finding.clears,
        "value": finding.value,
        "threshold": finding.threshold,
        "norm": finding.norm,
        "evidence": [str(record) for _table, record in finding.evidence],
    }


def headline(line: DealLine, judgement: Judgement) -> str:
    """The score in a sentence."""
    if judgement.score is None or judgement.band is Band.NOT_JUDGED:
        return f"{line.name} ({line.company}): not judged, {judgement.coverage:.0%} of the signals are known."
    learnt = "" if judgement.p_win is None else f" Learnt probability of winning: {judgement.p_win:.0%}."
    return f"{line.name} ({line.company}): {judgement.score:.0f}, {judgement.band.name.lower()}.{learnt}"
