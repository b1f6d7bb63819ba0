"""The scan: all open deals, or those that something was learned about. One code for both.

1. Read the deals with their clocks and facts in one snapshot: what is learned later moves the clock again.
2. Judge by all signals against the norms of the day; weigh into scores.
3. Write the judgements and the day's scores, drop those of deals that are open no more; let return what was put
   aside and has its time; audit.

Facts are read on a connection of its own, which sees what is committed: a scan follows the change, it never shares
its transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from uuid import UUID

import numpy as np
import polars as pl
from django.db import connection

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import frames, standing
from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.money import convert
from auctor.crm.records import Converted, Money
from auctor.crm.terms import Counting, get_counting
from auctor.kit.ids import uuid7
from auctor.risk import chances, models, returning, shape, weigh, yardstick
from auctor.risk.policies import get_policy
from auctor.risk.records import ScanRecord
from auctor.risk.storing import store
from auctor.risk.yardstick import Measure
from auctor.signals import frames as signal_frames
from auctor.signals.catalog import VERSION
from auctor.signals.scan import scan
from auctor.signals.score import Band, Scores, lead_of
from auctor.signals.score import weigh as weigh_signals
from auctor.signals.vocabulary import F64
from auctor.tenancy.context import LIFETIME_SECONDS
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# How far before the last scan a touched deal is looked for. A clock is set when a transaction begins and can be seen
# when it ends, which is never longer after: the context that is signed for it ends, too.
LOOK_BACK = timedelta(seconds=LIFETIME_SECONDS)
# More touched deals than this move the norms, too.
MOST_TOUCHED = 2_000
STAYS = "CASE WHEN risk_judgement.band = excluded.band THEN risk_judgement.band_since ELSE excluded.band_since END"


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of a scan as they are stored, and the severities they came from."""

    rows: pl.DataFrame
    severity: F64


def scan_open(actor: Actor, *, now: datetime, anew: bool = True) -> ScanRecord:
    """Learn the norms of the day and judge all open deals. Needs `signal:write`.

    Unless `anew`, norms that were learnt on this day already are kept: what has happened since cannot move them.
    """
    require(actor, Permission.SIGNAL_WRITE)
    began = perf_counter()
    _lock(actor)
    facts = frames.load(actor, deals=frames.OPEN, with_counts=chances.is_used())
    known = None if anew else yardstick.find_measure(facts, now=now)
    measure = known or yardstick.learn_measure(actor, now=now)
    judged = judge(actor, facts, measure, now=now)
    average = _mean(judged.severity)
    yardstick.keep_measure(actor, replace(measure, average=average), now=now)
    _write(actor, judged, now=now)
    models.Judgement.objects.filter(judged_at__lt=now).delete()
    returning.settle(actor, None, now=now)
    return _record(actor, judged, is_full=True, began=began, now=now)


def scan_deals(actor: Actor, deal_ids: Sequence[UUID], *, now: datetime) -> ScanRecord:
    """Judge these deals against the norms of the day; those that are not open lose their judgement.

    The first scan of a day, and one of very many deals, is a full one. Needs `signal:write`.
    """
    require(actor, Permission.SIGNAL_WRITE)
    if len(deal_ids) > MOST_TOUCHED:
        return scan_open(actor, now=now)
    began = perf_counter()
    _lock(actor)
    facts = frames.load(actor, deals=deal_ids, only_open=True, with_counts=chances.is_used())
    measure = yardstick.find_measure(facts, now=now)
    if measure is None:
        return scan_open(actor, now=now)
    judged = judge(actor, facts, measure, now=now)
    _write(actor, judged, now=now)
    models.Judgement.objects.filter(id__in=list(deal_ids)).exclude(id__in=facts.deal_ids()).delete()
    returning.settle(actor, deal_ids, now=now)
    return _record(actor, judged, is_full=False, began=began, now=now)


def scan_touched(actor: Actor, *, now: datetime) -> ScanRecord | None:
    """Judge the deals whose clock moved since they were judged; None where there are none."""
    last = models.Scan.objects.order_by("-started_at").first()
    since = min(now, last.started_at) - LOOK_BACK if last else None
    wanted = standing.list_moved(actor, since=since, seen=models.Judgement.objects.all())
    return scan_deals(actor, wanted, now=now) if wanted else None


def scan_nightly(actor: Actor, *, now: datetime) -> ScanRecord | None:
    """The full scan of the workspace's day, because time passes; None when it was done, or nothing is open."""
    if not standing.has_open(actor):
        return None
    today = get_counting(actor).today(now)
    last = models.Scan.objects.filter(is_full=True).order_by("-started_at").first()
    if last is not None and get_counting(actor).today(last.started_at) == today:
        return None
    return scan_open(actor, now=now)


