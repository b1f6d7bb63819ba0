"""Scores of any deals at any moments, for analysts: what would have been said by what had been learnt until then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from auctor.crm import frames
from auctor.risk import learn
from auctor.risk.chances import ask
from auctor.risk.learn import Ground
from auctor.risk.learning.inputs import Seen
from auctor.risk.learning.model import Model
from auctor.risk.learning.records import ModelRecord, Target
from auctor.risk.learning.rows import Ends, Rows
from auctor.risk.policies import get_policy
from auctor.signals.calendar import moment_of
from auctor.signals.score import Scores, weigh
from auctor.signals.vocabulary import F64
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# Rows judged at once: their inputs take about two kilobytes each.
BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class PastScores:
    """A row for each pair that was asked: probability of winning (NaN: no honest model, or no deal yet), rules score
    and coverage, and a column of severities for each signal of the catalog (NaN: unknown). `model` tells what was
    learnt."""

    p_win: F64
    scores: Scores
    severity: F64
    model: ModelRecord


def score_at(actor: Actor, *, deals: Sequence[UUID], moments: Sequence[datetime], learn_until: datetime) -> PastScores:
    """Learn from what was on record before `learn_until`, then judge each deal as it stood at its moment.

    Norms and models stop at `learn_until`; of a judged deal everything counts that was on record at its moment.
    Raises `KeyError` for a deal that is not among the workspace's.
    """
    require(actor, Permission.RISK_READ)
    ground = learn.ground_of(frames.load(actor, deals=frames.ALL, with_counts=True), get_policy(actor).policy)
    number = {key: place for place, key in enumerate(ground.facts.deal_ids())}
    deal = np.array([number[key] for key in deals], dtype=np.int64)
    at = np.array([moment_of(moment) for moment in moments], dtype=np.int64)
    return score_rows(ground, Rows(deal, at), learn_until=learn_until)


def score_rows(ground: Ground, rows: Rows, *, learn_until: datetime, ends: Ends | None = None) -> PastScores:
    """The same for facts that were read, with rows in any order."""
    studies = learn.study_all(ground, until=learn_until, ends=ends, targets=(Target.WIN,))
    used = {one.record.target: one.model for one in studies if one.model is not None}
    until, muted = moment_of(learn_until), ground.policy.muted
    parts = [
        _score(ground, Rows(rows.deal[start : start + BLOCK], rows.at[start : start + BLOCK]), used, until)
        for start in range(0, max(len(rows.at), 1), BLOCK)
    ]
    severity = np.concatenate([seen.severity for seen, _ in parts])
    probability = np.concatenate([found for _, found in parts])
    return PastScores(probability, weigh(severity, muted=muted), severity, studies[0].record)


def _score(ground: Ground, rows: Rows, used: Mapping[Target, Model], until: int) -> tuple[Seen, F64]:
    seen = learn.see(ground, rows, until=until)
    found = ask(ground.events, seen, used).probability.get(Target.WIN)
    deals = ground.events.loaded.facts.deals
    is_there = rows.at >= np.maximum(deals.created_at, deals.known_at)[rows.deal]
    return seen, np.where(is_there, np.nan if found is None else found, np.nan)
