"""Deal regression: the deal has moved backwards lately."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Reason, Signal, Verdict
from auctor.signals.verdict import TOLERANCE, Draft, decide, with_shared
from auctor.signals.vocabulary import F64, State, Table

BACK, DOWN, OWNER, ORPHAN = 0.67, 0.5, 0.33, 0.67
DEEP_SEVERITY, CUT_SEVERITY = 1.0, 0.5
KEY = "deal_regression"
CUT = Parameter(KEY, "cut", "share", 0.2, 0.05, 0.9, "An amount cut by this share counts half.")
DEEP_CUT = Parameter(KEY, "deep_cut", "share", 0.5, 0.1, 1.0, "One cut by this share counts fully.", above="cut")
WEIGHED = ("back", "cut", "down", "orphan", "owner")

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "Nothing moved backwards in the last 30 days."),
        "back": Reason(
            State.FIRED,
            "The deal went back a stage in the last 30 days.",
            "Move the deal forward again once that is true; it counts for 30 days.",
        ),
        "cut": Reason(
            State.FIRED,
            "The amount stands {cut_share:.0%} below that of 30 days ago.",
            "Settle the scope with the buyer; a cut counts for 30 days.",
        ),
        "down": Reason(
            State.FIRED,
            "The forecast category stands below its highest of the last 30 days.",
            "Win back the evidence that the higher category needs; it counts for 30 days.",
        ),
        "orphan": Reason(State.FIRED, "Nobody active owns the deal.", "Give the deal an active owner."),
        "owner": Reason(
            State.FIRED,
            "The deal changed hands in the last 30 days.",
            "Let the new owner introduce themselves to the buyers; it counts for 30 days.",
        ),
        "no_history": Reason(
            State.UNKNOWN,
            "Not judged: the stages of the last 30 days are not on record.",
            "Import the history of the stage, or let it grow from now on.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Has the deal moved backwards in 30 days?"""
    past = frame.past
    parts = weigh(frame)
    total = np.minimum(1.0, sum(parts.values()))
    heaviest = np.argmax([parts[name] for name in WEIGHED], axis=0)
    reasons = [(name, (total > 0) & (heaviest == place)) for place, name in enumerate(WEIGHED)]
    evidence = (
        Evidence(Table.CHANGES, past.back_row),
        Evidence(Table.CHANGES, np.where(parts["cut"] > 0, past.cut_row, -1).astype(np.int32)),
        Evidence(Table.CHANGES, np.where(parts["down"] > 0, past.down_row, -1).astype(np.int32)),
        Evidence(Table.CHANGES, past.owner_row),
    )
    draft = Draft(
        severity=total,
        reasons=(*reasons, ("no_history", past.back_known == 0)),
        value=total,
        threshold=0.0,
        evidence=evidence,
        details={**parts, "cut_share": past.cut},
    )
    return decide(frame, REASONS, draft)


def weigh(frame: DealFrame) -> dict[str, F64]:
    """What each kind of step back adds."""
    past = frame.past
    cut = np.where(past.cut >= frame.policy.value(CUT) - TOLERANCE, CUT_SEVERITY, 0.0)
    return {
        "back": BACK * past.back,
        "cut": np.where(past.cut >= frame.policy.value(DEEP_CUT) - TOLERANCE, DEEP_SEVERITY, cut),
        "down": DOWN * past.category_down,
        "orphan": np.where(frame.state.owner_active == 0, ORPHAN, 0.0),
        "owner": OWNER * past.owner_changed,
    }


SIGNAL = Signal(
    key=KEY,
    question="Has the deal moved backwards in 30 days?",
    definition="The sum, at most 1, of: a stage back 0.67 (by the positions that stages had then; a step "
    "back within 24 hours of a step forward by the same person is a correction); amount in its own currency "
    "50 % below that of 30 days ago 1.0, 20 % 0.5; forecast category below its highest 0.5; owner changed "
    "0.33; no active owner 0.67. Bulk edits and switches of currency do not count.",
    defaults="Nothing is learnt.",
    reads=(
        "state.owner_active",
        "past.back",
        "past.back_known",
        "past.back_row",
        "past.cut",
        "past.cut_row",
        "past.category_down",
        "past.down_row",
        "past.owner_changed",
        "past.owner_row",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(CUT, DEEP_CUT),
)
