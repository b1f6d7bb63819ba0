"""Pages by cursor: the cursor says where the last page ended and is nobody's business to read."""

import base64
import binascii
from typing import ClassVar
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict

from auctor.kit.errors import AuctorError

LONGEST_NUMBER = 9


class CursorWrong(AuctorError):
    """A cursor that we did not make."""

    code: ClassVar[str] = "api.cursor_wrong"
    status: ClassVar[int] = 400


class Paging(Schema):
    """The query of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="Most rows of one page.")
    cursor: str = Field(
        "", max_length=200, pattern=r"^[A-Za-z0-9_-]*$", description="`next_cursor` of the page before."
    )


def to_cursor(value: str) -> str:
    """A cursor from the words of a query."""
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def parse_cursor(cursor: str) -> str:
    """Back to the query's words; raises `CursorWrong`."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise CursorWrong("This cursor was not made here.", mend="Start again without a cursor.") from None


def parse_id_cursor(cursor: str) -> UUID | None:
    """A cursor over ids; None for the first page."""
    if not cursor:
        return None
    try:
        return UUID(parse_cursor(cursor))
    except ValueError:
        raise CursorWrong("This cursor was not made here.", mend="Start again without a cursor.") from None


def parse_number_cursor(cursor: str) -> int:
    """A cursor over places in a list; 0 for the first page. Raises `CursorWrong`."""
    told = parse_cursor(cursor) if cursor else "0"
    if not told.isascii() or not told.isdigit() or len(told) > LONGEST_NUMBER:
        raise CursorWrong("This cursor was not made here.", mend="Start again without a cursor.")
    return int(told)
