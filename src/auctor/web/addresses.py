"""Addresses that keep what a reader has chosen."""

from collections.abc import Sequence

from django.http import HttpRequest, QueryDict


def query_with(query: QueryDict, *, drop: Sequence[str] = (), **changes: str) -> str:
    """The query string with some values replaced and others dropped, beginning with `?`."""
    copy = query.copy()
    for key in (*drop, *(key for key, value in changes.items() if not value)):
        copy.pop(key, None)
    for key, value in changes.items():
        if value:
            copy[key] = value
    return f"?{copy.urlencode()}"


def is_navigation(request: HttpRequest) -> bool:
    """Whether a person went there. Browsers say so; programs that say nothing are believed."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of a page asks for its replacement (htmx)."""
    return request.headers.get("HX-Request") == "true"
