"""A replay: any past period, deal by deal, Monday by Monday, as it would have been seen then.

1. From what is on record now, take how every deal ended: that is what a replay is measured against.
2. Look at every deal that ended in the period on each Monday of its life, and at all others on the period's Mondays.
   A look uses what was on record at its moment, and the norms of its day: it is the scan of that day.
3. Measure what was flagged against how it ended, and the two baselines on the same looks.
"""

from datetime import date, datetime
from typing import ClassVar

import polars as pl

from auctor.crm import frames
from auctor.crm.terms import get_counting
from auctor.kit.errors import AuctorError
from auctor.risk.policies import check_policy
from auctor.risk.replay_facts import Replayed, replay_facts
from auctor.risk.replay_looks import Progress
from auctor.risk.replay_records import ReplayPlan
from auctor.signals import frames as signal_frames
from auctor.signals.calendar import moment_of
from auctor.signals.score import Band
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

LONGEST_DAYS = 5 * 366
FIRST_DAY = date(1996, 1, 1)


class ReplayRefused(AuctorError):
    """A replay that cannot be run."""

    code: ClassVar[str] = "risk.replay_refused"
    status: ClassVar[int] = 422


def check_plan(plan: ReplayPlan, *, today: date) -> ReplayPlan:
    """The same plan. Raises `ReplayRefused`, `PolicyRefused`."""
    if plan.band in (Band.NOT_JUDGED, Band.CLEAR):
        raise ReplayRefused("A deal is flagged from low, medium or high on.", where="band")
    if not FIRST_DAY <= plan.first_on <= plan.last_on:
        raise ReplayRefused("The period ends before it begins.", mend="Exchange the two days.")
    if plan.last_on >= today:
        raise ReplayRefused("The period has not ended.", mend="Choose a last day in the past.")
    if (plan.last_on - plan.first_on).days > LONGEST_DAYS:
        raise ReplayRefused("A replay looks at five years at most.", mend="Choose a shorter period.")
    check_policy(plan.policy)
    return plan


def replay(actor: Actor, plan: ReplayPlan, *, now: datetime, tell: Progress) -> Replayed:
    """Replay a period of the actor's workspace; stores nothing. `tell` hears how many of how many looks are behind.

    Needs `signal:try`; reads all deals. Raises `ReplayRefused`, `PolicyRefused`.
    """
    require(actor, Permission.SIGNAL_TRY)
    counting = get_counting(actor)
    check_plan(plan, today=counting.today(now))
    facts = frames.load(actor, deals=frames.ALL)
    loaded = signal_frames.build(facts.tables, facts.settings)
    found = replay_facts(loaded, plan, currency=counting.currency, now=moment_of(now), tell=tell)
    ids = facts.deals["id"].cast(pl.Binary)
    deals = found.deals.with_columns(id=ids.gather(found.deals["deal"]))
    return Replayed(found.result, found.looks, deals)
