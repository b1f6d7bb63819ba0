"""How a deal stood at any moment, judged again from what was on record then. Nothing of it is stored."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from auctor.crm import frames, standing
from auctor.crm.doors import NoDeal
from auctor.crm.terms import get_currency
from auctor.risk import models, scan, yardstick
from auctor.risk.input_names import find_names
from auctor.risk.reading import to_judgement
from auctor.risk.records import Judgement
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor


def judge_at(actor: Actor, deal_id: UUID, *, at: datetime) -> Judgement:
    """The judgement of a moment, against the norms of its day and today's average deal. Raises `NoDeal`.

    Revenue is what the deal is worth now. Reads all deals, because norms do.
    """
    require(actor, Permission.RISK_READ)
    if not standing.list_some(actor, [deal_id]):
        raise NoDeal("There is no such deal.")
    measure = yardstick.learn_measure(actor, now=at)
    judged = scan.judge(actor, frames.load(actor, deals=[deal_id]), measure, now=at)
    if judged.rows.is_empty():
        raise NoDeal("There is no such deal.")
    row = to_row(judged.rows.to_dicts()[0])
    names = find_names(actor, [code for code, _ in row.p_win_inputs or ()])
    return to_judgement(row, currency=get_currency(actor), average=yardstick.find_average(), names=names)


def to_row(told: dict[str, Any]) -> models.Judgement:
    """A row as a scan would store it, from its texts; it is never saved."""
    arrays = {"groups": float, "states": int, "severities": float, "values": float, "thresholds": float}
    arrays |= {"norm_levels": int, "norm_counts": int, "reasons": int}
    for name, kind in arrays.items():
        told[name] = [kind(part) for part in told[name][1:-1].split(",")]
    for name in ("details", "evidence", "p_win_inputs"):
        told[name] = json.loads(told[name]) if told[name] is not None else None
    told["id"] = UUID(hex=told["id"])
    return models.Judgement(**told)
