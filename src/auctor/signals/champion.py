"""Champion: the person who carries the deal on the buyers' side is still there."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Reason, Signal, Verdict
from auctor.signals.verdict import NO_MAIL, Draft, decide, ramp, touch_table, with_shared
from auctor.signals.vocabulary import State, Table

KEY = "champion"
USUAL = Parameter(KEY, "usual_days", "business days", 7.0, 1.0, 60.0, "Up to so many days of silence are never a risk.")
LONG = Parameter(
    KEY, "long_days", "business days", 15.0, 2.0, 120.0, "Fewer than so many are never fully one.", above="usual_days"
)
USUAL_GAPS, LONG_GAPS = 2.5, 5.0
OTHERS_FACTOR = 1.2

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "The champion gave a sign of life {value:.0f} business days ago."),
        "left": Reason(
            State.FIRED,
            "The champion seems to have left the company: mail bounces, or they write from another company.",
            "A message from the champion, or another champion named in the CRM.",
        ),
        "quiet": Reason(
            State.FIRED,
            "The champion{guess} has been quiet for {value:.0f} business days; {gap:.0f} between two signs "
            "of life are usual for them.",
            "A message from the champion, a meeting with them, or another champion named in the CRM.",
        ),
        "none": Reason(
            State.UNKNOWN,
            "Not judged: no champion is named, and nobody wrote often enough to guess one.",
            "Name the champion among the deal's contacts in the CRM.",
        ),
        "no_mail": NO_MAIL,
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Is our champion still there?"""
    touches = frame.touches
    gap = np.nan_to_num(touches.champion_gap)
    low = np.maximum(frame.policy.value(USUAL), USUAL_GAPS * gap)
    high = np.maximum(frame.policy.value(LONG), LONG_GAPS * gap)
    factor = np.where(touches.others_active == 1, OTHERS_FACTOR, 1.0)
    quiet = np.minimum(1.0, ramp(touches.champion_days, low, high) * factor)
    left = touches.champion_left == 1
    reasons = (
        ("none", touches.champion < 0),
        ("left", left),
        ("no_mail", frame.cover.mail_since > touches.champion_at),
        ("quiet", quiet > 0),
    )
    evidence = (
        Evidence(touch_table(touches.champion_in_meeting), touches.champion_row),
        Evidence(Table.PEOPLE, touches.champion),
    )
    draft = Draft(
        severity=np.where(left, 1.0, quiet),
        reasons=reasons,
        value=np.where(touches.champion_days >= 0, touches.champion_days, np.nan),
        threshold=low,
        evidence=evidence,
        details={"gap": gap, "inferred": touches.champion_inferred, "others_active": touches.others_active},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="Is our champion still there?",
    definition="The contact with the role champion; else, labelled as inferred, whoever has most of half "
    "the share of messages, 0.3 of meetings and 0.2 of buyers first seen in their threads, with three "
    "messages at least. d business days since their last touch, b their median gap: 0 at max(7, 2.5 b), 1 "
    "at max(15, 5 b), times 1.2 while other buyers stay active (14 days). 1 if they left the company. "
    "Unknown without a champion.",
    defaults="b is 5 business days below four gaps.",
    reads=(
        "touches.champion",
        "touches.champion_inferred",
        "touches.champion_at",
        "touches.champion_days",
        "touches.champion_gap",
        "touches.champion_left",
        "touches.champion_row",
        "touches.champion_in_meeting",
        "touches.others_active",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(USUAL, LONG),
)
