"""Decisions about people's judgements. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from auctor.risk.records import Aside, Decision, Ending, Until
from auctor.signals.score import Band

# A decision may be undone by whoever made it, for a working day.
UNDO_WITHIN: Final = timedelta(hours=12)
# In the highest band a deal got worse when its score rose by so many points.
WORSE_POINTS: Final = 10.0
# For so long the inbox says why a deal is back.
SHOWN_BACK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a deal that was put aside. `is_judged` is False once it is open no more; `meeting_at` is the
    moment of the meeting that is waited for (None: none is waited for, or it is gone)."""

    is_judged: bool
    band: Band
    score: float | None
    has_moved: bool
    meeting_at: datetime | None
    is_meeting_off: bool


def find_ending(decision: Decision, standing: Standing, *, now: datetime) -> Ending | None:
    """How the decision ends by itself now; None while it holds.

    Known deals and those that are no risk come back when they get worse, and so does one that was snoozed until then.
    """
    if not standing.is_judged:
        return Ending.CLOSED
    if decision.aside is not Aside.SNOOZED or decision.until is Until.WORSE:
        return Ending.WORSE if is_worse(decision, standing) else None
    if decision.until is Until.STAGE:
        return Ending.STAGE if standing.has_moved else None
    if decision.until is Until.MEETING and standing.is_meeting_off:
        return Ending.MEETING_OFF
    due = standing.meeting_at or decision.until_at
    if due is None or due > now:
        return None
    return Ending.MEETING if decision.until is Until.MEETING else Ending.DATE


def is_worse(decision: Decision, standing: Standing) -> bool:
    """Whether the band rose, or in the highest band the score did. Not being judged is neither better nor worse."""
    if standing.band is Band.NOT_JUDGED:
        return False
    if decision.band < Band.HIGH or standing.band > decision.band:
        return standing.band > decision.band
    return standing.band == decision.band and (standing.score or 0) >= (decision.score or 0) + WORSE_POINTS


def can_undo(made_at: datetime, maker: UUID | None, *, member_id: UUID | None, now: datetime) -> bool:
    """Whether this person may take that back: one's own, on the same day of work."""
    return maker == member_id and now - made_at <= UNDO_WITHIN
