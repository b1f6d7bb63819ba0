"""Cursors."""

import pytest

from auctor.api.paging import CursorWrong, parse_cursor, parse_id_cursor, to_cursor
from auctor.kit.ids import uuid7


class TestParseCursor:
    @pytest.mark.parametrize("text", ["a", "ab", "abc", "\u00fc\u00df"])
    def test_reads_what_was_made(self, text: str) -> None:
        assert parse_cursor(to_cursor(text)) == text

    @pytest.mark.parametrize("text", ["a", "====", "\u00fc", "_w", "a b"])
    def test_refuses_what_was_not(self, text: str) -> None:
        with pytest.raises(CursorWrong):
            parse_cursor(text)


class TestParseIdCursor:
    def test_knows_the_first_page(self) -> None:
        assert parse_id_cursor("") is None

    def test_reads_an_id(self) -> None:
        made = uuid7()
        assert parse_id_cursor(to_cursor(str(made))) == made

    def test_refuses_what_is_no_id(self) -> None:
        with pytest.raises(CursorWrong):
            parse_id_cursor(to_cursor("no id"))
