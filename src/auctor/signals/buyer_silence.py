"""Buyer silence: nobody on the buyers' side has answered although we wrote."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Norm, Reason, Signal, Verdict
from auctor.signals.verdict import NO_MAIL, Draft, decide, is_connected, last_touch, ramp, with_shared
from auctor.signals.vocabulary import NEVER, NormLevel, State, Table

KEY = "buyer_silence"
USUAL = Parameter(KEY, "usual_days", "business days", 7.0, 1.0, 60.0, "Up to so many days of silence are usual.")
LONG = Parameter(
    KEY, "long_days", "business days", 15.0, 2.0, 120.0, "From so many on it is fully a risk.", above="usual_days"
)
MEETING_WITHIN = Parameter(
    KEY, "meeting_within", "business days", 10.0, 1.0, 60.0, "A meeting that a buyer accepted clears it, if as near."
)
FEWEST_USUAL, FEWEST_SPAN = 5.0, 3.0
WRITTEN = 2
# A chosen threshold may lie beyond a learnt one.
NARROWEST = 1.0

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "The buyer gave a sign of life {value:.0f} business days ago."),
        "silent": Reason(
            State.FIRED,
            "No buyer has written or met us for {value:.0f} business days, although we wrote {outs:.0f} "
            "times; up to {threshold:.0f} are usual ({norm}). Other channels than mail and calendar are not "
            "seen.",
            "A message from a buyer, or a meeting within 10 business days that a buyer accepts.",
        ),
        "agreed": Reason(State.OK, "A buyer has accepted a meeting within the next 10 business days."),
        "not_written": Reason(State.OK, "We have not written twice since, so the silence says nothing."),
        "no_mail": NO_MAIL,
        "short_read": Reason(
            State.UNKNOWN,
            "Not judged: mail has not been read as far back as the silence reaches.",
            "Let the owner's mailbox be read further back.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Has the buyer gone quiet after we wrote?"""
    touches, norms = frame.touches, frame.norms
    learnt = norms.gap_level > NormLevel.DEFAULT
    policy = frame.policy
    low = policy.learnt(USUAL, learnt, np.maximum(FEWEST_USUAL, norms.gap_usual))
    high = policy.learnt(LONG, learnt, np.maximum(low + FEWEST_SPAN, norms.gap_long))
    high = np.maximum(high, low + NARROWEST)
    severity = np.where(touches.silent_days >= 0, ramp(touches.silent_days, low, high), 0.0)
    agreed = (touches.accepted_at != NEVER) & (touches.accepted_days <= policy.value(MEETING_WITHIN))
    written = (touches.outs_since >= WRITTEN) & (touches.out_days_since >= WRITTEN)
    reasons = (
        ("agreed", agreed),
        ("no_mail", ~is_connected(frame.cover.mail_since)),
        ("not_written", ~written),
        ("short_read", (severity > 0) & (frame.cover.mail_since > touches.silent_since)),
        ("silent", severity > 0),
    )
    draft = Draft(
        severity=severity,
        reasons=reasons,
        value=np.where(touches.silent_days >= 0, touches.silent_days, np.nan),
        threshold=low,
        norm=Norm(policy.level(norms.gap_level, USUAL, LONG), norms.gap_n),
        evidence=(last_touch(frame), Evidence(Table.MESSAGES, touches.out_row)),
        details={"outs": touches.outs_since, "long_days": high},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="Has the buyer gone quiet after we wrote?",
    definition="Business days since a buyer last wrote, attended or accepted a meeting, if we wrote at "
    "least twice on two days since. 0 at the usual, 1 at the long silence: max(5, Q75) and max(usual + 3, "
    "Q95) of the longest gap in won deals. Clear if a buyer has accepted a meeting within 10 business days; "
    "an out-of-office note stops the clock for up to 10.",
    defaults="Usual 7, long 15 business days.",
    reads=(
        "touches.silent_days",
        "touches.silent_since",
        "touches.outs_since",
        "touches.out_days_since",
        "touches.accepted_at",
        "touches.accepted_days",
        "touches.touch_row",
        "touches.touch_in_meeting",
        "touches.out_row",
        "norms.gap_usual",
        "norms.gap_long",
        "norms.gap_level",
        "norms.gap_n",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(USUAL, LONG, MEETING_WITHIN),
)
