"""The signed context that the database believes.

A transaction says for whom it runs in `app.ctx` = workspace.user.member.role.expiry.hmac. A plain setting could be
changed by one SQL injection; this one is checked by a function of the owner against a key that no running
role can read.
"""

import hashlib
import hmac
import time

from auctor.tenancy.records import Actor, ActorKind

# A transaction that runs longer than this loses sight of its rows; no job is meant to.
LIFETIME_SECONDS = 3600
BLOCK = 64


def sign(actor: Actor, key: bytes, *, now: float | None = None) -> str:
    """The value of `app.ctx` for this actor: five fields and their HMAC-SHA-256 in hex."""
    role = "system" if actor.kind is ActorKind.SYSTEM else (actor.role or "")
    expiry = int(now if now is not None else time.time()) + LIFETIME_SECONDS
    ids = (actor.workspace_id, actor.user_id, actor.member_id)
    message = ".".join([*(str(i) if i else "" for i in ids), str(role), str(expiry)])
    return f"{message}.{hmac.new(key, message.encode(), hashlib.sha256).hexdigest()}"


def says_something(actor: Actor | None) -> bool:
    """Whether this actor's context opens anything that no context would not."""
    return actor is not None and (
        actor.kind is ActorKind.SYSTEM or actor.workspace_id is not None or actor.user_id is not None
    )


def padded(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer key of RFC 2104, so that the database needs nothing but `sha256`."""
    block = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
