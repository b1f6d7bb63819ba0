"""Close date credible: whether the deal can still close on its date."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Norm, Reason, Signal, Verdict
from auctor.signals.verdict import Draft, days_left, decide, with_shared
from auctor.signals.vocabulary import NEVER, NormLevel, State, Table

AT_ONCE = 0.5
KEY = "close_date_credible"
FULL_AFTER = Parameter(KEY, "full_after", "days", 28.0, 1.0, 365.0, "So long overdue, it is fully a risk.")
LIKELY = Parameter(
    KEY, "likely", "share", 0.25, 0.02, 0.9, "A date is credible if this share of such deals was won in the time left."
)

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "{value:.0%} of deals at this point were won in the time left ({norm})."),
        "overdue": Reason(
            State.FIRED,
            "The close date passed {value:.0f} days ago.",
            "Agree a new date with the buyer and enter it, or close the deal.",
        ),
        "unlikely": Reason(
            State.FIRED,
            "Only {value:.0%} of deals that stood as long in this stage were won in the {left:.0f} days left ({norm}).",
            "Move the deal to its next stage, or agree a date that can hold.",
        ),
        "no_date": Reason(State.UNKNOWN, "Not judged: the deal has no close date.", "Enter a close date."),
        "too_few": Reason(
            State.UNKNOWN, "Not judged: fewer than 20 won deals stood as long in this stage, so nothing tells."
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Can it still close on that date?"""
    norms, left = frame.norms, days_left(frame)
    overdue = np.maximum(-left, 0)
    late = np.minimum(1.0, AT_ONCE + (1 - AT_ONCE) * overdue / frame.policy.value(FULL_AFTER))
    share = np.where(left >= 0, norms.share, np.nan)
    likely = frame.policy.value(LIKELY)
    unlikely = np.clip((likely - share) / likely, 0, 1)
    reasons = (
        ("no_date", left == NEVER),
        ("overdue", overdue > 0),
        ("too_few", np.isnan(share)),
        ("unlikely", unlikely > 0),
    )
    level = np.where(overdue > 0, NormLevel.FIXED, norms.share_level).astype(np.int8)
    draft = Draft(
        severity=np.where(overdue > 0, late, np.nan_to_num(unlikely)),
        reasons=reasons,
        value=np.where(overdue > 0, overdue, share),
        threshold=np.where(overdue > 0, 0.0, likely),
        norm=Norm(level, norms.share_n),
        evidence=(Evidence(Table.CHANGES, frame.state.close_row),),
        details={"left": np.where(left == NEVER, np.nan, left)},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="Can it still close on that date?",
    definition="Overdue by x days: 0.5 + 0.5 x / 28, at most 1. Else with P the share of deals that from "
    "the same day in the same stage were won within the days left (Kaplan-Meier over all deals of the norm "
    "set, lost and open ones censored; 20 won at least): (0.25 - P) / 0.25.",
    defaults="Unknown where too few deals were won; overdue is judged always.",
    reads=(
        "state.close_on",
        "state.today",
        "state.close_row",
        "norms.share",
        "norms.share_level",
        "norms.share_n",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(FULL_AFTER, LIKELY),
)
