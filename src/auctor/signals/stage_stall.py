"""Stage stall: the deal has stood in its stage for longer than won deals did."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Norm, Reason, Signal, Verdict
from auctor.signals.verdict import Draft, decide, ramp, with_shared
from auctor.signals.vocabulary import NormLevel, State, Table

KEY = "stage_stall"
USUAL = Parameter(KEY, "usual_days", "days", 30.0, 1.0, 730.0, "Up to so many days in a stage are usual.")
LONG = Parameter(KEY, "long_days", "days", 60.0, 2.0, 1095.0, "From so many on it is fully a risk.", above="usual_days")

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "{value:.0f} days in this stage are usual ({norm})."),
        "stalled": Reason(
            State.FIRED,
            "The deal has stood in this stage for {value:.0f} days, {total:.0f} with earlier visits; up to "
            "{threshold:.0f} are usual ({norm}).",
            "Move the deal to its next stage once that is true, or close it.",
        ),
        "no_stage": Reason(State.UNKNOWN, "Not judged: the stage is not known.", "Map the deal's stage."),
        "no_history": Reason(
            State.UNKNOWN,
            "Not judged: since when the deal has been in this stage is not on record.",
            "Import the history of the stage, or let it grow from now on.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Has it stood in this stage too long?"""
    state, norms = frame.state, frame.norms
    learnt = norms.stay_level > NormLevel.DEFAULT
    low = frame.policy.learnt(USUAL, learnt, norms.stay_usual)
    # Where all won deals stayed equally long, a day more is long.
    high = np.maximum(frame.policy.learnt(LONG, learnt, norms.stay_long), low + 1)
    severity = ramp(state.stage_days, low, high)
    reasons = (
        ("no_stage", state.stage_days < 0),
        # Days that began before the record did are at least as many as counted: enough to fire, not to clear.
        ("no_history", (state.stage_exact == 0) & (severity <= 0)),
        ("stalled", severity > 0),
    )
    draft = Draft(
        severity=severity,
        reasons=reasons,
        value=np.where(state.stage_days >= 0, state.stage_days, np.nan),
        threshold=low,
        norm=Norm(frame.policy.level(norms.stay_level, USUAL, LONG), norms.stay_n),
        evidence=(Evidence(Table.CHANGES, state.stage_row),),
        details={"total": state.stage_total_days, "long_days": high},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="Has it stood in this stage too long?",
    definition="d whole days in the stage: 0 at the usual, 1 at the long stay, Q75 and Q95 of the longest "
    "stay of each won deal in that stage. Entering the stage again begins anew; the total is kept beside it.",
    defaults="Usual 30, long 60 days.",
    reads=(
        "state.stage_days",
        "state.stage_total_days",
        "state.stage_exact",
        "state.stage_row",
        "norms.stay_usual",
        "norms.stay_long",
        "norms.stay_level",
        "norms.stay_n",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(USUAL, LONG),
)
