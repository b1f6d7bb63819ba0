"""What clears a deal: steps that a person can take, and the score after each of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from auctor.signals.catalog import KEYS
from auctor.signals.score import rules_score
from auctor.signals.vocabulary import F64


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, and the signals that it clears once it has happened."""

    key: str
    text: str
    clears: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepScore:
    """The score of one deal after one step."""

    step: Step
    score: float


STEPS: Final = (
    Step("answer", "Answer the buyer's open message.", ("reply_latency",)),
    Step("meeting", "Agree a meeting within 10 business days that a buyer accepts.", ("buyer_silence", "next_step")),
    Step("champion", "Speak with the champion, or name another.", ("champion", "engagement_drop")),
    Step("buyers", "Bring in another buyer who writes or meets.", ("multi_threading",)),
    Step("power", "Get in touch with somebody who can decide.", ("senior_access",)),
    Step("date", "Agree a close date with the buyer and enter it.", ("close_date_credible",)),
    Step("stage", "Move the deal to its next stage once that is true.", ("stage_stall",)),
    Step("facts", "Bring in the facts that the forecast category needs, or lower it.", ("commit_evidence",)),
    Step("owner", "Settle owner, scope and stage with the buyer.", ("deal_regression",)),
)


def suggest(severity: F64) -> list[StepScore]:
    """The steps that lower the score of one deal, the most helpful first. `severity` has one value a signal."""
    now = float(rules_score(severity[None])[0])
    found = []
    for step in STEPS:
        after = severity.copy()
        for key in step.clears:
            column = KEYS.index(key)
            after[column] = after[column] if np.isnan(after[column]) else 0.0
        points = float(rules_score(after[None])[0])
        if points < now:
            found.append(StepScore(step, points))
    return sorted(found, key=lambda one: one.score)
