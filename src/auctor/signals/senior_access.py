"""Senior access: somebody with power has been in touch."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Evidence, Norm, Reason, Signal, Verdict
from auctor.signals.verdict import NO_MAIL, Draft, days_left, decide, is_mail_read, touch_table, with_shared
from auctor.signals.vocabulary import DAY, NEVER, NormLevel, Phase, State

KEY = "senior_access"
FRESH = Parameter(KEY, "fresh_days", "days", 45.0, 7.0, 365.0, "A touch of somebody with power counts for so long.")
CLOSING = Parameter(
    KEY, "closing_days", "days", 30.0, 1.0, 180.0, "A late deal that closes in so many days needs it most."
)
NEVER_CLOSING, NEVER_LATE, OTHERWISE = 1.0, 0.6, 0.4

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "Somebody with power was in touch {value:.0f} days ago."),
        "never": Reason(
            State.FIRED,
            "Nobody with the power to decide has ever written or met us.",
            "A message from, or a meeting with, a head, a chief or the decision maker.",
        ),
        "stale": Reason(
            State.FIRED,
            "Nobody with the power to decide has been in touch for {threshold:.0f} days.",
            "A message from, or a meeting with, a head, a chief or the decision maker.",
        ),
        "not_needed": Reason(State.OK, "The deal is neither late nor large: power is not needed yet."),
        "no_titles": Reason(
            State.UNKNOWN,
            "Not judged: fewer than half of the active buyers have a title.",
            "Add the titles of the buyers, or name the decision maker in the CRM.",
        ),
        "no_mail": NO_MAIL,
        "no_phase": Reason(
            State.UNKNOWN,
            "Not judged: neither stage nor amount tell whether the deal needs somebody with power yet.",
            "Give the stage a default probability and the deal an amount.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Has anyone with power been in touch?"""
    state, touches, norms = frame.state, frame.touches, frame.norms
    fresh = round(frame.policy.value(FRESH))
    late, is_large = state.phase == Phase.LATE, state.amount_base >= norms.amount_median
    in_doubt = ~late & ~is_large
    blind = (state.phase == Phase.UNKNOWN) | (np.isnan(state.amount_base) & ~np.isnan(norms.amount_median))
    seen = touches.senior_at != NEVER
    days = np.where(seen, (frame.pairs.at - np.where(seen, touches.senior_at, 0)) / DAY, np.nan)
    # What was never seen may lie before the first mail read; then only the last 45 days are certain.
    never = ~seen & (frame.cover.mail_since <= state.created_at)
    closing = np.where(days_left(frame) <= frame.policy.value(CLOSING), NEVER_CLOSING, NEVER_LATE)
    severity = np.where(never & late, closing, OTHERWISE)
    reasons = (
        ("no_phase", in_doubt & blind),
        ("not_needed", in_doubt),
        ("clear", days <= fresh),
        ("no_mail", ~is_mail_read(frame, fresh)),
        ("no_titles", touches.titled_30 * 2 < touches.buyers_30),
        ("never", never),
        ("stale", np.ones(len(frame), np.bool_)),
    )
    draft = Draft(
        severity=severity,
        reasons=reasons,
        value=days,
        threshold=float(fresh),
        norm=Norm(np.where(late, NormLevel.FIXED, norms.amount_level).astype(np.int8), norms.amount_n),
        evidence=(Evidence(touch_table(touches.senior_in_meeting), touches.senior_row),),
        details={"titled": touches.titled_30, "buyers": touches.buyers_30},
    )
    return decide(frame, REASONS, draft)


SIGNAL = Signal(
    key=KEY,
    question="Has anyone with power been in touch?",
    definition="Asked if the deal is late or at least of median size. Power: head or chief by title, "
    "decision maker or economic buyer by role; directors too where three people or fewer were seen. Never "
    "in touch: 1.0 late and 30 days or less to the close date, 0.6 late, 0.4 else; last in touch more than "
    "45 days ago: 0.4. Unknown if fewer than half of the active buyers have a title.",
    defaults="Without enough won deals no amount counts as large.",
    reads=(
        "state.phase",
        "state.amount_base",
        "state.close_on",
        "state.today",
        "state.created_at",
        "touches.senior_at",
        "touches.senior_row",
        "touches.senior_in_meeting",
        "touches.titled_30",
        "touches.buyers_30",
        "norms.amount_median",
        "norms.amount_level",
        "norms.amount_n",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(FRESH, CLOSING),
)
