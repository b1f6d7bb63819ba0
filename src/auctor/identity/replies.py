"""Answers to writes of the API, so that a program that was cut off can ask again without doing it twice."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection

from auctor.identity.models import Reply as ReplyRow
from auctor.kit.errors import AuctorError
from auctor.tenancy.records import Actor

KEPT_FOR = timedelta(hours=24)
FIT_KEY = re.compile(r"[!-~]{1,255}")


class KeyRefused(AuctorError):
    """An `Idempotency-Key` that is empty, endless or not plain text."""

    code: ClassVar[str] = "identity.key_refused"
    status: ClassVar[int] = 400


class KeyReused(AuctorError):
    """The same key came with another request."""

    code: ClassVar[str] = "identity.key_reused"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it left."""

    status: int
    content_type: str
    body: bytes


def find_reply(actor: Actor, *, key: str, request: bytes, now: datetime) -> Reply | None:
    """The first answer to this key, None for a new one.

    `request` is a digest of method, address and body. A second request with the same key waits here until the first
    has ended. Raises `KeyReused` when the key came with another request before, `KeyRefused` for an unfit key.
    """
    if not FIT_KEY.fullmatch(key):
        raise KeyRefused("An Idempotency-Key has 1 to 255 visible ASCII characters, and no space.")
    digest = _digest(key)
    with connection.cursor() as cursor:
        lock = int.from_bytes(hashlib.sha256(str(actor.token_id).encode() + digest).digest()[:8], signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    row = ReplyRow.objects.filter(token_id=actor.token_id, key=digest, created_at__gt=now - KEPT_FOR).first()
    if row is None:
        return None
    if bytes(row.request) != request:
        raise KeyReused(
            "This Idempotency-Key was used for another request.", mend="Use a new key for every new request."
        )
    return Reply(row.status, row.content_type, row.body.encode())


def keep_reply(actor: Actor, *, key: str, request: bytes, reply: Reply, now: datetime) -> None:
    """Keep the answer for a day, in the transaction of the change; what is older leaves."""
    mine = ReplyRow.objects.filter(token_id=actor.token_id)
    mine.filter(created_at__lte=now - KEPT_FOR).delete()
    ReplyRow.objects.create(
        workspace_id=actor.workspace_id,
        token_id=actor.token_id,
        key=_digest(key),
        request=request,
        status=reply.status,
        content_type=reply.content_type,
        body=reply.body.decode(),
        created_at=now,
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
