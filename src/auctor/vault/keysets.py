"""Tink keysets as bytes: made, grown, switched, trimmed. Pure; knows no file and no workspace.

Tink has no keyset manager in Python, so its protocol buffer is edited here and nowhere else. The order of
keys in a keyset is the order of their birth, and where its primary stands says how far a rotation has come:

steady      one key
announced   a newer key stands behind the primary: everybody can open with it, nobody seals with it yet
switched    the primary is the newest; older keys only open
"""

import secrets
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

import tink
from tink import aead, core, prf, secret_key_access
from tink.proto import tink_pb2

aead.register()
prf.register()

_LARGEST_KEY_ID = 2**31 - 1


class Aead(Protocol):
    """Tink's authenticated encryption."""

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Nonce, ciphertext, tag."""

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """Raises `tink.TinkError`."""


class Digester(Protocol):
    """Tink's pseudo-random function under one key."""

    def compute(self, input_data: bytes, output_length: int) -> bytes:
        """As many bytes as were asked for, at most 32."""


class Stage(StrEnum):
    """How far the rotation of a keyset has come."""

    STEADY = "steady"
    ANNOUNCED = "announced"
    SWITCHED = "switched"


@dataclass(frozen=True, slots=True)
class Keysets:
    """What one workspace has for one purpose: a keyset to seal with and one for blind indexes.

    They are kept and rotated as one value, so that a process never sees one of them newer than the other.
    """

    seal: bytes
    index: bytes

    @classmethod
    def new(cls) -> Self:
        """Fresh keys."""
        return cls(new_aead_keyset(), new_index_keyset())

    @classmethod
    def from_bytes(cls, packed: bytes) -> Self:
        """The inverse of `to_bytes`."""
        (length,) = struct.unpack_from(">I", packed)
        return cls(packed[4 : 4 + length], packed[4 + length :])

    def to_bytes(self) -> bytes:
        """Four bytes of length, the sealing keyset, the index keyset."""
        return struct.pack(">I", len(self.seal)) + self.seal + self.index

    @property
    def stage(self) -> Stage:
        """How far the rotation of both has come."""
        return stage(self.seal)

    def announce(self) -> "Keysets":
        """Both grown by a key that is not used yet."""
        return Keysets(announce(self.seal), announce(self.index))

    def switch(self) -> "Keysets":
        """The newest key of both is the primary."""
        return Keysets(switch(self.seal), switch(self.index))

    def drop_old(self) -> "Keysets":
        """Only the primaries are left."""
        return Keysets(drop_old(self.seal), drop_old(self.index))


def new_aead_keyset() -> bytes:
    """AES-256-GCM. Random nonces of 96 bits: one key may seal 2^32 values; see docs/explain/keys.md."""
    return _new(aead.aead_key_templates.AES256_GCM)


def new_index_keyset() -> bytes:
    """HMAC-SHA-256."""
    return _new(prf.prf_key_templates.HMAC_SHA256)


def announce(keyset: bytes) -> bytes:
    """A new key of the same kind at the end; the primary stays."""
    proto = _parse(keyset)
    fresh = _parse(_new(_template_of(proto))).key[0]
    taken = {key.key_id for key in proto.key}
    while fresh.key_id in taken:
        fresh.key_id = 1 + secrets.randbelow(_LARGEST_KEY_ID)
    proto.key.append(fresh)
    return bytes(proto.SerializeToString())


def switch(keyset: bytes) -> bytes:
    """The newest key becomes the primary."""
    proto = _parse(keyset)
    proto.primary_key_id = proto.key[-1].key_id
    return bytes(proto.SerializeToString())


def drop_old(keyset: bytes) -> bytes:
    """Only the primary stays."""
    proto = _parse(keyset)
    kept = [key for key in proto.key if key.key_id == proto.primary_key_id]
    del proto.key[:]
    proto.key.extend(kept)
    return bytes(proto.SerializeToString())


def stage(keyset: bytes) -> Stage:
    """How far its rotation has come."""
    proto = _parse(keyset)
    if proto.key[-1].key_id != proto.primary_key_id:
        return Stage.ANNOUNCED
    return Stage.STEADY if len(proto.key) == 1 else Stage.SWITCHED


def primary_id(keyset: bytes) -> int:
    """The id of the key that is used for new values."""
    return int(_parse(keyset).primary_key_id)


def aead_of(keyset: bytes) -> Aead:
    """Tink's own primitive over all keys; its values carry Tink's prefix."""
    handle = tink.proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
    primitive: Aead = handle.primitive(aead.Aead)
    return primitive


def aeads_by_id(keyset: bytes) -> dict[int, Aead]:
    """One primitive per key without any prefix: the caller writes and reads the key id itself."""
    return {key.key_id: core.Registry.primitive(key.key_data, aead.Aead) for key in _parse(keyset).key}


def digesters(keyset: bytes) -> list[Digester]:
    """One pseudo-random function per key, the primary first."""
    handle = tink.proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
    functions = handle.primitive(prf.PrfSet).all()
    first = primary_id(keyset)
    return [functions[first], *(function for key_id, function in functions.items() if key_id != first)]


def _new(template: Any) -> bytes:
    handle = tink.new_keyset_handle(template)
    return bytes(tink.proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def _template_of(proto: Any) -> Any:
    known = (aead.aead_key_templates.AES256_GCM, prf.prf_key_templates.HMAC_SHA256)
    return next(template for template in known if template.type_url == proto.key[0].key_data.type_url)


def _parse(keyset: bytes) -> Any:
    return tink_pb2.Keyset.FromString(keyset)
