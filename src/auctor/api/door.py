"""How operations are declared: each names its permission and refuses what it does not know.

door = Door(tags=["members"])

@door.read("/members", permission=Permission.MEMBER_READ, response=MemberPage)
def list_members(request: ApiRequest, page: Query[Paging]) -> MemberPage: ...
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.constants import NOT_SET
from pydantic import BaseModel, ConfigDict, field_validator

from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

Function = Callable[..., Any]


class ApiRequest(HttpRequest):
    """A request that passed the entrance."""

    actor: Actor


class UnknownParameter(AuctorError):
    """A query parameter that the operation does not have."""

    code: ClassVar[str] = "api.unknown_parameter"
    status: ClassVar[int] = 400


class Strict(Schema):
    """A body that refuses fields it does not know, texts without end and the character that no text holds."""

    model_config = ConfigDict(extra="forbid", str_max_length=10_000)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_nul(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("a text holds no NUL character")
        return value


class Door(Router):
    """A router whose operations each name their permission."""

    def read(self, path: str, *, permission: Permission, response: Any = NOT_SET, **words: Any) -> Function:
        """Declare a GET."""
        return self._operation("GET", path, permission=permission, response=response, **words)

    def write(
        self, path: str, *, permission: Permission, method: str = "POST", response: Any = NOT_SET, **words: Any
    ) -> Function:
        """Declare an operation that changes something; it honours `Idempotency-Key`."""
        return self._operation(method, path, permission=permission, response=response, **words)

    def _operation(self, method: str, path: str, *, permission: Permission, **words: Any) -> Function:
        def declare(function: Function) -> Function:
            extra = {"x-permission": permission.value}
            described = extra if method == "GET" else {**extra, "parameters": [IDEMPOTENCY]}
            self.add_api_operation(path, [method], _guard(function, permission), openapi_extra=described, **words)
            return function

        return declare


def _guard(function: Function, permission: Permission) -> Function:
    known = _query_parameters(function)

    @functools.wraps(function)
    def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
        unknown = sorted(set(request.GET) - known)
        if unknown:
            raise UnknownParameter(
                f"There is no query parameter {unknown[0][:40]!r} here.",
                mend="The parameters are in /api/v1/openapi.json.",
            )
        require(request.actor, permission)
        return function(request, *args, **kwargs)

    guarded.permission = permission  # type: ignore[attr-defined]  # read by the architecture tests
    return guarded


def _query_parameters(function: Function) -> frozenset[str]:
    """Names in the `Query[...]` models of a function; operations take query parameters in no other way."""
    names: set[str] = set()
    for parameter in inspect.signature(function).parameters.values():
        for part in getattr(parameter.annotation, "__args__", None) or (parameter.annotation,):
            if isinstance(part, type) and issubclass(part, BaseModel) and "Query" in repr(parameter.annotation):
                names |= set(part.model_fields)
    return frozenset(names)


IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key with the same request gives the first answer again, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
