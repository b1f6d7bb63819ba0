"""Pages of deals in an order: the cursor holds the last row's place, so that a page costs the same wherever it is."""

import base64
import binascii
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, Q, QuerySet

from auctor.crm.models.deals import Deal
from auctor.kit.errors import AuctorError


class Sort(StrEnum):
    """Orders of deals. What a deal lacks stands last."""

    CLOSE_DATE = "close_date"
    CLOSE_DATE_LATEST = "-close_date"
    AMOUNT = "amount"
    AMOUNT_LARGEST = "-amount"
    CREATED = "created"
    CREATED_LATEST = "-created"
    TOUCHED_LATEST = "-touched"


COLUMNS = {"close_date": "close_on_now", "amount": "amount_now", "created": "created_at", "touched": "touched_at"}
DATES = {"close_on_now": date, "created_at": datetime, "touched_at": datetime}


class CursorWrong(AuctorError):
    """A cursor that this list did not hand out."""

    code: ClassVar[str] = "crm.cursor_wrong"
    status: ClassVar[int] = 400


def page(rows: QuerySet[Deal], *, sort: Sort, cursor: str, limit: int) -> tuple[list[Deal], str]:
    """The rows after the cursor, and the cursor after these (empty: there are no more)."""
    column = COLUMNS[sort.removeprefix("-")]
    falls = sort.startswith("-")
    order = F(column).desc(nulls_last=True) if falls else F(column).asc(nulls_last=True)
    after = rows.filter(_after(column, cursor, sort, falls=falls)) if cursor else rows
    found = list(after.order_by(order, "id")[: limit + 1])
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], _write(sort, getattr(last, column), last.id)


def _after(column: str, cursor: str, sort: Sort, *, falls: bool) -> Q:
    value, last_id = _read(cursor, sort, column)
    if value is None:
        return Q(**{f"{column}__isnull": True}, id__gt=last_id)
    beyond = Q(**{f"{column}__{'lt' if falls else 'gt'}": value})
    return beyond | Q(**{column: value}, id__gt=last_id) | Q(**{f"{column}__isnull": True})


def _write(sort: Sort, value: Any, last_id: UUID) -> str:
    place = [sort.value, value.isoformat() if isinstance(value, date) else value, last_id.hex]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def _read(cursor: str, sort: Sort, column: str) -> tuple[Any, UUID]:
    try:
        told, value, last_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        kind = DATES.get(column)
        if value is not None:
            value = kind.fromisoformat(value) if kind else int(value)
        place = value, UUID(hex=last_id)
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError, AttributeError) as error:
        raise CursorWrong("This page's address is not right any more.", mend="Start at the first page.") from error
    if told != sort.value:
        raise CursorWrong("This page belongs to another order.", mend="Start at the first page.")
    return place
