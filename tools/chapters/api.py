"""Operations of the API, from its OpenAPI description."""

from collections.abc import Iterator
from typing import Any

from tools.chapters.markdown import Chapter, code, table

SOURCE = "auctor.api.application"
ABOUT = (
    "The API stands under `/api/v1/`; its full description (OpenAPI 3.1) is served at `/api/v1/openapi.json`. "
    "A program signs in with a token that a member made: `Authorization: Bearer …`. Errors are problem documents "
    "(RFC 9457) whose `code` is one of the [error codes](errors.md). Lists are paged by cursor. Writes take an "
    "`Idempotency-Key`: the same key with the same body gives the first answer again."
)


def chapter() -> Chapter:
    """The page of operations."""
    from auctor.api.application import describe

    return Chapter("api", "API", ABOUT, table(["Operation", "Permission", "What it does"], rows(describe())))


def rows(description: dict[str, Any]) -> Iterator[list[str]]:
    """One row for each operation, in the order of the description."""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            if method in ("get", "post", "put", "patch", "delete"):
                told = operation.get("description") or operation.get("summary") or ""
                yield [code(f"{method.upper()} {path}"), code(operation.get("x-permission", "")), told.split("\n\n")[0]]
