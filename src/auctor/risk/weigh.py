"""How much a risk matters: revenue at risk × urgency × confidence. Pure.

Revenue at risk is the deal's amount in the workspace's currency times its score / 100. Urgency falls
with the distance of the close date: 30 / (30 + R) with R calendar days left, 1 when it has passed; a deal without a
date counts as a quarter away. Confidence is the coverage.
"""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from auctor.signals.vocabulary import F64

MONTH: Final = 30.0
NO_DATE: Final = 90.0


def urgency(close_on: pl.Series, today: date) -> F64:
    """A number in (0, 1] for each deal."""
    days = close_on.to_physical().cast(pl.Float64).to_numpy() - (today - date(1970, 1, 1)).days
    found: F64 = MONTH / (MONTH + np.clip(np.where(np.isnan(days), NO_DATE, days), 0, None))
    return found


def priority(at_risk: F64, score: F64, urgent: F64, confidence: F64) -> F64:
    """The place in the queue. Deals of unknown worth stand behind all others, the riskiest first."""
    worth = np.where(np.isnan(at_risk), np.nan_to_num(score) / 1000, at_risk + 1)
    found: F64 = worth * urgent * confidence
    return found
