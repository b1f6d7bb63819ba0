"""Ask the broker. Web server and worker come no nearer to a vendor than this, and never see a token."""

import socket
from pathlib import Path
from typing import Any

from django.conf import settings

from auctor.connectors import frames, refusals
from auctor.connectors.refusals import BrokerAway
from auctor.tenancy.records import Actor

# Longer than the broker itself takes for a call with all its repetitions.
SECONDS = 120.0


def ask(actor: Actor, op: str, **words: Any) -> dict[str, Any]:
    """One operation of the broker's closed set, for this actor. Raises a `VendorError`, `BrokerAway` among them."""
    asked = {"op": op, "actor": _actor(actor), **words}
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(SECONDS)
            line.connect(str(Path(settings.AUCTOR_DATA).joinpath(*frames.SOCKET)))
            line.sendall(frames.pack(asked))
            size = frames.length(_read(line, frames.HEAD.size), most=frames.MOST_ANSWERED)
            answer = frames.unpack(_read(line, size))
    except OSError as error:
        raise BrokerAway(
            f"The broker, which makes all calls to vendors, does not answer ({type(error).__name__}).",
            mend="Start it: auctor broker.",
        ) from None
    if "error" in answer:
        raise refusals.from_words(answer["error"])
    return answer


def _read(line: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(min(size - len(parts), 1 << 16))
        if not part:
            raise BrokerAway("The broker ended in the middle of an answer.", mend="Try again.")
        parts += part
    return bytes(parts)


def _actor(actor: Actor) -> dict[str, str]:
    ids = {"workspace": actor.workspace_id, "user": actor.user_id, "member": actor.member_id, "token": actor.token_id}
    words = {"kind": actor.kind.value, "name": actor.name, "request": actor.request_id, "address": actor.address}
    return {**words, "role": actor.role or "", **{name: str(value or "") for name, value in ids.items()}}
