"""Replays that were asked for: run, kept, seen by those who may, forgotten."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from auctor.risk import policies, queries, replay_runs, track_records
from auctor.risk.models import ReplayRun
from auctor.risk.policies import PolicyRefused
from auctor.risk.replay_records import ReplayKind, ReplayPlan, RunState
from auctor.risk.replay_runs import NoReplay
from auctor.signals.catalog import KEYS
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from tests.cast import NOW, Company
from tests.risk.world import bring_in

TODAY = NOW.date()
PLAN = ReplayPlan(TODAY - timedelta(days=90), TODAY - timedelta(days=1), Band.LOW, Policy())


class TestRunReplay:
    def test_keeps_figures_and_deals(self, committed: None, acme: Company, borealis: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        alice = acme.owner
        with scope.enter(alice), transaction.atomic():
            asked = replay_runs.start_replay(alice, plan=PLAN, now=NOW)
            assert (asked.state, asked.policy_number, asked.result) == (RunState.WAITING, 0, None)
            assert replay_runs.list_replayed_deals(alice, asked.id, kind=ReplayKind.CAUGHT).rows == ()
        with scope.enter(acme.system), transaction.atomic():
            run = replay_runs.run_replay(acme.system, run_id=asked.id, now=NOW)
            # What was told on the way is committed already, by a connection of its own.
            assert (run.state, run.done) == (RunState.DONE, run.total)
        with scope.enter(alice), transaction.atomic():
            assert replay_runs.access_replay(alice, asked.id) == run
            assert [one.id for one in replay_runs.list_replays(alice)] == [asked.id]
            assert run.result is not None
            pages = {kind: replay_runs.list_replayed_deals(alice, run.id, kind=kind) for kind in ReplayKind}
            assert pages[ReplayKind.CAUGHT].total == run.result.caught
            assert pages[ReplayKind.FALSE_ALARM].total == run.result.false_alarms
            assert sum(page.total for page in pages.values()) == run.result.lost + run.result.won
            amounts = [one.amount or 0 for one in pages[ReplayKind.CAUGHT].rows]
            assert amounts == sorted(amounts, reverse=True)
        for actor in (acme.member, borealis.owner):
            with scope.enter(actor), transaction.atomic():
                assert replay_runs.list_replays(actor) == []
                with pytest.raises(NoReplay):
                    replay_runs.access_replay(actor, asked.id)
        with scope.enter(alice), transaction.atomic():
            replay_runs.forget_replay(alice, run_id=asked.id, now=NOW)
            assert replay_runs.list_replays(alice) == []

    def test_says_that_it_failed(self, committed: None, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic():
            asked = replay_runs.start_replay(acme.owner, plan=PLAN, now=NOW)
            ReplayRun.objects.filter(id=asked.id).update(late_from=7.0)
        with scope.enter(acme.system), pytest.raises(PolicyRefused), transaction.atomic():
            replay_runs.run_replay(acme.system, run_id=asked.id, now=NOW)
        with scope.enter(acme.owner), transaction.atomic():
            found = replay_runs.access_replay(acme.owner, asked.id)
            assert (found.state, found.error) == (RunState.FAILED, "risk.policy_refused")


class TestStartReplay:
    def test_is_for_those_who_lead(self, committed: None, acme: Company) -> None:
        for actor in (acme.member, acme.viewer):
            with scope.enter(actor), transaction.atomic(), pytest.raises(Forbidden):
                replay_runs.start_replay(actor, plan=PLAN, now=NOW)
        for actor in (acme.manager, acme.admin, acme.owner):
            with scope.enter(actor), transaction.atomic():
                assert replay_runs.start_replay(actor, plan=PLAN, now=NOW).member_id == actor.member_id

    def test_lets_a_manager_try_and_not_switch_on(self, committed: None, acme: Company) -> None:
        tried = Policy({"champion.usual_days": 9.0})
        with scope.enter(acme.manager), transaction.atomic():
            made = replay_runs.start_replay(acme.manager, plan=replace(PLAN, policy=tried), now=NOW)
            assert (made.plan.policy, made.policy_number) == (tried, None)
            with pytest.raises(Forbidden):
                policies.tune_signals(acme.manager, thresholds=tried.thresholds, now=NOW)


class TestForgetReplay:
    def test_leaves_those_of_others_to_admins(self, committed: None, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic():
            asked = replay_runs.start_replay(acme.owner, plan=PLAN, now=NOW)
        with scope.enter(acme.manager), transaction.atomic():
            assert not replay_runs.may_forget(acme.manager, asked)
            with pytest.raises(Forbidden):
                replay_runs.forget_replay(acme.manager, run_id=asked.id, now=NOW)
            own = replay_runs.start_replay(acme.manager, plan=PLAN, now=NOW)
            assert replay_runs.may_forget(acme.manager, own)
            replay_runs.forget_replay(acme.manager, run_id=own.id, now=NOW)
        with scope.enter(acme.admin), transaction.atomic():
            replay_runs.forget_replay(acme.admin, run_id=asked.id, now=NOW)
            assert replay_runs.list_replays(acme.admin) == []


class TestTriedSettings:
    def test_tells_tried_settings_from_the_workspace_s(self, committed: None, acme: Company) -> None:
        with scope.enter(acme.owner), transaction.atomic():
            policies.tune_signals(acme.owner, thresholds={"champion.usual_days": 9.0}, now=NOW)
            own = replace(PLAN, policy=policies.get_policy(acme.owner).policy)
            assert replay_runs.start_replay(acme.owner, plan=own, now=NOW).policy_number == 1
            assert replay_runs.start_replay(acme.owner, plan=PLAN, now=NOW).policy_number is None


class TestMeasureSignals:
    def test_measures_every_signal_also_a_muted_one(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path)
        with scope.enter(acme.system), transaction.atomic():
            assert queries.list_track_records(acme.system) == []
            found = track_records.measure_signals(acme.system, now=NOW)
            assert [one.signal for one in found] == list(KEYS)
            for one in found:
                assert one.fired_lost <= one.fired <= one.judged
                assert one.propose_mute is False or one.fired >= 50
            assert sum(one.fired for one in found) > 50
            again = track_records.measure_signals(acme.system, now=NOW)
            assert [one.fired for one in again] == [one.fired for one in found]
