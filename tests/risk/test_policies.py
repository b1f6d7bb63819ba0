"""Settings of the signals: limits, versions, mutes, and what the scan makes of them."""

from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.risk import policies, queries, scan
from auctor.risk.models import Judgement
from auctor.risk.policies import PARAMETERS, PolicyRefused, check_policy
from auctor.risk.records import MuteReason
from auctor.signals.catalog import KEYS
from auctor.signals.policy import Policy
from auctor.signals.vocabulary import State
from auctor.tenancy import scope
from auctor.tenancy.permissions import Forbidden
from tests.cast import NOW, Company
from tests.risk.world import bring_in


class TestCheckPolicy:
    @pytest.mark.parametrize(
        "policy",
        [
            Policy({"stage_stall.nothing": 1.0}),
            Policy({"stage_stall.long_days": float("nan")}),
            Policy({"stage_stall.long_days": 1e308}),
            Policy({"stage_stall.long_days": 20.0}),
            Policy({"buyer_silence.usual_days": 15.0}),
            Policy(muted=frozenset({"mood"})),
            Policy(late_from=0.0),
            Policy(late_from=float("nan")),
        ],
        ids=["unknown", "no number", "huge", "below the usual", "not below the long", "no signal", "always", "never"],
    )
    def test_refuses_what_is_not_sane(self, policy: Policy) -> None:
        with pytest.raises(PolicyRefused):
            check_policy(policy)

    @settings(deadline=None)
    @given(st.sampled_from(sorted(PARAMETERS)))
    def test_takes_every_default(self, code: str) -> None:
        parameter = PARAMETERS[code]
        assert parameter.least <= parameter.default <= parameter.most
        check_policy(Policy({code: parameter.default}))


class TestTuneSignals:
    def test_makes_versions_and_scans_by_them(self, committed: None, acme: Company, tmp_path: Path) -> None:
        bring_in(acme, tmp_path, deals=60)
        max_ = acme.admin
        with scope.enter(max_), transaction.atomic():
            assert policies.get_policy(max_).number == 0
            short = {"stage_stall.usual_days": 1.0, "stage_stall.long_days": 2.0}
            assert policies.tune_signals(max_, thresholds=short, now=NOW).number == 1
            found = policies.mute_signal(max_, signal="next_step", reason=MuteReason.DOES_NOT_FIT, note="n", now=NOW)
            assert [(one.signal, one.note) for one in found.mutes] == [("next_step", "n")]
            with pytest.raises(PolicyRefused):
                policies.mute_signal(max_, signal="next_step", reason=MuteReason.OTHER, now=NOW)
        with scope.enter(acme.system), transaction.atomic():
            scan.scan_open(acme.system, now=NOW)
            stall, step = KEYS.index("stage_stall"), KEYS.index("next_step")
            for row in Judgement.objects.all():
                assert row.policy == 2
                assert row.states[step] == State.UNKNOWN
                assert row.states[stall] != State.FIRED or row.thresholds[stall] == 1.0
            told = queries.list_inbox(acme.system, limit=1).rows[0]
            assert told.finding("next_step").sentence.startswith("Muted")
            assert told.finding("stage_stall").norm == "chosen in this workspace"
        with scope.enter(max_), transaction.atomic():
            policies.unmute_signal(max_, signal="next_step", now=NOW)
            back = policies.tune_signals(max_, thresholds=dict.fromkeys(short), late_from=0.7, now=NOW)
            assert (back.number, back.thresholds, back.late_from, back.mutes) == (4, {}, 0.7, ())
            assert [one.number for one in policies.list_policies(max_)] == [4, 3, 2, 1]

    def test_is_for_those_who_run_the_workspace(self, committed: None, acme: Company) -> None:
        for actor in (acme.manager, acme.member, acme.viewer):
            with scope.enter(actor), transaction.atomic(), pytest.raises(Forbidden):
                policies.tune_signals(actor, thresholds={}, now=NOW)
