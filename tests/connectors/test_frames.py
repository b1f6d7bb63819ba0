"""Messages on the broker's socket."""

import pytest

from auctor.connectors import frames


class TestFrames:
    def test_come_out_as_they_went_in(self) -> None:
        packed = frames.pack({"op": "ä", "n": 1})
        size = frames.length(packed[:4], most=100)
        assert size == len(packed) - 4
        assert frames.unpack(packed[4:]) == {"op": "ä", "n": 1}

    @pytest.mark.parametrize("head", [b"", b"\0\0\0", b"\0\0\0\0", b"\xff\xff\xff\xff"])
    def test_refuse_a_length_that_cannot_be(self, head: bytes) -> None:
        with pytest.raises(frames.FrameWrong):
            frames.length(head, most=100)

    @pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b"[" * 100_000])
    def test_refuse_what_is_no_object(self, body: bytes) -> None:
        with pytest.raises(frames.FrameWrong):
            frames.unpack(body)
