"""Next step: something is agreed, and the buyer agreed to it."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Reason, Signal, Verdict
from auctor.signals.verdict import Draft, days_left, decide, is_connected, with_shared
from auctor.signals.vocabulary import DAY, F64, I8, NO_ROW, Flags, Phase, State, Table

KEY = "next_step"
MEETING_WITHIN = Parameter(
    KEY, "meeting_within", "days", 21.0, 1.0, 90.0, "A meeting that a buyer accepted counts if it is as near."
)
CLOSING = Parameter(
    KEY, "closing_days", "days", 30.0, 1.0, 180.0, "A deal that closes in so many days is treated as late."
)
NONE_LATE, NONE_MID, NONE_EARLY, OWN_ONLY = 1.0, 0.67, 0.33, 0.33

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "A next step is agreed."),
        "none": Reason(
            State.FIRED,
            "Nothing is agreed: no accepted meeting in 21 days, no task due in 14, no dated next step set lately.",
            "A meeting within 21 days that a buyer accepts; before the late stages an open task or a dated "
            "next step too.",
        ),
        "own_only": Reason(
            State.FIRED,
            "Only we have planned something; so late in the deal the buyer should have agreed to a meeting.",
            "A meeting within 21 days that a buyer accepts.",
        ),
        "no_sources": Reason(
            State.UNKNOWN,
            "Not judged: calendar, tasks or the next-step field are not read completely.",
            "Connect the owner's calendar and let tasks be read.",
        ),
        "no_phase": Reason(
            State.UNKNOWN,
            "Not judged: the stage has no default probability.",
            "Give the stage a default probability.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Is anything agreed?"""
    touches = frame.touches
    meeting, severity, reasons = weigh(frame, frame.state.step_fresh)
    evidence = (
        Evidence(Table.MEETINGS, np.where(meeting, touches.accepted_row, NO_ROW).astype(np.int32)),
        Evidence(Table.TASKS, touches.task_row),
        Evidence(Table.CHANGES, frame.state.step_row),
    )
    agreed = meeting.astype(np.int8) + (touches.task_row != NO_ROW) + (frame.state.step_fresh == 1)
    draft = Draft(severity=severity, reasons=reasons, value=agreed, threshold=1.0, evidence=evidence)
    return decide(frame, REASONS, draft)


def weigh(frame: DealFrame, step_fresh: I8) -> tuple[Flags, F64, tuple[tuple[str, Flags], ...]]:
    """Whether a meeting is agreed, the severity, and the reasons in order. `step_fresh` is the next-step field's."""
    touches, phase = frame.touches, frame.state.phase
    meeting = touches.accepted_at <= frame.pairs.at + round(frame.policy.value(MEETING_WITHIN) * DAY)
    own = (touches.task_row != NO_ROW) | (step_fresh == 1)
    late, blind = phase == Phase.LATE, phase == Phase.UNKNOWN
    closing = days_left(frame) <= frame.policy.value(CLOSING)
    none = np.where(late | closing, NONE_LATE, np.where(phase == Phase.MID, NONE_MID, NONE_EARLY))
    severity = np.where(own, OWN_ONLY, none)
    sees_meetings = is_connected(frame.cover.calendar_since)
    sees_own = is_connected(frame.cover.tasks_since) & (step_fresh >= 0)
    reasons = (
        ("clear", meeting | (own & ~late & ~blind)),
        ("no_sources", ~sees_meetings | (~own & ~sees_own)),
        ("no_phase", blind & (own | ~closing)),
        ("own_only", own),
        ("none", ~own),
    )
    return meeting, severity, reasons


SIGNAL = Signal(
    key=KEY,
    question="Is anything agreed?",
    definition="None of: a meeting within 21 days that a buyer accepted; an open task due within 14 days; a "
    "next-step field with a date still to come, set in the last 14 days. 1.0 if late or 30 days or less to "
    "the close date, 0.67 mid, 0.33 early. Late, only the meeting clears fully; an own task or next step "
    "alone leaves 0.33.",
    defaults="Nothing is learnt.",
    reads=(
        "state.phase",
        "state.close_on",
        "state.today",
        "state.step_fresh",
        "state.step_row",
        "touches.accepted_at",
        "touches.accepted_row",
        "touches.task_row",
        "cover.calendar_since",
        "cover.tasks_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(MEETING_WITHIN, CLOSING),
)
