"""Close date slips: how often the date has been pushed out."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Reason, Signal, Verdict
from auctor.signals.verdict import Draft, decide, with_shared
from auctor.signals.vocabulary import State, Table

KEY = "close_date_slips"
PER_PUSH = Parameter(KEY, "per_push", "severity", 0.25, 0.0, 1.0, "What every push of a week or more adds.")
PER_CROSSING = Parameter(
    KEY, "per_crossing", "severity", 0.25, 0.0, 1.0, "What a push past the end of a forecast period adds to that."
)

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "The close date was never pushed out by a week or more."),
        "slipped": Reason(
            State.FIRED,
            "The close date was pushed out by a week or more {value:.0f}×, past the end of a forecast period "
            "{crossings:.0f}×.",
            "Nothing undoes a push; agree the date with the buyer, so that it holds.",
        ),
        "no_history": Reason(
            State.UNKNOWN,
            "Not judged: earlier close dates are not on record.",
            "Import the history of the close date, or let it grow from now on.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """How often has the close date moved out?"""
    past = frame.past
    per_push, per_crossing = frame.policy.value(PER_PUSH), frame.policy.value(PER_CROSSING)
    severity = np.minimum(1.0, per_push * past.pushes + per_crossing * past.crossings)
    draft = Draft(
        severity=severity,
        reasons=(("slipped", severity > 0), ("no_history", past.slips_known == 0)),
        value=past.pushes,
        threshold=1.0,
        evidence=(Evidence(Table.CHANGES, past.push_row), Evidence(Table.CHANGES, past.earlier_push_row)),
        details={"crossings": past.crossings},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="How often has the close date moved out?",
    definition="p pushes later by 7 days or more, q of them past the end of a forecast period: 0.25 p + "
    "0.25 q, at most 1. Edits within 24 hours are one; the first 7 days of a deal and bulk edits do not "
    "count. Unknown without history.",
    defaults="Nothing is learnt.",
    reads=("past.pushes", "past.crossings", "past.slips_known", "past.push_row", "past.earlier_push_row"),
    reasons=REASONS,
    compute=compute,
    parameters=(PER_PUSH, PER_CROSSING),
)
