"""From weekly looks to figures: what was caught, how early, at what cost, against the baselines. Pure."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from auctor.risk.replay_looks import Seen
from auctor.risk.replay_records import (
    AlarmPoint,
    CurvePoint,
    Early,
    ReplayKind,
    ReplayPlan,
    ReplayResult,
    ScorerResult,
    WeekFlags,
)
from auctor.risk.replay_weeks import Ends, Looks
from auctor.signals.calendar import EPOCH, Calendar, civil_days
from auctor.signals.score import NOTHING
from auctor.signals.vocabulary import DAY, F64, I64, Flags

THRESHOLDS: Final = tuple(range(0, 101, 5))
ALARM_SHARES: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
SCORERS: Final = {"score": "score", "stage": "by_stage", "category": "by_category"}


class Period(NamedTuple):
    """A replay's frame: the plan, the moments of its period, the currency, and the civil days."""

    plan: ReplayPlan
    begin: int
    end: int
    currency: str
    calendar: Calendar


def look_table(looks: Looks, seen: Seen, plan: ReplayPlan) -> pl.DataFrame:
    """The looks at open deals, a row each."""
    columns = {"deal": looks.deal, "at": looks.at, "flagged": seen.band >= plan.band, **seen._asdict()}
    table = pl.DataFrame(columns).filter(pl.col("live")).drop("live")
    return table.with_columns(pl.col("score", "by_stage", "by_category", "amount").fill_nan(None))


def deal_table(table: pl.DataFrame, ends: Ends, period: Period) -> pl.DataFrame:
    """The deals that ended in the period and were looked at, a row each."""
    ended = np.flatnonzero((ends.at >= period.begin) & (ends.at < period.end)).astype(np.int32)
    outcome = pl.DataFrame({"deal": ended, "ended_at": ends.at[ended], "is_lost": ~ends.is_won[ended]})
    per = table.group_by("deal", maintain_order=True).agg(
        looks=pl.len(),
        first_flag=pl.col("at").filter("flagged").min(),
        flagged_last=pl.col("flagged").last(),
        peak=pl.col("score").max(),
        last_score=pl.col("score").last(),
        amount=pl.col("amount").last(),
    )
    found = outcome.join(per, on="deal", how="inner", maintain_order="left")
    flagged = pl.col("first_flag").is_not_null()
    lost, won = (ReplayKind.CAUGHT, ReplayKind.MISSED), (ReplayKind.FALSE_ALARM, ReplayKind.LEFT_ALONE)
    return found.with_columns(
        early_days=(pl.col("ended_at") - pl.col("first_flag")) / DAY,
        kind=pl.when("is_lost")
        .then(pl.when(flagged).then(pl.lit(lost[0].value)).otherwise(pl.lit(lost[1].value)))
        .otherwise(pl.when(flagged).then(pl.lit(won[0].value)).otherwise(pl.lit(won[1].value))),
    )


def measure(table: pl.DataFrame, deals: pl.DataFrame, period: Period, weeks: int) -> ReplayResult:
    """All figures of a replay."""
    kinds = {kind: deals.filter(pl.col("kind") == kind.value) for kind in ReplayKind}
    caught, false_alarms = kinds[ReplayKind.CAUGHT], kinds[ReplayKind.FALSE_ALARM]
    lost = caught.height + kinds[ReplayKind.MISSED].height
    plan = period.plan
    return ReplayResult(
        first_on=plan.first_on,
        last_on=plan.last_on,
        band=plan.band,
        weeks=weeks,
        pairs=table.height,
        lost=lost,
        won=deals.height - lost,
        not_judged=int(deals["peak"].null_count()),
        caught=caught.height,
        caught_to_the_end=int(caught["flagged_last"].sum()),
        false_alarms=false_alarms.height,
        precision=share(caught.height, caught.height + false_alarms.height),
        recall=share(caught.height, lost),
        base_rate=share(lost, deals.height),
        early=early_of(caught),
        caught_amount=total(caught),
        lost_amount=total(caught) + total(kinds[ReplayKind.MISSED]),
        false_alarm_amount=total(false_alarms),
        unpriced=int(deals["amount"].null_count()),
        currency=period.currency,
        weekly=weekly_of(table, period),
        curve=curve_of(deals),
        scorers=scorers_of(table, deals),
    )


def share(part: int, whole: int) -> float | None:
    """A share; None of nothing."""
    return part / whole if whole else None


def total(deals: pl.DataFrame) -> int:
    """The sum of the amounts that are known, in minor units."""
    return round(deals["amount"].sum() or 0)


def early_of(caught: pl.DataFrame) -> Early | None:
    """The quartiles of days before the loss; None where nothing was caught."""
    if not caught.height:
        return None
    low, median, high = np.quantile(caught["early_days"].to_numpy(), (0.25, 0.5, 0.75))
    return Early(float(low), float(median), float(high))