def _lock(actor: Actor) -> None:
    """Two scans of a workspace at once would wait for each other's rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"risk.scan {actor.workspace_id}"])


def judge(actor: Actor, facts: frames.DealFacts, measure: Measure, *, now: datetime) -> Judged:
    """The rows of all deals that have facts."""
    loaded = signal_frames.build(facts.tables, facts.settings)
    count = facts.deals.height
    held = get_policy(actor)
    found = scan(loaded, np.arange(count), yardstick.moments(now, count), norms=measure.norms, policy=held.policy)
    severity = found.severity()
    scores = weigh_signals(severity, muted=held.policy.muted)
    base = facts.deals.select(
        "touched_at",
        id=pl.col("id").cast(pl.Binary).bin.encode("hex"),
        member_id=pl.col("owner_member_id").cast(pl.Binary).bin.encode("hex"),
    )
    rows = base.with_columns(
        judged_at=pl.lit(now, pl.Datetime("us", "UTC")),
        band_since=pl.lit(now, pl.Datetime("us", "UTC")),
        version=pl.lit(VERSION),
        policy=pl.lit(held.number),
        lead=pl.Series(lead_of(severity), dtype=pl.String),
        **shape.score_columns(scores),
        **shape.signal_columns(found, loaded, facts),
    )
    learnt = chances.columns(facts, loaded, found, yardstick.moments(now, count))
    return Judged(rows.with_columns(_revenue(actor, facts.deals, scores, now=now)).with_columns(learnt), severity)


def _revenue(actor: Actor, deals: pl.DataFrame, scores: Scores, *, now: datetime) -> list[pl.Series]:
    """What is at stake, and the place in the queue."""
    counting = get_counting(actor)
    today = counting.today(now)
    rates = _rates(actor, deals["currency"].drop_nulls().unique().to_list(), counting, today)
    factor = {code: one.rate * 10.0 ** _shift(code, counting.currency) for code, one in rates.items()}
    money = deals.select(
        minor=pl.coalesce("amount_override", "amount"),
        factor=pl.col("currency").replace_strict(factor, default=None, return_dtype=pl.Float64),
        close_on=pl.coalesce("close_on_override", "close_on"),
        currency="currency",
    )
    amount = money.select((pl.col("minor") * pl.col("factor")).round()).to_series()
    at_risk = amount.to_numpy() * scores.score / 100
    urgent = weigh.urgency(money["close_on"], today)
    return [
        amount.cast(pl.Int64).alias("amount"),
        pl.Series("at_risk", np.round(at_risk)).fill_nan(None).cast(pl.Int64),
        _of_currency("rate", money["currency"], {code: one.rate for code, one in rates.items()}, pl.Float64),
        _of_currency("rate_on", money["currency"], {code: one.on_day for code, one in rates.items()}, pl.Date),
        _of_currency("rate_source", money["currency"], {code: one.source for code, one in rates.items()}, pl.String),
        money["close_on"].alias("close_on"),
        pl.Series("urgency", urgent),
        pl.Series("priority", weigh.priority(at_risk, scores.score, urgent, scores.coverage)),
    ]


def _of_currency(name: str, codes: pl.Series, told: dict[str, object], kind: type[pl.DataType]) -> pl.Series:
    return codes.replace_strict(told, default=None, return_dtype=kind).alias(name)


def _rates(actor: Actor, codes: Sequence[str], counting: Counting, today: date) -> dict[str, Converted]:
    """For each currency what one unit is worth today; those without a rate are missing."""
    known = standing.list_rates(actor)
    found = {
        code: convert(Money(10 ** MINOR_DIGITS[code], code), known, to=counting.currency, on=today) for code in codes
    }
    return {code: one for code, one in found.items() if one is not None}


def _shift(code: str, to: str) -> int:
    return MINOR_DIGITS[to] - MINOR_DIGITS[code]


def _write(actor: Actor, judged: Judged, *, now: datetime) -> None:
    """The judgements, and how they stand on this day."""
    assert actor.workspace_id is not None
    rows = judged.rows
    updates = [name for name in rows.columns if name not in ("id", "band_since")]
    merges = {"band_since": STAYS}
    store(models.Judgement, rows, workspace_id=actor.workspace_id, updates=updates, merges=merges)
    today = get_counting(actor).today(now)
    days = rows.select(
        shape.day_ids(rows["id"], today),
        "judged_at",
        "version",
        "policy",
        "score",
        "coverage",
        "band",
        "at_risk",
        deal_id="id",
        on_day=pl.lit(today),
    )
    changing = ("judged_at", "version", "policy", "score", "coverage", "band", "at_risk")
    store(models.ScoreDay, days, workspace_id=actor.workspace_id, updates=changing)


def _mean(severity: F64) -> F64:
    """The average of each signal over the deals of which it is known; 0 where it is known of none."""
    known = ~np.isnan(severity)
    mean: F64 = np.nansum(severity, axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean


def _record(actor: Actor, judged: Judged, *, is_full: bool, began: float, now: datetime) -> ScanRecord:
    """The end of every scan: its row and its entry."""
    bands = judged.rows["band"]
    deals, count, seconds = len(bands), int((bands != Band.NOT_JUDGED).sum()), round(perf_counter() - began, 3)
    told = {
        "started_at": now,
        "is_full": is_full,
        "deals": deals,
        "judged": count,
        "seconds": seconds,
        "version": VERSION,
        "policy": int(judged.rows["policy"][0]) if deals else 0,
    }
    scan_id = uuid7()
    models.Scan.objects.create(id=scan_id, workspace_id=actor.workspace_id, **told)
    log.record(
        actor,
        AuditTag.RISK_SCANNED,
        subject=scan_id,
        subject_kind="scan",
        details={"deals": deals, "judged": count, "full": is_full},
        now=now,
    )
    return ScanRecord(scan_id, now, is_full, deals, count, seconds, VERSION)
