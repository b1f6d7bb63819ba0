"""Messages on the broker's socket: four bytes of length (big-endian), then one JSON object in UTF-8."""

import json
import struct
from typing import Any, ClassVar

from auctor.kit.errors import AuctorError

HEAD = struct.Struct(">I")
MOST_ASKED = 1024 * 1024
MOST_ANSWERED = 32 * 1024 * 1024
SOCKET = ("broker", "broker.sock")


class FrameWrong(AuctorError):
    """A message that is too long, cut off, or no JSON object."""

    code: ClassVar[str] = "connectors.frame_wrong"
    status: ClassVar[int] = 500


def pack(message: dict[str, Any]) -> bytes:
    """The bytes of one message."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return HEAD.pack(len(body)) + body


def length(head: bytes, *, most: int) -> int:
    """How many bytes follow. Raises `FrameWrong`."""
    if len(head) != HEAD.size:
        raise FrameWrong("A message was cut off.")
    (found,) = HEAD.unpack(head)
    if not 0 < found <= most:
        raise FrameWrong(f"A message of {found} bytes; {most} is the limit.")
    return int(found)


def unpack(body: bytes) -> dict[str, Any]:
    """The message in these bytes. Raises `FrameWrong`."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise FrameWrong("A message that is no JSON.") from None
    if not isinstance(found, dict):
        raise FrameWrong("A message that is no JSON object.")
    return found
