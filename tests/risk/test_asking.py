"""The file of deals and moments, and the file with the answers."""

from datetime import UTC
from pathlib import Path
from uuid import uuid4

import pytest

from auctor.risk.asking import AskedWrong, read_asked

KNOWN = {"173688": uuid4(), "2": uuid4()}


def asked(folder: Path, text: str) -> Path:
    path = folder / "asked.csv"
    path.write_text(text)
    return path


class TestReadAsked:
    def test_keeps_the_order_and_the_texts(self, tmp_path: Path) -> None:
        found = read_asked(asked(tmp_path, "at,deal_id\n2026-03-01,2\n2026-01-01T09:00:00.5Z,173688\n"), KNOWN)
        assert found.names == ["2", "173688"]
        assert found.texts == ["2026-03-01", "2026-01-01T09:00:00.5Z"]
        assert found.moments[1].isoformat() == "2026-01-01T09:00:00.500000+00:00"

    def test_takes_a_mark_of_the_encoding_more_columns_any_order_and_the_same_row_twice(self, tmp_path: Path) -> None:
        text = (
            "\ufeffdeal_id,note,at\n2,x,2026-03-01T10:00:00+02:00\n173688,,2011-12-01\n2,x,2026-03-01T10:00:00+02:00\n"
        )
        found = read_asked(asked(tmp_path, text), KNOWN)
        assert found.names == ["2", "173688", "2"]
        assert found.moments[0] == found.moments[2]
        assert found.moments[0].astimezone(UTC).hour == 8

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ("deal,at\n", "line 1"),
            ("deal_id;at\n2;2026-03-01\n", "line 1"),
            ("deal_id,at\n2,2026-03-01\n9,2026-03-01\n", "line 3, column deal_id"),
            ("deal_id,at\n2,yesterday\n", "line 2, column at"),
            ("deal_id,at\n2,2026-03-01T09:00:00\n", "line 2, column at"),
            ("deal_id,at\n2,0001-01-01T00:00:00Z\n", "line 2, column at"),
            ("deal_id,at\n2\n", "line 2, column at"),
        ],
    )
    def test_names_file_line_and_column(self, tmp_path: Path, text: str, where: str) -> None:
        with pytest.raises(AskedWrong) as raised:
            read_asked(asked(tmp_path, text), KNOWN)
        assert raised.value.where == f"asked.csv, {where}"
