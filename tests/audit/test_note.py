"""Signed notes: what the signer writes, the signer and the verifier read alike."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auctor.audit import note, verify
from tests.audit.forge import KEY

PUBLIC = note.public_bytes(KEY)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
CHECKPOINT = note.Checkpoint("auctor.example/log", 20852163, b"r" * 32)
SIGNED = note.sign_checkpoint(CHECKPOINT, KEY)


class TestSignCheckpoint:
    def test_writes_origin_size_root_and_one_signature(self) -> None:
        lines = SIGNED.split("\n")
        assert lines[:4] == ["auctor.example/log", "20852163", base64.b64encode(b"r" * 32).decode(), ""]
        assert lines[4].startswith("— auctor.example/log ")
        assert lines[5:] == [""]

    def test_is_read_by_the_verifier(self) -> None:
        assert verify.open_checkpoint(SIGNED, PUBLIC) == tuple(CHECKPOINT)

    @pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb"])
    def test_refuses_an_origin_that_no_reader_could_part(self, origin: str) -> None:
        with pytest.raises(note.NoteRefused, match="origin"):
            note.sign_checkpoint(note.Checkpoint(origin, 1, b"r" * 32), KEY)


class TestOpenCheckpoint:
    def test_reads_what_was_signed(self) -> None:
        assert note.open_checkpoint(SIGNED, PUBLIC) == CHECKPOINT

    def test_ignores_the_signatures_of_witnesses(self) -> None:
        witnessed = SIGNED + "— witness.example " + base64.b64encode(b"w" * 76).decode() + "\n"
        assert note.open_checkpoint(witnessed, PUBLIC) == CHECKPOINT
        assert verify.open_checkpoint(witnessed, PUBLIC) == tuple(CHECKPOINT)

    @pytest.mark.parametrize(
        "text",
        [
            SIGNED.replace("20852163", "20852164"),
            SIGNED.replace("auctor.example/log\n2", "auctor.example/lag\n2"),
            note.sign_checkpoint(CHECKPOINT, OTHER),
            SIGNED.split("—")[0],
        ],
        ids=["size", "origin", "key", "unsigned"],
    )
    def test_refuses_what_the_key_did_not_sign(self, text: str) -> None:
        with pytest.raises(note.NoteRefused):
            note.open_checkpoint(text, PUBLIC)
        with pytest.raises(InvalidSignature):
            verify.open_checkpoint(text, PUBLIC)

    @pytest.mark.parametrize("text", ["", "a\nb\nc\n\n— a b\n", "x" * 100, "a\n-1\nYQ==\n\n"])
    def test_refuses_what_is_no_checkpoint(self, text: str) -> None:
        with pytest.raises(note.NoteRefused):
            note.open_checkpoint(text, PUBLIC)
        with pytest.raises(ValueError, match=r"checkpoint|base64|hash"):
            verify.open_checkpoint(text, PUBLIC)


class TestFormatKey:
    def test_is_read_by_the_verifier(self) -> None:
        assert verify.parse_key(note.format_key("auctor.example/log", PUBLIC)) == PUBLIC

    @pytest.mark.parametrize("text", ["", "a+b", "a+b+AA==", "a+b+" + base64.b64encode(b"\x02" * 33).decode()])
    def test_the_verifier_refuses_other_keys(self, text: str) -> None:
        with pytest.raises(ValueError, match="verifier key"):
            verify.parse_key(text)
