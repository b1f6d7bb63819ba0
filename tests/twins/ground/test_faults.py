"""The fault plan: the same calls meet the same faults."""

import pytest

from auctor.twins.ground.faults import BadPlan, Plan


def fired(plan: Plan, calls: int) -> list[int]:
    return [number for number in range(1, calls + 1) if plan.take("GET", "/crm/deals")]


def plan(**rule: object) -> Plan:
    return Plan({"faults": [{"on": "GET /crm/*", "kind": "cut_before", **rule}]})


class TestPlan:
    def test_chooses_the_nth_call(self) -> None:
        assert fired(plan(nth=2), 5) == [2]
        assert fired(plan(nth=[1, 4]), 5) == [1, 4]
        assert fired(plan(every=2), 5) == [2, 4]
        assert fired(plan(every=2, times=1), 5) == [2]
        assert fired(plan(), 3) == [1, 2, 3]

    def test_draws_the_same_share_every_time(self) -> None:
        drawn = fired(plan(share=0.3, seed=7), 1000)
        assert drawn == fired(plan(share=0.3, seed=7), 1000)
        assert drawn != fired(plan(share=0.3, seed=8), 1000)
        assert 240 <= len(drawn) <= 360

    @pytest.mark.parametrize(("method", "path"), [("POST", "/crm/deals"), ("GET", "/oauth/token")])
    def test_leaves_other_calls_alone(self, method: str, path: str) -> None:
        assert plan().take(method, path) is None

    @pytest.mark.parametrize(
        "rule", [{"kind": "explode", "on": "*"}, {"kind": "half"}, {"kind": "half", "on": "*", "when": "now"}]
    )
    def test_refuses_what_it_does_not_understand(self, rule: dict[str, object]) -> None:
        with pytest.raises(BadPlan):
            Plan({"faults": [rule]})
