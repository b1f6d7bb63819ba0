"""Thresholds that a workspace chose, signals that it muted, stages that it calls late."""

import numpy as np
import pytest

from auctor.signals.catalog import KEYS, SIGNALS
from auctor.signals.policy import DEFAULT, Policy, with_late_stages
from auctor.signals.prepare import BEGAN, tiny
from auctor.signals.scan import scan
from auctor.signals.score import weigh
from auctor.signals.vocabulary import DAY, NormLevel, State

AT = BEGAN + 45 * DAY


class TestPolicy:
    @pytest.mark.parametrize(("long_days", "severity"), [(60.0, 0.5), (50.0, 0.75), (45.0, 1.0)])
    def test_moves_a_threshold(self, long_days: float, severity: float) -> None:
        found = scan(tiny(), [0], [AT], policy=Policy({"stage_stall.long_days": long_days}))
        verdict = found.verdicts["stage_stall"]
        assert verdict.severity[0] == pytest.approx(severity)
        assert verdict.norm.level[0] == NormLevel.CHOSEN

    def test_with_every_default_chosen_changes_no_severity_but_what_was_learnt(self) -> None:
        chosen = Policy({one.code: one.default for signal in SIGNALS for one in signal.parameters})
        usual, told = scan(tiny(), [0, 1], [AT, AT]), scan(tiny(), [0, 1], [AT, AT], policy=chosen)
        assert np.array_equal(usual.severity(), told.severity(), equal_nan=True)

    def test_mutes(self) -> None:
        usual = scan(tiny(), [0], [AT])
        assert usual.verdicts["stage_stall"].state[0] == State.FIRED
        muted = scan(tiny(), [0], [AT], policy=Policy(muted=frozenset({"stage_stall"})))
        assert muted.verdicts["stage_stall"].state[0] == State.UNKNOWN
        assert np.isnan(muted.severity()[0, KEYS.index("stage_stall")])


class TestWithLateStages:
    def test_moves_the_line_and_leaves_named_stages_alone(self) -> None:
        facts = tiny().facts
        assert with_late_stages(facts, DEFAULT) is facts
        assert with_late_stages(facts, Policy(late_from=0.05)).stages.late.tolist() == [1, 1]
        named = facts._replace(stages=facts.stages._replace(late=np.zeros(2, np.int8)))
        assert with_late_stages(named, Policy(late_from=0.05)).stages.late.tolist() == [0, 0]


class TestWeigh:
    def test_does_not_ask_a_muted_signal_for_coverage(self) -> None:
        severity = np.zeros((1, len(KEYS)))
        severity[0, KEYS.index("champion")] = np.nan
        assert weigh(severity).coverage[0] < 1
        assert weigh(severity, muted={"champion"}).coverage[0] == pytest.approx(1)
        assert weigh(np.full((1, len(KEYS)), np.nan), muted=set(KEYS)).coverage[0] == 0
