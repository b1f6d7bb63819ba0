"""The words of the copy as they are stored: small integers that are never renumbered.

Those that signals read (`Direction`, `Seniority`, `StageKind`, `Forecast`, `Role`, `Answer`) are the signals' own
and stand in `auctor.signals.vocabulary`.
"""

from enum import IntEnum, IntFlag
from typing import Final
from uuid import UUID

# What came in files belongs to no vendor's connection.
FILES: Final = UUID(int=0)


class Entity(IntEnum):
    """The kinds of records that have an identity of their own."""

    OWNER = 1
    COMPANY = 2
    CONTACT = 3
    PIPELINE = 4
    STAGE = 5
    DEAL = 6
    ACTIVITY = 7
    PARTICIPANT = 8
    ASSOCIATION = 9
    CHANGE = 10
    LABEL = 11
    CUSTOM_FIELD = 12
    CUSTOM_VALUE = 13
    POINT = 14
    DOMAIN = 15
    ADDRESS = 16
    INTERVAL = 17
    VERSION = 18
    COVERAGE = 19


class RecordState(IntEnum):
    """The five states of a record. INACCESSIBLE: something refers to it, but we were never shown it."""

    ACTIVE = 0
    ARCHIVED = 1
    DELETED = 2
    MERGED = 3
    INACCESSIBLE = 4


class Basis(IntEnum):
    """How a fact came to us."""

    HISTORY = 0
    WEBHOOK = 1
    POLL = 2
    IMPORT = 3
    INFERRED = 4


class ChangedField(IntEnum):
    """Fields of a deal whose changes are kept. The first seven are the signals' `Field`."""

    STAGE = 0
    AMOUNT = 1
    CLOSE_DATE = 2
    OWNER = 3
    FORECAST_CATEGORY = 4
    NEXT_STEP_ON = 5
    CURRENCY = 6
    NEXT_STEP = 7
    NAME = 8
    CUSTOM = 9


class ActivityKind(IntEnum):
    """What happened."""

    OTHER = 0
    EMAIL = 1
    CALL = 2
    MEETING = 3
    TASK = 4
    NOTE = 5


class ActivityState(IntEnum):
    """How far it got. UNKNOWN: the source does not say."""

    UNKNOWN = 0
    PLANNED = 1
    DONE = 2
    CANCELLED = 3
    NO_SHOW = 4


class Flow(IntEnum):
    """Who spoke to whom. UNKNOWN: the source does not say."""

    UNKNOWN = 0
    IN = 1
    OUT = 2
    INTERNAL = 3


class Part(IntEnum):
    """What somebody is in an activity."""

    FROM = 1
    TO = 2
    CC = 3
    ORGANIZER = 4
    ATTENDEE = 5


class Reply(IntEnum):
    """What somebody answered to an invitation. UNKNOWN: the source does not say."""

    UNKNOWN = -1
    NONE = 0
    ACCEPTED = 1
    DECLINED = 2
    TENTATIVE = 3


class PointKind(IntEnum):
    """Ways to reach somebody."""

    EMAIL = 1
    PHONE = 2


class Known(IntFlag):
    """Fields of a deal that its source has shown us; for all others, nothing means unknown and not absent."""

    NAME = 1
    COMPANY = 2
    OWNER = 4
    STAGE = 8
    AMOUNT = 16
    CLOSE_DATE = 32
    FORECAST_CATEGORY = 64
    NEXT_STEP = 128
    NEXT_STEP_ON = 256


class Input(IntEnum):
    """What a source may or may not bring along; a missing one is unknown, not empty."""

    OWNERS = 1
    COMPANIES = 2
    CONTACTS = 3
    STAGES = 4
    DEALS = 5
    DEAL_CONTACTS = 6
    DEAL_CHANGES = 7
    ACTIVITIES = 8
    ACTIVITY_PARTICIPANTS = 9


class PauseReason(IntEnum):
    """Why a deal rests."""

    HOLIDAY = 1
    PROCUREMENT = 2
    BUYER_ASKED = 3
    WAITING_FOR_US = 4
    OTHER = 5


class ImportState(IntEnum):
    """How an import ended."""

    RUNNING = 1
    DONE = 2
    REFUSED = 3


class UploadState(IntEnum):
    """How far an upload is. UNMAPPED: somebody has to say what its columns are."""

    UNMAPPED = 1
    CHECKING = 2
    READY = 3
    REFUSED = 4
    IMPORTING = 5
    DONE = 6
    CANCELLED = 7
    EXPIRED = 8
    FAILED = 9
