"""The only list of the signals, in the order in which they are shown."""

from typing import Final

from auctor.signals import (
    buyer_silence,
    champion,
    close_date_credible,
    close_date_slips,
    commit_evidence,
    deal_regression,
    engagement_drop,
    multi_threading,
    next_step,
    reply_latency,
    senior_access,
    stage_stall,
)
from auctor.signals.records import Signal

SIGNALS: Final[tuple[Signal, ...]] = (
    reply_latency.SIGNAL,
    buyer_silence.SIGNAL,
    engagement_drop.SIGNAL,
    multi_threading.SIGNAL,
    champion.SIGNAL,
    senior_access.SIGNAL,
    close_date_slips.SIGNAL,
    close_date_credible.SIGNAL,
    stage_stall.SIGNAL,
    next_step.SIGNAL,
    deal_regression.SIGNAL,
    commit_evidence.SIGNAL,
)
KEYS: Final = tuple(signal.key for signal in SIGNALS)
BY_KEY: Final = {signal.key: signal for signal in SIGNALS}
# Raised whenever a definition changes; stored with every result.
VERSION: Final = 1
