"""Reply latency: the buyer slows down, or we owe an answer."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Norm, Reason, Signal, Verdict
from auctor.signals.verdict import NO_MAIL, Draft, decide, is_connected, ramp, with_shared
from auctor.signals.vocabulary import NormLevel, State, Table

KEY = "reply_latency"
USUAL = Parameter(
    KEY, "usual_hours", "business hours", 8.0, 1.0, 80.0,
    "A buyer's usual answer takes this long where nothing else tells; quicker ones are never slow.",
)  # fmt: skip
OWED_FROM = Parameter(KEY, "owed_from", "business hours", 8.0, 1.0, 80.0, "From then on an answer of ours is overdue.")
OWED_TO = Parameter(
    KEY, "owed_to", "business hours", 24.0, 2.0, 160.0, "From then on it is fully a risk.", above="owed_from"
)

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "Answers come as fast as before, and none of ours is overdue."),
        "owed": Reason(
            State.FIRED,
            "A buyer's message has waited {value:.0f} business hours for our answer; {threshold:.0f} are usual.",
            "Answer the buyer's open message, or meet its sender.",
        ),
        "slow": Reason(
            State.FIRED,
            "The buyer now takes {value:.0f} business hours to answer, before it was {base_hours:.0f} ({norm}).",
            "Two quick answers of the buyer; ask by another way if mail has become slow.",
        ),
        "no_mail": NO_MAIL,
        "too_few": Reason(
            State.UNKNOWN,
            "Not judged: fewer than two answers in the last 21 days, and nothing of ours is owed.",
            "Two answers of the buyer within 21 days make it judgeable.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Is the buyer slowing down, or do we owe an answer?"""
    touches, norms = frame.touches, frame.norms
    policy = frame.policy
    shortest, owed_from = policy.value(USUAL), policy.value(OWED_FROM)
    usual = policy.learnt(USUAL, ~np.isnan(norms.reply), norms.reply)
    own = touches.base_gaps >= 3
    base = np.where(own, touches.base_gap, usual)
    judged = touches.recent_gaps >= 2
    ratio = (touches.recent_gap + 2) / (base + 2)
    slow = np.where(judged & (touches.recent_gap >= shortest), np.clip((ratio - 2) / 2, 0, 1), 0.0)
    owed = np.nan_to_num(ramp(touches.owed_hours, owed_from, policy.value(OWED_TO)))
    by_us = (owed > 0) & (owed >= slow)
    reasons = (
        ("no_mail", ~is_connected(frame.cover.mail_since)),
        ("owed", by_us),
        ("slow", slow > 0),
        ("too_few", ~judged),
    )
    learnt = policy.level(norms.reply_level, USUAL)
    level = np.where(by_us | own, NormLevel.FIXED, learnt).astype(np.int8)
    draft = Draft(
        severity=np.maximum(slow, owed),
        reasons=reasons,
        value=np.where(by_us, touches.owed_hours, touches.recent_gap),
        threshold=np.where(by_us, owed_from, np.maximum(shortest, 2 * base + 2)),
        norm=Norm(level, np.where(level == NormLevel.FIXED, 0, norms.reply_n)),
        evidence=(Evidence(Table.MESSAGES, touches.owed_row), Evidence(Table.MESSAGES, touches.slow_row)),
        details={"slow": slow, "owed": owed, "base_hours": base, "recent_hours": touches.recent_gap},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="Is the buyer slowing down, or do we owe an answer?",
    definition="(a) Every message of a buyer answers the latest unanswered one of ours in its thread; the "
    "gap counts in business hours. With Lr the median of the last 21 days (two at least) and Lb the median "
    "before (three at least, else the norm): severity ((Lr + 2) / (Lb + 2) - 2) / 2 if Lr is 8 hours or "
    "more. (b) The oldest message to one of ours without a later answer in its thread or meeting with its "
    "sender: 0 at 8, 1 at 24 business hours. The larger of both.",
    defaults="Lb is 8 business hours where neither the deal nor won deals tell.",
    reads=(
        "touches.recent_gaps",
        "touches.recent_gap",
        "touches.base_gaps",
        "touches.base_gap",
        "touches.owed_hours",
        "touches.owed_row",
        "touches.slow_row",
        "norms.reply",
        "norms.reply_level",
        "norms.reply_n",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(USUAL, OWED_FROM, OWED_TO),
)
