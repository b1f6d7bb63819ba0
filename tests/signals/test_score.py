"""The rules score: its worked values, its explanation, its steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctor.signals.catalog import KEYS
from auctor.signals.score import Band, band_of, clearing_steps, explain, lead_of, weigh
from auctor.signals.vocabulary import F64

ZERO = dict.fromkeys(KEYS, 0.0)
SEVERITIES = st.lists(st.one_of(st.just(float("nan")), st.floats(0, 1)), min_size=12, max_size=12)


def row(known: dict[str, float], *, rest: float = float("nan")) -> F64:
    return np.array([[known.get(key, rest) for key in KEYS]])


class TestWeigh:
    @pytest.mark.parametrize(
        ("fired", "score"),
        [
            ({}, 0),
            ({"buyer_silence": 1}, 53.6),
            ({"multi_threading": 0.667, "close_date_slips": 0.5, "next_step": 1}, 64.4),
            (dict.fromkeys(KEYS, 1.0), 100),
            ({"reply_latency": 0.5, "buyer_silence": 1, "engagement_drop": 1, "champion": 0.5}, 53.6),
            ({"stage_stall": 0.333}, 15.9),
        ],
    )
    def test_gives_the_worked_values(self, fired: dict[str, float], score: float) -> None:
        found = weigh(row({**ZERO, **fired}))
        assert found.score[0] == pytest.approx(score, abs=0.05)
        assert found.coverage[0] == 1

    def test_weighs_what_a_crm_alone_tells_but_gives_it_no_band(self) -> None:
        crm = {"close_date_slips": 0.5, "close_date_credible": 0, "stage_stall": 0}
        found = weigh(row({**crm, "next_step": 0.67, "deal_regression": 0, "commit_evidence": 0.5}))
        assert found.score[0] == pytest.approx(65.3, abs=0.05)
        assert found.coverage[0] < 0.5
        assert found.band[0] == Band.NOT_JUDGED

    def test_knows_nothing_of_a_deal_without_answers(self) -> None:
        found = weigh(row({}))
        assert np.isnan(found.score[0])
        assert found.band[0] == Band.NOT_JUDGED

    @pytest.mark.parametrize(
        ("score", "band"),
        [(0.0, Band.CLEAR), (24.9, Band.CLEAR), (25.0, Band.LOW), (50.0, Band.MEDIUM), (75.0, Band.HIGH)],
    )
    def test_begins_bands_at_quarters(self, score: float, band: Band) -> None:
        assert band_of(np.array([score]), np.array([1.0]))[0] == band

    @given(SEVERITIES)
    def test_stays_between_nothing_and_a_hundred(self, severities: list[float]) -> None:
        found = weigh(np.array([severities]))
        assert np.isnan(found.score[0]) or -1e-9 <= found.score[0] <= 100 + 1e-9

    @given(SEVERITIES, st.integers(0, 11))
    def test_never_falls_when_a_known_signal_rises(self, severities: list[float], place: int) -> None:
        before = np.array([severities])
        after = before.copy()
        after[0, place] = min(1.0, before[0, place] + 0.2)
        if not np.isnan(before).all():
            assert weigh(after).score[0] >= weigh(before).score[0] - 1e-9


class TestExplain:
    @given(SEVERITIES)
    def test_adds_up_to_the_distance_from_the_average_deal(self, severities: list[float]) -> None:
        severity, average = np.array(severities), np.full(12, 0.2)
        points = explain(severity, average)
        known = np.where(np.isnan(severity), np.nan, average)
        if not np.isnan(severity).all():
            distance = weigh(severity[None, :]).score[0] - weigh(known[None, :]).score[0]
            assert sum(value for value in points.values() if value is not None) == pytest.approx(distance, abs=1e-6)

    def test_says_nothing_of_what_is_unknown(self) -> None:
        points = explain(row({"champion": 1.0})[0], np.zeros(12))
        assert points["champion"] == pytest.approx(100)
        assert points["next_step"] is None


class TestClearingSteps:
    def test_ends_at_nothing_by_the_largest_steps_first(self) -> None:
        steps = clearing_steps(row({**ZERO, "buyer_silence": 1, "next_step": 0.5})[0])
        assert [step.key for step in steps] == ["buyer_silence", "next_step"]
        assert steps[0].after == pytest.approx(steps[1].before)
        assert steps[-1].after == pytest.approx(0)


class TestLeadOf:
    def test_names_the_signal_that_weighs_most(self) -> None:
        assert lead_of(row({**ZERO, "next_step": 1, "buyer_silence": 0.8})) == ["buyer_silence"]

    def test_names_none_where_nothing_fired(self) -> None:
        assert lead_of(row(ZERO)) == [""]
