"""The description of the API: OpenAPI 3.1, as the operations declare it, with the problems they may answer with."""

import json
from http import HTTPStatus
from typing import Any

from auctor.api import problem

# What any call may be answered with, whatever it asks for.
ALWAYS = (400, 401, 403, 405, 409, 413, 422, 429, 500, 503)
WITH_PATH_ID = (404,)
WRITES = (404,)
HEADERS = {
    401: {"WWW-Authenticate": "How to sign in."},
    405: {"Allow": "The methods of this address."},
    429: {"Retry-After": "Whole seconds until the next call counts."},
    503: {"Retry-After": "Whole seconds until it is worth trying again."},
}
NO_NUL = r"^[^\u0000]*$"
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` and `mend` are for people.",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail", "mend", "instance")},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "in": {"type": "array", "items": {"type": "string"}},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def complete(found: dict[str, Any]) -> dict[str, Any]:
    """The framework's description as plain JSON values, with everything that it does not know."""
    described: dict[str, Any] = json.loads(json.dumps(found))
    schemas = described["components"].setdefault("schemas", {})
    for name in [name for name in schemas if name.endswith("In")]:
        _close_texts(schemas[name]["properties"])
    schemas["Problem"] = PROBLEM
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            extra = (*(WITH_PATH_ID if "{" in path else ()), *(WRITES if method != "get" else ()))
            for status in sorted({*ALWAYS, *extra}):
                operation["responses"].setdefault(str(status), _answer(status))
            _close_queries(operation)
    return described


def _answer(status: int) -> dict[str, Any]:
    headers = {
        name: {"description": told, "required": True, "schema": {"type": "string"}}
        for name, told in HEADERS.get(status, {}).items()
    }
    return {
        "description": HTTPStatus(status).phrase,
        "content": {problem.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        **({"headers": headers} if headers else {}),
    }


def _close_texts(properties: dict[str, Any]) -> None:
    """`Strict` takes no NUL in a text; what has a form of its own says so itself."""
    for given in properties.values():
        for one in (given, *given.get("anyOf", ())):
            if one.get("type") == "string" and not {"pattern", "format", "enum", "const"} & set(one):
                one["pattern"] = NO_NUL


def _close_queries(operation: dict[str, Any]) -> None:
    """An optional parameter that is left out is left out: there is no word for null in a query."""
    for parameter in operation.get("parameters", ()):
        options = parameter["schema"].get("anyOf", ())
        named = [option for option in options if option != {"type": "null"}]
        if options and len(named) == 1:
            del parameter["schema"]["anyOf"]
            parameter["schema"] |= named[0]
