"""How deals ended, and the Mondays on which a replay looks at them."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.risk.replay_records import ReplayPlan
from auctor.risk.replay_weeks import ends_of, looks_of, mondays, period_of
from auctor.signals.frames import Settings, build
from auctor.signals.policy import Policy
from auctor.signals.score import Band
from auctor.signals.tables import Facts
from auctor.signals.vocabulary import DAY, NEVER, Field

BEGAN = 1_704_067_200_000_000  # Monday 2024-01-01, UTC
STAGES = {"stage": [0, 1, 2], "position": [0, 1, 2], "kind": [0, 1, 2], "probability": [0.2, 1.0, 0.0]}
PLAN = ReplayPlan(date(2024, 2, 1), date(2024, 3, 31), Band.MEDIUM, Policy())
MOVES = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 2)), max_size=6, unique_by=lambda move: move[0])


def facts_of(moves: list[list[tuple[int, int]]]) -> Facts:
    """Deals that open in stage 0 and move to a stage on a day."""
    rows = [(deal, day, stage) for deal, some in enumerate(moves) for day, stage in some]
    tables = {
        "deals": {"created_at": [BEGAN] * len(moves), "stage": [0] * len(moves)},
        "stages": STAGES,
        "changes": {
            "deal": np.array([row[0] for row in rows], np.int32),
            "field": np.full(len(rows), Field.STAGE, np.int8),
            "effective_at": np.array([BEGAN + row[1] * DAY for row in rows], np.int64),
            "value": np.array([row[2] for row in rows], np.int64),
        },
    }
    return build(tables, Settings()).facts


def naive(moves: list[tuple[int, int]]) -> tuple[int, bool]:
    """When the closed stages began that still last, told move by move."""
    ended, won = NEVER, False
    for day, stage in sorted(moves, key=lambda move: move[0]):
        won = stage == 1
        ended = NEVER if stage == 0 else (BEGAN + day * DAY if ended == NEVER else ended)
    return ended, won


class TestEndsOf:
    @settings(deadline=None)
    @given(st.lists(MOVES, min_size=1, max_size=5))
    def test_finds_the_run_of_closed_stages_that_lasts(self, moves: list[list[tuple[int, int]]]) -> None:
        found = ends_of(facts_of(moves), BEGAN + 1000 * DAY)
        for deal, some in enumerate(moves):
            ended, won = naive(some)
            assert found.at[deal] == ended
            assert ended == NEVER or found.is_won[deal] == won

    def test_knows_nothing_of_what_comes_later(self) -> None:
        facts = facts_of([[(100, 2)]])
        assert ends_of(facts, BEGAN + 99 * DAY).at[0] == NEVER
        assert ends_of(facts, BEGAN + 100 * DAY).at[0] == BEGAN + 100 * DAY


class TestLooksOf:
    def test_looks_at_ended_deals_all_their_life_and_at_others_in_the_period(self) -> None:
        facts = facts_of([[(45, 2)], [(10, 1)], []])
        weeks, before = mondays(facts, PLAN)
        ends, period = ends_of(facts, BEGAN + 1000 * DAY), period_of(facts, PLAN)
        looks = looks_of(facts, ends, weeks, before, period)
        days = [(deal, (at - BEGAN) // DAY) for deal, at in zip(looks.deal.tolist(), looks.at.tolist(), strict=True)]
        assert [day for deal, day in days if deal == 0] == list(range(0, 45, 7))
        assert [day for deal, day in days if deal == 1] == []
        assert [day for deal, day in days if deal == 2] == list(range(35, 91, 7))
