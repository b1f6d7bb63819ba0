"""Values of a query, read as strictly as the description says: a number is no moment, `yes` is no flag."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from ninja import Path
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from auctor.kit.errors import AuctorError
from auctor.signals.catalog import KEYS

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_FLAG = re.compile(r"true|false")


def _written_as(form: re.Pattern[str], told: str) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and not form.fullmatch(value):
            raise ValueError(told)
        return value

    return BeforeValidator(check)


def _within(value: datetime) -> datetime:
    """In UTC; what a zone pushes out of the years 1 to 9999 is their first or last moment."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return FIRST if value.year == 1 else LAST


Moment = Annotated[
    AwareDatetime,
    _written_as(_MOMENT, "a moment looks like 2026-03-02T09:30:00Z (RFC 3339)"),
    AfterValidator(_within),
]
Day = Annotated[date, _written_as(_DAY, "a day looks like 2026-03-02")]
Id = Annotated[UUID, _written_as(_ID, "an id looks like 018f0000-0000-7000-8000-00000000ac3e")]
Flag = Annotated[bool, _written_as(_FLAG, "true or false")]
SignalKey = Annotated[str, Path(max_length=32, description="A key of the catalog.")]


class NoSignal(AuctorError):
    """A path names a signal that the catalog does not have."""

    code: ClassVar[str] = "api.no_signal"
    status: ClassVar[int] = 404


def known_signal(key: str) -> str:
    """The key of a signal; raises `NoSignal`."""
    if key not in KEYS:
        raise NoSignal("There is no such signal.", mend="/api/v1/signals lists them.")
    return key
