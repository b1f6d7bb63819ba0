"""Twelve weeks of contact as one picture."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from auctor.crm.records import ActivityRecord, IntervalRecord, Timeline
from auctor.crm.vocabulary import ActivityKind, ActivityState, Flow
from auctor.signals.vocabulary import StageKind
from auctor.web.contact_picture import LEFT, RIGHT, draw_contact

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def touch(days: float, kind: ActivityKind, flow: Flow, state: ActivityState = ActivityState.DONE) -> ActivityRecord:
    at = NOW - timedelta(days=days)
    return ActivityRecord(uuid4(), kind, flow, state, "", at, None, None, at, False)


class TestDrawContact:
    def test_puts_the_buyer_above_the_line_and_us_below(self) -> None:
        wrote, answered = touch(3, ActivityKind.EMAIL, Flow.IN), touch(2, ActivityKind.EMAIL, Flow.OUT)
        met = touch(10, ActivityKind.MEETING, Flow.IN)
        planned = touch(-5, ActivityKind.MEETING, Flow.OUT, ActivityState.PLANNED)
        shown = draw_contact(Timeline((wrote, answered, met, planned), (), ()), evidence={wrote.id}, now=NOW)
        looks = {dot.look: dot for dot in shown.dots}
        assert set(looks) == {"buyer", "ours", "met", "planned"}
        assert looks["buyer"].y < looks["met"].y < looks["ours"].y
        assert looks["buyer"].is_evidence
        assert LEFT <= min(dot.x for dot in shown.dots) <= shown.today_x <= looks["planned"].x <= RIGHT
        assert [week.from_buyer for week in shown.weeks][-1] == 1
        assert sum(week.meetings for week in shown.weeks) == 1

    def test_leaves_out_what_is_no_contact(self) -> None:
        off = touch(1, ActivityKind.MEETING, Flow.IN, ActivityState.CANCELLED)
        note, old = touch(1, ActivityKind.NOTE, Flow.IN), touch(90, ActivityKind.EMAIL, Flow.IN)
        assert draw_contact(Timeline((off, note, old), (), ()), evidence=(), now=NOW).dots == ()

    def test_names_stays_where_their_name_fits(self) -> None:
        long = IntervalRecord(
            "Proposal", StageKind.OPEN, NOW - timedelta(days=200), NOW - timedelta(days=2), is_inferred=False
        )
        short = IntervalRecord("Negotiation", StageKind.OPEN, NOW - timedelta(days=2), None, is_inferred=False)
        shown = draw_contact(Timeline((), (), (long, short)), evidence=(), now=NOW)
        assert [stay.name for stay in shown.stays] == ["Proposal", ""]
        assert shown.stays[0].x == LEFT
