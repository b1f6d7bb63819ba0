"""Values of a query."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from auctor.api.values import FIRST, LAST, Flag, Id, Moment
from auctor.kit.ids import uuid7


class TestMoment:
    @pytest.mark.parametrize("text", ["2026-03-02T09:30:00Z", "2026-03-02t10:30:00.000+01:00"])
    def test_reads(self, text: str) -> None:
        assert TypeAdapter(Moment).validate_python(text) == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text", ["", "0", "0.5", "1772443800", "2026-03-02", "2026-03-02 09:30:00Z", "2026-03-02T09:30:00", "now"]
    )
    def test_refuses(self, text: str) -> None:
        refuse(Moment, text)

    @pytest.mark.parametrize(
        ("text", "end"),
        [("0001-01-01T00:00:00+14:00", FIRST), ("9999-12-31T23:59:59.999999-14:00", LAST)],
    )
    def test_stays_within_the_years_there_are(self, text: str, end: datetime) -> None:
        assert TypeAdapter(Moment).validate_python(text) == end


class TestId:
    def test_reads_either_case(self) -> None:
        made = uuid7()
        assert TypeAdapter(Id).validate_python(str(made).upper()) == made

    @pytest.mark.parametrize("text", ["", "x", "urn:uuid:018f0000-0000-7000-8000-00000000ac3e", "018f" * 8])
    def test_refuses(self, text: str) -> None:
        refuse(Id, text)


class TestFlag:
    def test_reads_two_words(self) -> None:
        assert [TypeAdapter(Flag).validate_python(word) for word in ("true", "false")] == [True, False]

    @pytest.mark.parametrize("text", ["", "1", "yes", "on", "TRUE", "null"])
    def test_refuses(self, text: str) -> None:
        refuse(Flag, text)


def refuse(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)
