"""The rehearsal: small, and yet everything that judging runs is in it."""

import sys
from types import FunctionType

import numpy as np

from auctor.signals import kernels, rehearsal
from auctor.signals.catalog import KEYS
from auctor.signals.vocabulary import State


class TestJudge:
    def test_judges_open_deals_by_learnt_norms(self) -> None:
        found = rehearsal.judge()
        assert {int(state) for key in KEYS for state in found.verdicts[key].state} >= {State.OK, State.FIRED}
        assert not np.isnan(found.frame.norms.gap_usual).any()

    def test_runs_every_kernel_that_stands_alone(self) -> None:
        ran: set[object] = set()
        sys.setprofile(lambda frame, _event, _given: ran.add(frame.f_code))
        try:
            rehearsal.judge()
        finally:
            sys.setprofile(None)
        called = {callee for one in kernels._KERNELS for callee in kernels._callees(one).values()}
        alone = {one for one in kernels._KERNELS if one not in called and _is_ours(one)}
        # Other tests may have compiled some; what runs compiled leaves no trace.
        assert not {one.__name__ for one in alone if one.__code__ not in ran and (one, True) not in kernels._COMPILED}


def _is_ours(function: FunctionType) -> bool:
    return function.__module__.startswith("auctor.signals.")
