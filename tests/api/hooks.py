"""What schemathesis cannot know from the description; loaded by its command line."""

import re
from typing import Any
from uuid import uuid4

import schemathesis

FIT_KEY = re.compile(r"[!-~]{1,255}")
FIT_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,200}")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A key belongs to one request, and a cursor is only known from an answer; invented ones are left out."""
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and FIT_KEY.fullmatch(key):
        case.headers["Idempotency-Key"] = str(uuid4())
    cursor = case.query.get("cursor")
    if isinstance(cursor, str) and FIT_CURSOR.fullmatch(cursor):
        del case.query["cursor"]
