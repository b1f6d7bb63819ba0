"""The algorithm of RFC 6238 against its own test vectors."""

import base64

import pytest

from auctor.identity import codes

SEED = base64.b32encode(b"12345678901234567890").decode()


class TestCodeOf:
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [
            (59, "287082"),
            (1111111109, "081804"),
            (1111111111, "050471"),
            (1234567890, "005924"),
            (2000000000, "279037"),
            (20000000000, "353130"),
        ],
    )
    def test_gives_the_codes_of_the_standard(self, seconds: int, code: str) -> None:
        assert codes.code_of(SEED, codes.counter_at(seconds)) == code


class TestMatches:
    def test_knows_this_step_only(self) -> None:
        code = codes.code_of(SEED, 1000)
        assert codes.matches(SEED, 1000, code)
        assert not codes.matches(SEED, 999, code)
        assert not codes.matches(SEED, 1001, code)


class TestNormalise:
    @pytest.mark.parametrize("typed", ["123 456", " 123-456\n", "123456"])
    def test_ignores_what_people_type_between(self, typed: str) -> None:
        assert codes.normalise(typed) == "123456"
