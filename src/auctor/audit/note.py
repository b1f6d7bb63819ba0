"""Signed notes and checkpoints as C2SP writes them (signed-note, tlog-checkpoint, tlog-proof).

Written here for the signer; the verifier reads them with its own code, because it trusts nobody.
"""

import base64
from collections.abc import Sequence
from hashlib import sha256
from typing import ClassVar, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auctor.kit.errors import AuctorError

_ED25519 = b"\x01"
_DASH = "\u2014"


class NoteRefused(AuctorError):
    """The text is no checkpoint, or not one that this key signed."""

    code: ClassVar[str] = "audit.note_refused"
    status: ClassVar[int] = 422


class Checkpoint(NamedTuple):
    """One state of the instance's tree; `origin` names the log and its epoch."""

    origin: str
    size: int
    root: bytes


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes that verify what `key` signs."""
    return key.public_key().public_bytes_raw()


def format_key(origin: str, public: bytes) -> str:
    """The verifier key `name+id+base64` that readers keep."""
    key_id = _key_id(origin, public).hex()
    return f"{origin}+{key_id}+{_to64(_ED25519 + public)}"


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note, with one signature under the origin's name."""
    if any(sign.isspace() or sign == "+" for sign in checkpoint.origin) or not checkpoint.origin:
        raise NoteRefused(f"The origin {checkpoint.origin!r} is empty or holds a space or a plus sign.")
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_to64(checkpoint.root)}\n"
    signature = _key_id(checkpoint.origin, public_bytes(key)) + key.sign(text.encode())
    return f"{text}\n{_DASH} {checkpoint.origin} {_to64(signature)}\n"


def open_checkpoint(note: str, public: bytes) -> Checkpoint:
    """The checkpoint in a note; NoteRefused when its form or its signature is wrong."""
    try:
        text, signatures = note.split("\n\n")
        origin, size, root = text.split("\n")
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        _verify(f"{text}\n", signatures, origin, public)
    except (ValueError, InvalidSignature) as error:
        raise NoteRefused("This is no checkpoint that the key of this log signed.") from error
    return checkpoint


def format_proof(packed_head: bytes, index: int, path: Sequence[bytes], note: str) -> str:
    """A head with its path to a checkpoint (C2SP tlog-proof): what a reader keeps."""
    hashes = "".join(f"{_to64(node)}\n" for node in path)
    return f"c2sp.org/tlog-proof@v1\nextra {_to64(packed_head)}\nindex {index}\n{hashes}\n{note}"


def _verify(text: str, signatures: str, origin: str, public: bytes) -> None:
    for line in signatures.splitlines():
        dash, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if (dash, name) == (_DASH, origin) and raw[:4] == _key_id(origin, public):
            return Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
    raise InvalidSignature


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _to64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
