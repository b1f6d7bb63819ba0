"""Engagement drop: buyers show up less often than chance explains."""

from math import lgamma

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Reason, Signal, Verdict
from auctor.signals.verdict import NO_MAIL, Draft, decide, is_mail_read, last_touch, with_shared
from auctor.signals.vocabulary import F64, I32, State

WINDOW_DAYS, WINDOWS_BEFORE = 14, 3
YOUNGEST = WINDOW_DAYS * (WINDOWS_BEFORE + 1)
KEY = "engagement_drop"
FEWEST = Parameter(KEY, "fewest_touches", "touches in 14 days", 3.0, 1.0, 20.0, "Below this mean a drop tells nothing.")
CHANCE = Parameter(KEY, "chance", "share", 0.10, 0.01, 0.5, "Fires where chance explains so few touches less often.")

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "{value:.0f} touches in 14 days are within what chance explains."),
        "dropped": Reason(
            State.FIRED,
            "Buyers showed up {value:.0f} times in 14 days; before, it was {threshold:.1f} times. Chance "
            "alone would do that with a probability of {probability:.1%}.",
            "Buyers writing or meeting about as often as in the six weeks before.",
        ),
        "no_mail": NO_MAIL,
        "young": Reason(State.UNKNOWN, "Not judged: the deal is younger than 56 days."),
        "rare": Reason(State.UNKNOWN, "Not judged: fewer than three touches in 14 days are too few to tell a drop."),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Is contact falling below what chance explains?"""
    count, usual = frame.touches.touches_14, frame.touches.touches_before / WINDOWS_BEFORE
    probability = poisson_cdf(count, usual)
    fewest = frame.policy.value(FEWEST)
    dropped = (probability <= frame.policy.value(CHANCE)) & (count < usual)
    reasons = (
        ("young", frame.state.age_days < YOUNGEST),
        ("no_mail", ~is_mail_read(frame, YOUNGEST)),
        ("rare", usual < fewest),
        ("dropped", dropped),
    )
    draft = Draft(
        severity=1 - count / np.maximum(usual, fewest),
        reasons=reasons,
        value=count,
        threshold=usual,
        evidence=(last_touch(frame),),
        details={"probability": probability},
    )
    return decide(frame, REASONS, draft)


def poisson_cdf(count: I32, mean: F64) -> F64:
    """P(X <= count) of a Poisson variable. Counts from the mean on are answered with 1: they are no drop."""
    total = np.where(count < mean, 0.0, 1.0)
    below = np.flatnonzero(count < mean)
    n, log_mean = count[below], np.log(mean[below])
    summed = np.zeros(len(below))
    for k in range(int(n.max(initial=-1)) + 1):
        summed += np.where(k <= n, np.exp(k * log_mean - mean[below] - lgamma(k + 1)), 0.0)
    total[below] = summed
    return total


SIGNAL = Signal(
    key=KEY,
    question="Is contact falling below what chance explains?",
    definition="n touches of buyers in 14 days against their mean per 14 days in the 42 days before. Fires "
    "if a Poisson variable of that mean is at most n with a probability of 0.10 or less; severity 1 - n / "
    "mean. Unknown for a mean below 3 and for deals younger than 56 days.",
    defaults="The deal is its own measure; nothing is learnt.",
    reads=(
        "state.age_days",
        "state.created_at",
        "touches.touches_14",
        "touches.touches_before",
        "touches.touch_row",
        "touches.touch_in_meeting",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(FEWEST, CHANCE),
)
