"""What a newcomer sees of the demo company: a score that ranks, bands that differ, signals of unequal worth."""

from datetime import timedelta
from pathlib import Path

import polars as pl
from django.db import transaction

from auctor.crm import frames
from auctor.risk import learn
from auctor.risk.replay_facts import Replayed, replay_facts
from auctor.risk.replay_records import ReplayPlan
from auctor.risk.track import lift_of, proposes_mute, tracks_of
from auctor.signals.calendar import moment_of
from auctor.signals.policy import DEFAULT, Policy
from auctor.signals.score import Band
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.risk.world import bring_in

DEALS = 600


class TestBringDemo:
    def test_brings_signals_that_tell_something_and_not_too_much(
        self, committed: None, acme: Company, tmp_path: Path
    ) -> None:
        found = replayed(acme, tmp_path)
        auc = {one.name: one.auc or 0.0 for one in found.result.scorers}
        assert 0.68 <= auc["score"] <= 0.85
        assert auc["score"] > auc["stage"] + 0.03
        assert auc["score"] > auc["category"] + 0.03
        looks = found.looks.join(found.deals.select("deal", "is_lost"), on="deal")
        lost = looks.group_by("band").agg(pl.len(), lost=pl.col("is_lost").mean()).sort("band")
        judged = lost.filter(pl.col("band") > Band.NOT_JUDGED)
        assert judged["lost"].is_sorted()
        assert judged["len"].min() > looks.height / 20  # type: ignore[operator]
        tracks = tracks_of(found.looks, found.deals)
        telling = [one for one in tracks if (lift_of(one.judged, one.lost, one.fired, one.fired_lost) or 0) > 1.05]
        assert len(telling) >= 6
        assert any(proposes_mute(one.fired, one.low, one.high) for one in tracks)


def replayed(company: Company, folder: Path) -> Replayed:
    """Two years of the demo company, looked at on every Monday."""
    bring_in(company, folder, deals=DEALS)
    with scope.enter(company.system), transaction.atomic():
        facts = frames.load(company.system, deals=frames.ALL, with_counts=True)
    loaded = learn.ground_of(facts, DEFAULT).events.loaded
    today = NOW.date()
    plan = ReplayPlan(today - timedelta(days=730), today - timedelta(days=1), Band.MEDIUM, Policy())
    return replay_facts(loaded, plan, currency="EUR", now=moment_of(NOW), tell=lambda _done, _total: None)