def weekly_of(table: pl.DataFrame, period: Period) -> tuple[WeekFlags, ...]:
    """Each Monday of the period. A flag is new where the deal's look before was none, or there was none."""
    before = pl.col("flagged").shift(1).over("deal").fill_null(value=False)
    flags = table.select("at", "flagged", new=pl.col("flagged") & ~before)
    inside = flags.filter((pl.col("at") >= period.begin) & (pl.col("at") < period.end))
    weeks = inside.group_by("at").agg(open=pl.len(), flagged=pl.col("flagged").sum(), new=pl.col("new").sum())
    weeks = weeks.sort("at")
    days = civil_days(period.calendar, weeks["at"].to_numpy())
    rows = zip(days, weeks["open"], weeks["flagged"], weeks["new"], strict=True)
    return tuple(WeekFlags(EPOCH.fromordinal(EPOCH.toordinal() + int(day)), *numbers) for day, *numbers in rows)


def curve_of(deals: pl.DataFrame) -> tuple[CurvePoint, ...]:
    """Precision and recall by the score that a deal ever reached."""
    peak, is_lost = deals["peak"].fill_null(-1.0).to_numpy(), deals["is_lost"].to_numpy()
    points = []
    for threshold in THRESHOLDS:
        flagged = peak >= threshold - NOTHING
        right = int((flagged & is_lost).sum())
        count = int(flagged.sum())
        points.append(CurvePoint(float(threshold), count, share(right, count), share(right, int(is_lost.sum()))))
    return tuple(points)


def scorers_of(table: pl.DataFrame, deals: pl.DataFrame) -> tuple[ScorerResult, ...]:
    """The score and the two baselines on the same looks at deals that ended."""
    looks = table.join(deals.select("deal", "is_lost", weight=1 / pl.col("looks")), on="deal", how="inner")
    weight = looks["weight"].to_numpy()
    flagged = looks["flagged"].to_numpy()
    whole = float(weight.sum())
    alarms = float(weight[flagged].sum()) / whole if whole else 0.0
    found = []
    for name, column in SCORERS.items():
        values = looks[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        known = ~np.isnan(values)
        part = Weighed.of(values[known], looks["is_lost"].to_numpy()[known], weight[known])
        found.append(
            ScorerResult(
                name=name,
                known=float(weight[known].sum()) / whole if whole else 0.0,
                auc=part.auc(),
                at_equal_alarms=part.at(alarms) if alarms > 0 else None,
                curve=tuple(point for one in ALARM_SHARES if (point := part.at(one)) is not None),
            )
        )
    return tuple(found)


class Weighed(NamedTuple):
    """Distinct values of a scorer, the highest first, with the weights of lost and won looks that have them."""

    lost: F64
    won: F64

    @classmethod
    def of(cls, values: F64, is_lost: Flags, weight: F64) -> "Weighed":
        """Count the weights of every distinct value."""
        distinct, place = np.unique(-values, return_inverse=True)
        lost = np.bincount(place, np.where(is_lost, weight, 0.0), minlength=len(distinct))
        won = np.bincount(place, np.where(is_lost, 0.0, weight), minlength=len(distinct))
        return cls(lost.astype(np.float64), won.astype(np.float64))

    def auc(self) -> float | None:
        """The chance that a lost look stands above a won one; ties count half. None where one kind is missing."""
        lost, won = float(self.lost.sum()), float(self.won.sum())
        if lost <= 0 or won <= 0:
            return None
        below = won - np.cumsum(self.won)
        return float((self.lost * (below + self.won / 2)).sum() / (lost * won))

    def at(self, alarms: float) -> AlarmPoint | None:
        """What so many alarms find; of looks with equal values each is raised as likely as the others."""
        whole, lost = float(self.lost.sum() + self.won.sum()), float(self.lost.sum())
        if whole <= 0 or lost <= 0:
            return None
        raised = np.concatenate([[0.0], np.cumsum(self.lost + self.won)])
        right = np.concatenate([[0.0], np.cumsum(self.lost)])
        hit = float(np.interp(alarms * whole, raised, right))
        return AlarmPoint(alarms, hit / (alarms * whole), hit / lost)


def first_firings(table: pl.DataFrame, bit: int) -> pl.DataFrame:
    """For each deal whether a signal was ever known, and when it first fired (null: never)."""
    mask = 1 << bit
    return table.group_by("deal", maintain_order=True).agg(
        known=(pl.col("known") & mask).max() > 0,
        fired_at=pl.col("at").filter((pl.col("fired") & mask) > 0).min(),
    )


def moments_as_days(calendar: Calendar, moments: I64) -> pl.Series:
    """Civil days of moments, as dates."""
    return pl.Series(civil_days(calendar, moments)).cast(pl.Date)
