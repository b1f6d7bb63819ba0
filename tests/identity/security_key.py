"""A security key made of code: a P-256 key that answers WebAuthn's two questions like one that hangs on a key ring."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

ORIGIN = "https://localhost"
PRESENT_AND_VERIFIED, HAS_CREDENTIAL = 0x05, 0x40


@dataclass
class SecurityKey:
    """One credential for `localhost`."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    identifier: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    counter: int = 0

    def create(self, options: dict[str, Any], *, origin: str = ORIGIN) -> str:
        """The answer to "make a credential", as the page posts it."""
        cose = ES256.from_cryptography_key(self.private.public_key())  # type: ignore[no-untyped-call]
        public = cbor.encode(dict(cose))
        head = bytes(16) + len(self.identifier).to_bytes(2, "big") + self.identifier + public
        data = self._authenticator_data(PRESENT_AND_VERIFIED | HAS_CREDENTIAL) + head
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options, origin)
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def get(self, options: dict[str, Any], *, origin: str = ORIGIN) -> str:
        """The answer to "prove that you hold it"."""
        self.counter += 1
        data = self._authenticator_data(PRESENT_AND_VERIFIED)
        client = self._client_data("webauthn.get", options, origin)
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signed})

    def _authenticator_data(self, flags: int) -> bytes:
        return hashlib.sha256(b"localhost").digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any], origin: str) -> bytes:
        challenge = options["publicKey"]["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        identifier = websafe_encode(self.identifier)
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        words = {"id": identifier, "rawId": identifier, "type": "public-key", "response": encoded}
        return json.dumps({**words, "clientExtensionResults": {}})
