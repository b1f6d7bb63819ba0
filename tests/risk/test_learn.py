"""Learning from a workspace's past, keeping what came of it, and asking it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from django.db import transaction

from auctor.crm import frames
from auctor.risk import learn, queries, scan
from auctor.risk.learning.inputs import PLAIN, Reader, full_codes
from auctor.risk.learning.records import Standing, Target
from auctor.risk.learning.rows import Ends, Rows, ends_of, moves_of, rows_of
from auctor.risk.models import Judgement, Learned
from auctor.signals.calendar import moment_of
from auctor.signals.policy import DEFAULT
from auctor.tenancy import scope
from tests.cast import NOW, Company
from tests.risk.world import bring_in


class TestLearn:
    def test_keeps_and_uses_only_what_beats_the_base_rate(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path, deals=400)
        with scope.enter(acme.system), transaction.atomic():
            assert {one.standing for one in queries.find_models(acme.system)} == {Standing.NOT_LEARNT}
            learnt = learn.learn(acme.system, now=NOW)
            learn.learn(acme.system, now=NOW)
            assert Learned.objects.count() == len(Target)
        with scope.enter(acme.system), transaction.atomic():
            told = queries.find_models(acme.system)
            scan.scan_open(acme.system, now=NOW)
            rows = list(Judgement.objects.values_list("p_win", "p_win_inputs"))
        assert [one.standing for one in told] == [one.standing for one in learnt]
        assert told[0].figures == learnt[0].figures
        for probability, inputs in rows:
            assert (probability is not None) == told[0].is_used == (inputs is not None)

    def test_finds_nothing_in_shuffled_ends(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path, deals=400)
        with scope.enter(acme.system), transaction.atomic():
            facts = frames.load(acme.system, deals=frames.ALL, with_counts=True)
        ground = learn.ground_of(facts, DEFAULT)
        ends = ends_of(ground.events.loaded.facts, ground.events.moves, until=moment_of(NOW))
        closed = np.flatnonzero(ends.outcome >= 0)
        for seed in range(3):
            outcome = ends.outcome.copy()
            outcome[closed] = np.random.default_rng(seed).permutation(outcome[closed])
            studies = learn.study_all(ground, until=NOW, ends=Ends(outcome, ends.closed_at))
            assert studies[Target.WIN].model is None


class TestGroundOf:
    def test_lets_no_later_fact_into_the_inputs(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        with scope.enter(acme.system), transaction.atomic():
            facts = frames.load(acme.system, deals=frames.ALL, with_counts=True)
        then = NOW - timedelta(days=90)
        whole, cut = learn.ground_of(facts, DEFAULT), learn.ground_of(before(facts, then), DEFAULT)
        count = facts.deals.height
        rows = Rows(np.arange(count), np.full(count, moment_of(then)))
        seen = [learn.see(ground, rows, until=moment_of(then)) for ground in (whole, cut)]
        codes = full_codes(whole.events, rows, until=moment_of(then))
        assert {*PLAIN} <= {*codes}
        late, early = (Reader(ground.events, one).read(codes) for ground, one in zip((whole, cut), seen, strict=True))
        on_record = whole.events.loaded.facts.deals.created_at <= moment_of(then)
        for place, code in enumerate(codes):
            np.testing.assert_array_equal(late[on_record, place], early[on_record, place], err_msg=code)


def before(facts: frames.DealFacts, then: datetime) -> frames.DealFacts:
    """The facts without what was recorded later, as far as only the learner reads it, and without later changes."""
    counted = facts.counted
    assert counted is not None
    activities = counted.activities.filter(pl.max_horizontal("at", "observed_at") <= then)
    changes = counted.custom_changes.filter(pl.max_horizontal("effective_at", "observed_at") <= then)
    log = facts.tables["changes"].filter(pl.max_horizontal("effective_at", "observed_at") <= then)
    kept = replace(counted, activities=activities, custom_changes=changes)
    return replace(facts, tables={**facts.tables, "changes": log}, counted=kept)


class TestEndsOf:
    def test_knows_no_end_that_came_later(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        with scope.enter(acme.system), transaction.atomic():
            facts = frames.load(acme.system, deals=frames.ALL, with_counts=True)
        loaded = learn.ground_of(facts, DEFAULT).events.loaded.facts
        until, moves = moment_of(NOW - timedelta(days=200)), moves_of(loaded)
        early, late = ends_of(loaded, moves, until=until), ends_of(loaded, moves, until=moment_of(NOW))
        assert (early.outcome >= 0).sum() < (late.outcome >= 0).sum()
        rows = rows_of(loaded, moves, early)
        assert len(rows.at)
        assert rows.at.max() < until
