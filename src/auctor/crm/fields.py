"""A sealed field for what is not text."""

from typing import Any

from auctor.vault.fields import SealedField, SealedFieldMisused


class SealedBytesField(SealedField):
    """Bytes as they came."""

    def encode(self, value: Any) -> bytes:
        """As they are. Raises `SealedFieldMisused` for anything else."""
        if not isinstance(value, bytes):
            raise SealedFieldMisused(f"{self._name()} takes bytes, not {type(value).__name__}.")
        return value

    def decode(self, plaintext: bytes) -> bytes:
        """As they are."""
        return plaintext
