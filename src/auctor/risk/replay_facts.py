"""A replay of facts in memory, as `replay.py` tells its steps. Pure."""

from dataclasses import dataclass

import polars as pl

from auctor.risk.replay_looks import Progress, see
from auctor.risk.replay_measure import Period, deal_table, look_table, measure, moments_as_days
from auctor.risk.replay_records import ReplayPlan, ReplayResult
from auctor.risk.replay_weeks import ends_of, looks_of, mondays, period_of
from auctor.signals.frames import Loaded
from auctor.signals.kernels import always_compiled
from auctor.signals.norms import learn


@dataclass(frozen=True, slots=True)
class Replayed:
    """The figures, the looks, and a row for each deal that ended (`id`: 16 bytes, `ended_on`, `kind`, …)."""

    result: ReplayResult
    looks: pl.DataFrame
    deals: pl.DataFrame


def replay_facts(loaded: Loaded, plan: ReplayPlan, *, currency: str, now: int, tell: Progress) -> Replayed:
    """Replay a period; `now`, in microseconds since 1970, is when its deals are known to have ended."""
    facts = loaded.facts
    begin, end = period_of(facts, plan)
    period = Period(plan, begin, end, currency, facts.calendar)
    weeks, before = mondays(facts, plan)
    ends = ends_of(facts, now)
    looks = looks_of(facts, ends, weeks, before, (begin, end))
    # Every kernel runs once a week, however few its rows are.
    with always_compiled():
        norms = learn(facts, weeks)
        seen = see(loaded, looks, norms, plan.policy, tell)
    table = look_table(looks, seen, plan)
    deals = deal_table(table, ends, period)
    deals = deals.with_columns(ended_on=moments_as_days(facts.calendar, deals["ended_at"].to_numpy()))
    return Replayed(measure(table, deals, period, len(weeks) - before), table, deals)
