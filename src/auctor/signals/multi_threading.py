"""Multi-threading: how many buyers really take part."""

import numpy as np

from auctor.signals.frame import DealFrame
from auctor.signals.policy import Parameter
from auctor.signals.records import Norm, Reason, Signal, Verdict
from auctor.signals.verdict import NO_MAIL, Draft, decide, is_mail_read, last_touch, with_shared
from auctor.signals.vocabulary import F64, Flags, NormLevel, Phase, State

YOUNG_DAYS, WINDOW_DAYS = 21, 30
FEWEST, MOST = 2.0, 6.0
ONE_VOICE_SEVERITY = 0.33
KEY = "multi_threading"
EARLIER = Parameter(KEY, "buyers", "buyers", 2.0, 1.0, 10.0, "So many buyers should take part before the late stages.")
LATE = Parameter(KEY, "buyers_late", "buyers", 3.0, 1.0, 10.0, "So many should take part late.")
LARGE = Parameter(KEY, "buyers_large", "buyers", 4.0, 1.0, 12.0, "So many, late, in the largest quarter of deals.")
ONE_VOICE = Parameter(
    KEY, "one_voice", "share", 0.8, 0.5, 1.0, "One buyer who wrote more than this share of the messages is one voice."
)

REASONS = with_shared(
    {
        "clear": Reason(State.OK, "{value:.0f} buyers took part in the last 30 days."),
        "few": Reason(
            State.FIRED,
            "{value:.0f} of {threshold:.0f} buyers wrote or met us in the last 30 days ({norm}).",
            "Another buyer who writes or attends a meeting.",
        ),
        "one_voice": Reason(
            State.FIRED,
            "{value:.0f} buyers took part, but one of them wrote {top_share:.0%} of all messages.",
            "More than one buyer writing.",
        ),
        "no_mail": NO_MAIL,
        "no_phase": Reason(
            State.UNKNOWN,
            "Not judged: the stage has no default probability, so that nothing says how many are needed.",
            "Give the stage a default probability.",
        ),
    }
)


def compute(frame: DealFrame) -> Verdict:
    """Do enough buyers really take part?"""
    touches = frame.touches
    needed, is_learnt = buyers_needed(frame)
    buyers = touches.buyers_30
    top_share = touches.top_ins_30 / np.maximum(touches.ins_30, 1)
    lacking = np.clip((needed - buyers) / needed, 0, 1)
    one_voice = (lacking <= 0) & (needed >= FEWEST) & (top_share > frame.policy.value(ONE_VOICE))
    severity = np.where(one_voice, ONE_VOICE_SEVERITY, lacking)
    reasons = (
        ("no_phase", (needed > 1) & ~is_learnt & (frame.state.phase == Phase.UNKNOWN)),
        ("no_mail", (severity > 0) & ~is_mail_read(frame, WINDOW_DAYS)),
        ("one_voice", one_voice),
        ("few", lacking > 0),
    )
    level = np.where(is_learnt, frame.norms.buyers_level, NormLevel.DEFAULT).astype(np.int8)
    level = frame.policy.level(level, EARLIER, LATE, LARGE)
    draft = Draft(
        severity=severity,
        reasons=reasons,
        value=buyers,
        threshold=needed,
        norm=Norm(level, np.where(is_learnt, frame.norms.buyers_n, 0)),
        evidence=(last_touch(frame),),
        details={"top_share": top_share},
    )
    return decide(frame, REASONS, draft)


def buyers_needed(frame: DealFrame) -> tuple[F64, Flags]:
    """How many buyers should take part, and where won deals taught it."""
    state, norms = frame.state, frame.norms
    policy, late = frame.policy, state.phase == Phase.LATE
    is_large = state.amount_base >= norms.amount_high
    told = [policy.value(parameter) for parameter in (LARGE, LATE, EARLIER)]
    by_phase = np.where(late & is_large, told[0], np.where(late, told[1], told[2]))
    young = state.age_days < YOUNG_DAYS
    is_learnt = (norms.buyers_level > NormLevel.DEFAULT) & ~young & (not is_chosen(frame))
    learnt = np.clip(np.floor(np.nan_to_num(norms.buyers) + 0.5), FEWEST, MOST)
    return np.where(young, 1.0, np.where(is_learnt, learnt, by_phase)), is_learnt


def is_chosen(frame: DealFrame) -> bool:
    """Whether the workspace said itself how many buyers should take part."""
    return frame.policy.is_chosen(EARLIER, LATE, LARGE)


SIGNAL = Signal(
    key=KEY,
    question="Do enough buyers really take part?",
    definition="n distinct buyers who wrote or attended a meeting in 30 days, against k: severity (k - n) / "
    "k. k is the median of won deals when they last left that stage, between 2 and 6. If n suffices but one "
    "person wrote more than 80 % of the messages (and k is 2 or more): 0.33. Being in CC never counts.",
    defaults="k is 1 for deals younger than 21 days, 2 early or mid, 3 late, 4 late and among the largest quarter.",
    reads=(
        "state.age_days",
        "state.created_at",
        "state.phase",
        "state.amount_base",
        "touches.buyers_30",
        "touches.ins_30",
        "touches.top_ins_30",
        "touches.touch_row",
        "touches.touch_in_meeting",
        "norms.buyers",
        "norms.buyers_level",
        "norms.buyers_n",
        "norms.amount_high",
        "cover.mail_since",
    ),
    reasons=REASONS,
    compute=compute,
    parameters=(EARLIER, LATE, LARGE, ONE_VOICE),
)
