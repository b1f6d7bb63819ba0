"""Commit evidence: the forecast category stands on facts."""

import numpy as np

from auctor.signals import next_step
from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Reason, Signal, Verdict
from auctor.signals.verdict import Draft, decide, is_mail_read, last_touch, with_shared
from auctor.signals.vocabulary import NEVER, UNKNOWN, Flags, Forecast, State, Table

KEY = "commit_evidence"
BEST_CASE = Parameter(KEY, "best_case", "severity", 0.7, 0.05, 1.0, "What a best case without any fact weighs.")
PIPELINE = Parameter(KEY, "pipeline", "severity", 0.4, 0.05, 1.0, "What pipeline without any fact weighs.")
FEWEST_KNOWN = 4
ITEMS = ("amount", "close_date", "next_step", "two_buyers", "recent_touch", "senior")

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "Everything that the forecast category needs is there."),
        "missing": Reason(
            State.FIRED,
            "{value:.0f} of {known:.0f} facts that the forecast category needs are missing{late_edits}.",
            "Bring in what is missing: amount, close date, agreed next step, two active buyers, a recent "
            "touch, somebody with power; or lower the category.",
        ),
        "not_forecast": Reason(State.OK, "The deal is left out of the forecast."),
        "no_category": Reason(
            State.UNKNOWN, "Not judged: the deal has no forecast category.", "Enter a forecast category."
        ),
        "too_few": Reason(
            State.UNKNOWN,
            "Not judged: only {known:.0f} of six facts are known.",
            "Connect the owner's mailbox and calendar, so that more facts are known.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Does the forecast category stand on facts?"""
    items = weigh_items(frame)
    known = np.sum([is_known for is_known, _ in items.values()], axis=0)
    missing = np.sum([is_known & ~is_there for is_known, is_there in items.values()], axis=0)
    category, weight = frame.state.category, np.zeros(len(frame))
    for code, factor in weights(frame).items():
        weight[category == code] = factor
    reasons = (
        ("no_category", category < 0),
        ("not_forecast", weight <= 0),
        ("too_few", known < FEWEST_KNOWN),
        ("missing", missing > 0),
    )
    details = {name: np.where(is_known, is_there, np.nan) for name, (is_known, is_there) in items.items()}
    draft = Draft(
        severity=missing / np.maximum(known, 1) * weight,
        reasons=reasons,
        value=missing,
        threshold=0.0,
        evidence=(Evidence(Table.CHANGES, frame.state.category_row), last_touch(frame)),
        details={**details, "known": known, "late_edits": frame.past.late_edits},
    )
    return decide(frame, REASONS, draft)


def weights(frame: DealFrame) -> dict[Forecast, float]:
    """How much each category promises; what is left out of the forecast promises nothing."""
    policy = frame.policy
    return {
        Forecast.COMMIT: 1.0,
        Forecast.BEST_CASE: policy.value(BEST_CASE),
        Forecast.PIPELINE: policy.value(PIPELINE),
    }


def weigh_items(frame: DealFrame) -> dict[str, tuple[Flags, Flags]]:
    """For each of the six facts, where it is known and where it is there.

    Amount, close date and next step are those from before the last 24 hours ahead of a forecast.
    """
    past, touches, today = frame.past, frame.touches, frame.state.today
    has_buyers, has_touch, has_senior = touches.buyers_30 >= 2, touches.touches_14 > 0, touches.senior_at != NEVER
    titled = touches.titled_30 * 2 >= touches.buyers_30
    whole_life = (frame.cover.mail_since <= frame.state.created_at) & titled
    return {
        "amount": (past.settled_amount != UNKNOWN, past.settled_amount > 0),
        "close_date": (past.settled_close_on != UNKNOWN, past.settled_close_on >= today),
        "next_step": step_item(frame),
        "two_buyers": (has_buyers | is_mail_read(frame, 30), has_buyers),
        "recent_touch": (has_touch | is_mail_read(frame, 14), has_touch),
        "senior": (has_senior | whole_life, has_senior),
    }


def step_item(frame: DealFrame) -> tuple[Flags, Flags]:
    """Where `next_step` is known, and where it is clear."""
    _, severity, reasons = next_step.weigh(frame, frame.past.settled_step_fresh)
    draft = Draft(severity=severity, reasons=reasons, value=severity, threshold=1.0)
    verdict = decide(frame, next_step.REASONS, draft)
    judged = {"clear", "none", "own_only", "paused"}
    names = np.array([name in judged for name in next_step.REASONS])
    clear = list(next_step.REASONS).index("clear")
    return names[verdict.reason], verdict.reason == clear


SIGNAL = Signal(
    key=KEY,
    question="Does the forecast category stand on facts?",
    definition="Six facts: amount above 0; close date today or later; next step clear; two active buyers or "
    "more; a touch of a buyer in 14 days; somebody with power in touch ever. Severity: missing / known, "
    "times 1 for commit, 0.7 for best case, 0.4 for pipeline. Unknown facts do not count; below four known "
    "the signal is unknown. Edits in the 24 hours before a forecast was taken are shown, not scored.",
    defaults="Nothing is learnt.",
    reads=(
        *(name for name in next_step.SIGNAL.reads if not name.startswith(("state.step", "touches.accepted_row"))),
        "state.category",
        "state.category_row",
        "state.created_at",
        "past.settled_amount",
        "past.settled_close_on",
        "past.settled_step_fresh",
        "past.late_edits",
        "touches.buyers_30",
        "touches.titled_30",
        "touches.touches_14",
        "touches.senior_at",
        "touches.touch_row",
        "touches.touch_in_meeting",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(BEST_CASE, PIPELINE),
)
