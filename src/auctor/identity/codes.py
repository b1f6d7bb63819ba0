"""One-time codes of RFC 4226 and RFC 6238: HMAC-SHA-1, six digits, half a minute. Pure."""

import base64
import hashlib
import hmac

STEP_SECONDS = 30
DIGITS = 6


def counter_at(seconds: float) -> int:
    """The time step that a moment (Unix seconds) lies in."""
    return int(seconds) // STEP_SECONDS


def code_of(seed: str, counter: int) -> str:
    """The code of one time step; the seed is in base 32."""
    digest = hmac.digest(base64.b32decode(seed, casefold=True), counter.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matches(seed: str, counter: int, typed: str) -> bool:
    """Whether the typed code is the one of this very step, compared in constant time. Older and newer ones are not."""
    return hmac.compare_digest(code_of(seed, counter), typed)


def normalise(typed: str) -> str:
    """What people type between the digits means nothing."""
    return "".join(character for character in typed if character.isascii() and character.isalnum())
