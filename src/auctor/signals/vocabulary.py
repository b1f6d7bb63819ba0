"""The words of the signals as small integers, and the constants that all passes share.

Moments are microseconds since 1970 (UTC), civil days are days since 1970-01-01, amounts are minor units.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
# A moment that has not come: not cancelled, not answered, no end.
NEVER: Final = 2**62
# Two of the three kinds of nothing, as field values: the source says "none"; we do not know.
ABSENT: Final = -(2**62)
UNKNOWN: Final = ABSENT - 1
# The same two where 32 bits have to do.
SHORT_ABSENT: Final = -(2**30)
SHORT_UNKNOWN: Final = SHORT_ABSENT - 1
# No row stands as evidence.
NO_ROW: Final = -1
# A deal is judged at this age or not at all where youth would look like risk.
WON_WINDOW: Final = 730 * DAY
# A norm rests on at least so many won deals.
ENOUGH: Final = 20


class Field(IntEnum):
    """Fields of a deal whose history the signals read. `NEXT_STEP_ON` and `CLOSE_ON` hold civil days."""

    STAGE = 0
    AMOUNT = 1
    CLOSE_ON = 2
    OWNER = 3
    CATEGORY = 4
    NEXT_STEP_ON = 5
    CURRENCY = 6


class Direction(IntEnum):
    """IN: from a buyer to at least one of ours. OUT: the reverse. OTHER: internal, partners, unclear."""

    OTHER = 0
    IN = 1
    OUT = 2


class Answer(IntEnum):
    """What an invited buyer said."""

    NONE = 0
    ACCEPTED = 1
    DECLINED = 2
    TENTATIVE = 3


class Role(IntEnum):
    """The part that a contact plays in a deal, as the CRM says."""

    OTHER = 0
    CHAMPION = 1
    DECISION_MAKER = 2
    ECONOMIC_BUYER = 3


class Seniority(IntEnum):
    """Rank read from a title: chief, founder, owner 4; VP, head 3; director 2; manager 1."""

    UNKNOWN = -1
    OTHER = 0
    MANAGER = 1
    DIRECTOR = 2
    HEAD = 3
    CHIEF = 4


class StageKind(IntEnum):
    """Whether a deal in this stage is open or has ended, and how."""

    OPEN = 0
    WON = 1
    LOST = 2


class Forecast(IntEnum):
    """Forecast categories, in rising order of the promise."""

    OMITTED = 0
    PIPELINE = 1
    BEST_CASE = 2
    COMMIT = 3


class Source(IntEnum):
    """What must have been read completely before absence means anything."""

    MAIL = 0
    CALENDAR = 1
    TASKS = 2


class Phase(IntEnum):
    """How far a stage stands by its default probability: early below .25, late from .5 on."""

    UNKNOWN = 0
    EARLY = 1
    MID = 2
    LATE = 3


class State(IntEnum):
    """The three answers of a signal."""

    UNKNOWN = 0
    OK = 1
    FIRED = 2


class Level(IntEnum):
    """How bad a fired signal is: low below 1/3, medium from 1/3, high from 2/3."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class NormLevel(IntEnum):
    """Where a threshold came from, from nowhere in particular to the closest won deals; CHOSEN by the workspace."""

    FIXED = 0
    DEFAULT = 1
    WORKSPACE = 2
    PIPELINE = 3
    SEGMENT = 4
    CHOSEN = 5


class Table(IntEnum):
    """The fact table that an evidence row belongs to."""

    CHANGES = 0
    MESSAGES = 1
    MEETINGS = 2
    TASKS = 3
    ROLES = 4
    PEOPLE = 5
