"""What travels with a job: ids, never content, and a seal.

The running role may write the table of jobs, so whoever could inject SQL could enqueue work in another workspace.
The seal (HMAC-SHA-256 under the installation's context key) makes such a row useless.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from django.conf import settings

from auctor.kit.errors import AuctorError
from auctor.tenancy.records import INSTANCE_ID, Actor

Id = UUID | int | str

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Ids and codes; no capital, no blank, no at sign: names, addresses and texts do not fit.
_VALUE = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}")
_REQUEST = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
OURS = frozenset({"workspace_id", "asked_by", "request_id", "seal"})
_RESERVED = OURS | {"run_at", "lock", "now", "actor", "name"}


class ArgumentRefused(AuctorError):
    """An argument of a job is not an id."""

    code: ClassVar[str] = "jobs.argument_refused"
    status: ClassVar[int] = 500


class OrderForged(AuctorError):
    """A job that this installation did not enqueue, or that was changed since."""

    code: ClassVar[str] = "jobs.order_forged"
    status: ClassVar[int] = 403


@dataclass(frozen=True, slots=True)
class Order:
    """One job as asked for. `workspace_id` is None for work of the installation itself."""

    workspace_id: UUID | None
    request_id: str
    ids: dict[str, str]

    def actor(self, name: str) -> Actor:
        """The product itself in the workspace of the job, under the job's name."""
        return replace(Actor.system(self.workspace_id, name), request_id=self.request_id)


def check_ids(ids: Mapping[str, Id]) -> dict[str, str]:
    """The ids as strings. Raises `ArgumentRefused` naming the first that is none, without its value."""
    checked = {}
    for key, value in ids.items():
        text = "" if isinstance(value, bool) else str(value)
        if not _KEY.fullmatch(key) or key in _RESERVED or not _VALUE.fullmatch(text):
            raise ArgumentRefused(f"The argument {key[:40]!r} of a job is not an id.", mend="Pass the id of a row.")
        checked[key] = text
    return checked


def pack(actor: Actor, name: str, ids: Mapping[str, str]) -> dict[str, str]:
    """The sealed arguments as they are stored."""
    packed = {
        "workspace_id": str(actor.workspace_id or INSTANCE_ID),
        "asked_by": str(actor.member_id or ""),
        "request_id": actor.request_id if _REQUEST.fullmatch(actor.request_id) else "",
        **ids,
    }
    return {**packed, "seal": _seal(name, packed)}


def unpack(name: str, arguments: Mapping[str, object]) -> Order:
    """The order behind stored arguments. Raises `OrderForged` unless the seal is ours and fits."""
    packed = {key: str(value) for key, value in arguments.items() if key != "seal"}
    if not hmac.compare_digest(str(arguments.get("seal", "")), _seal(name, packed)):
        raise OrderForged("This job was not enqueued by this installation.", where=name)
    workspace_id = UUID(packed["workspace_id"])
    return Order(
        workspace_id=None if workspace_id == INSTANCE_ID else workspace_id,
        request_id=packed["request_id"],
        ids={key: value for key, value in packed.items() if key not in OURS},
    )


def _seal(name: str, packed: Mapping[str, str]) -> str:
    content = json.dumps([name, sorted(packed.items())], separators=(",", ":"))
    return hmac.new(settings.AUCTOR_CONTEXT_KEY, b"job:" + content.encode(), hashlib.sha256).hexdigest()
