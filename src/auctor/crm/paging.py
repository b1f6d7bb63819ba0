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
    """The rows after the cursor, and the cursor after these (empty: there are no more).

    Rows that have a value and rows that lack it are two questions, because each alone follows an index.
    """
    column = COLUMNS[sort.removeprefix("-")]
    falls = sort.startswith("-")
    value, last_id = _read(cursor, sort, column) if cursor else (None, None)
    found: list[Deal] = []
    if not cursor or value is not None:
        # No row here lacks the value; the words are those of the index, which is read backwards but for amounts.
        falling = F(column).desc(nulls_last=True) if column == "amount_now" else F(column).desc()
        order = falling if falls else F(column).asc()
        valued = rows.filter(**{f"{column}__isnull": False})
        if value is not None:
            beyond = {f"{column}__{'lt' if falls else 'gt'}": value}
            valued = valued.filter(**{f"{column}__{'lte' if falls else 'gte'}": value})
            valued = valued.filter(Q(**beyond) | Q(id__gt=last_id))
        found = list(valued.order_by(order, "id")[: limit + 1])
    if len(found) <= limit:
        without = rows.filter(**{f"{column}__isnull": True}).order_by("id")
        after = without.filter(id__gt=last_id) if cursor and value is None else without
        found += after[: limit + 1 - len(found)]
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], _write(sort, getattr(last, column), last.id)


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
