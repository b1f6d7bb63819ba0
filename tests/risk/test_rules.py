"""When decisions of people end by themselves, and who may take one back."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctor.kit.ids import uuid7
from auctor.risk.records import Aside, Decision, Ending, Until
from auctor.risk.rules import UNDO_WITHIN, WORSE_POINTS, Standing, can_undo, find_ending, is_worse
from auctor.signals.score import Band
from tests.cast import NOW

DAY = timedelta(days=1)


def decided(aside: Aside = Aside.SNOOZED, until: Until | None = None, *, band: Band = Band.LOW) -> Decision:
    until_at = NOW + DAY if until in (Until.DATE, Until.MEETING) else None
    return Decision(
        uuid7(), uuid7(), aside, until, until_at, None, "", None, NOW, band, 40.0, ended_at=None, ending=None
    )


def stands(band: Band = Band.LOW, score: float = 40.0, **words: object) -> Standing:
    usual = {"is_judged": True, "has_moved": False, "meeting_at": None, "is_meeting_off": False}
    return Standing(band=band, score=score, **{**usual, **words})  # type: ignore[arg-type]


class TestFindEnding:
    @pytest.mark.parametrize(
        ("decision", "standing", "days", "ending"),
        [
            (decided(until=Until.DATE), stands(), 0.5, None),
            (decided(until=Until.DATE), stands(), 1, Ending.DATE),
            (decided(until=Until.DATE), stands(Band.HIGH), 0.5, None),
            (decided(until=Until.MEETING), stands(meeting_at=NOW + 3 * DAY), 2, None),
            (decided(until=Until.MEETING), stands(meeting_at=NOW + 3 * DAY), 3, Ending.MEETING),
            (decided(until=Until.MEETING), stands(is_meeting_off=True), 0, Ending.MEETING_OFF),
            (decided(until=Until.STAGE), stands(), 100, None),
            (decided(until=Until.STAGE), stands(has_moved=True), 0, Ending.STAGE),
            (decided(until=Until.WORSE), stands(), 100, None),
            (decided(until=Until.WORSE), stands(Band.MEDIUM), 0, Ending.WORSE),
            (decided(Aside.KNOWN), stands(Band.CLEAR), 100, None),
            (decided(Aside.KNOWN), stands(Band.HIGH), 0, Ending.WORSE),
            (decided(Aside.NOT_RISK), stands(Band.MEDIUM), 0, Ending.WORSE),
            (decided(Aside.KNOWN), stands(is_judged=False), 0, Ending.CLOSED),
        ],
    )
    def test_follows_what_was_said(
        self, decision: Decision, standing: Standing, days: float, ending: Ending | None
    ) -> None:
        assert find_ending(decision, standing, now=NOW + days * DAY) is ending


class TestIsWorse:
    @settings(deadline=None)
    @given(st.sampled_from(Band), st.sampled_from(Band), st.floats(0, 100))
    def test_is_never_said_of_a_lower_band_or_of_none(self, then: Band, now: Band, score: float) -> None:
        worse = is_worse(decided(band=then), stands(now, score))
        assert not worse or (now is not Band.NOT_JUDGED and now >= then)

    def test_asks_for_more_points_where_no_band_is_higher(self) -> None:
        high = decided(band=Band.HIGH)
        assert not is_worse(high, stands(Band.HIGH, 40 + WORSE_POINTS - 1))
        assert is_worse(high, stands(Band.HIGH, 40 + WORSE_POINTS))


class TestCanUndo:
    def test_is_for_whoever_did_it_on_the_same_day_of_work(self) -> None:
        somebody, other = uuid7(), uuid7()
        assert can_undo(NOW, somebody, member_id=somebody, now=NOW + UNDO_WITHIN)
        assert not can_undo(NOW, somebody, member_id=somebody, now=NOW + UNDO_WITHIN + DAY)
        assert not can_undo(NOW, somebody, member_id=other, now=NOW)
