"""Replays of a real pipeline: every look is what the scan of that moment says."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctor.risk import look_back
from auctor.risk.policies import PolicyRefused
from auctor.risk.replay import ReplayRefused, check_plan, replay
from auctor.risk.replay_facts import Replayed
from auctor.risk.replay_records import ReplayPlan
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.signals.vocabulary import DAY
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.risk.world import bring_in

TODAY = NOW.date()
PLAN = ReplayPlan(TODAY - timedelta(days=365), TODAY - timedelta(days=1), Band.MEDIUM, Policy())


def replayed(company: Company, plan: ReplayPlan = PLAN, *, now: datetime = NOW) -> Replayed:
    told: list[tuple[int, int]] = []
    with scope.enter(company.system), transaction.atomic():
        found = replay(company.system, plan, now=now, tell=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    return found


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1e6, UTC)


class TestReplay:
    def test_says_of_every_monday_what_a_look_back_says(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        found = replayed(acme)
        looks = found.looks.join(found.deals.select("deal", "id"), on="deal", how="inner")
        rng = np.random.default_rng(7)
        rows = looks[rng.choice(looks.height, 12, replace=False).tolist()]
        with scope.enter(acme.system), transaction.atomic():
            for row in rows.iter_rows(named=True):
                one = look_back.judge_at(acme.system, UUID(bytes=row["id"]), at=moment(row["at"]))
                assert one.band == row["band"]
                assert (one.score if one.band else None) == pytest.approx(row["score"], abs=1e-3)
                bits = [finding.state.value == 2 for finding in one.findings]
                assert bits == [bool(row["fired"] >> bit & 1) for bit in range(len(bits))]

    def test_changes_nothing_when_the_future_comes(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        first = replayed(acme)
        later = replayed(acme, now=NOW + timedelta(days=200))
        assert first.looks.equals(later.looks)

    def test_counts_every_ended_deal_once(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        found = replayed(acme)
        result = found.result
        assert result.lost + result.won == found.deals.height == found.deals["deal"].n_unique() > 20
        assert result.caught + result.missed == result.lost
        assert 0 < result.caught_to_the_end <= result.caught
        assert result.caught_amount <= result.lost_amount
        assert result.currency == "EUR"
        assert len(result.weekly) == result.weeks == 52
        assert [one.name for one in result.scorers] == ["score", "stage", "category"]
        for one in result.scorers:
            assert one.auc is not None
            assert 0 <= one.auc <= 1
        recalls = [point.recall or 0 for point in result.curve]
        assert recalls == sorted(recalls, reverse=True)

    def test_looks_at_nothing_after_the_end(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        found = replayed(acme)
        looks = found.looks.join(found.deals.select("deal", "ended_at"), on="deal", how="inner")
        assert looks.filter(pl.col("at") >= pl.col("ended_at")).height == 0
        assert looks.filter(pl.col("ended_at") - pl.col("at") > (365 + 364) * DAY).height == 0

    def test_tries_other_thresholds_on_the_same_past(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        usual = replayed(acme)
        strict = ReplayPlan(
            PLAN.first_on,
            PLAN.last_on,
            PLAN.band,
            Policy({"stage_stall.usual_days": 2.0, "stage_stall.long_days": 4.0}),
        )
        more = replayed(acme, strict)
        assert more.result.caught >= usual.result.caught
        assert more.looks["flagged"].sum() > usual.looks["flagged"].sum()
        muted = replayed(
            acme, ReplayPlan(PLAN.first_on, PLAN.last_on, PLAN.band, Policy(muted=frozenset(["champion"])))
        )
        assert (muted.looks["known"] & (1 << 4)).sum() == 0


class TestCheckPlan:
    @pytest.mark.parametrize(
        ("first", "last", "band", "policy", "error"),
        [
            (date(2025, 2, 1), date(2025, 1, 1), Band.LOW, Policy(), ReplayRefused),
            (date(2025, 1, 1), TODAY, Band.LOW, Policy(), ReplayRefused),
            (date(2015, 1, 1), date(2025, 1, 1), Band.LOW, Policy(), ReplayRefused),
            (date(2025, 1, 1), date(2025, 2, 1), Band.CLEAR, Policy(), ReplayRefused),
            (date(2025, 1, 1), date(2025, 2, 1), Band.LOW, Policy({"stage_stall.long_days": 9e9}), PolicyRefused),
        ],
        ids=["backwards", "not ended", "too long", "no band", "no such threshold"],
    )
    def test_refuses_what_cannot_be_replayed(
        self, first: date, last: date, band: Band, policy: Policy, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            check_plan(ReplayPlan(first, last, band, policy), today=TODAY)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(1, 1000), st.integers(0, 1000))
    def test_takes_every_past_period(self, back: int, length: int) -> None:
        last = TODAY - timedelta(days=back)
        plan = ReplayPlan(last - timedelta(days=length), last, Band.HIGH, Policy())
        assert check_plan(plan, today=TODAY) == plan
