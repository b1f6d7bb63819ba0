"""How the bytes of a file are read."""

import csv
import io

import pytest

from auctor.crm.importing.encoding import delimiter_of, guess, to_utf8
from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import Table, read_csv

TEXT = 'deal_id,name\n1,"Zoë, \u00dcber"\n2,"two\nlines"\n'


def rows(content: bytes) -> list[tuple[object, ...]]:
    problems = Problems()
    table = read_csv("deals.csv", content, problems)
    assert table is not None, problems.shown
    return table.frame.rows()


def parted_by(delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(csv.reader(io.StringIO(TEXT)))
    return out.getvalue()


class TestToUtf8:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_gives_what_a_spreadsheet_wrote(self, encoding: str, delimiter: str) -> None:
        assert rows(parted_by(delimiter).encode(encoding)) == [("1", "Zoë, Über"), ("2", "two\nlines")]

    def test_reads_either_order_of_bytes(self) -> None:
        for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            assert to_utf8(mark + TEXT.encode(encoding)) == TEXT.encode()

    def test_leaves_a_cut_end_be_where_only_the_head_is_asked(self) -> None:
        cut = ("\ufeff" + TEXT).encode("utf-16-le")[:-1]
        assert to_utf8(cut, is_whole=False).startswith(b"deal_id,name")
        with pytest.raises(UnicodeDecodeError):
            to_utf8(cut)


class TestDelimiterOf:
    @pytest.mark.parametrize(
        ("header", "delimiter"),
        [("a,b", ","), ("a;b", ";"), ("a\tb", "\t"), ("a", ","), ("a;b,c", ","), ('"a;b",c', ","), ('"a,b";c', ";")],
    )
    def test_is_what_parts_the_header(self, header: str, delimiter: str) -> None:
        assert delimiter_of(f"{header}\n1;2,3\n".encode()) == delimiter

    def test_finds_lines_behind_line_breaks_in_cells(self) -> None:
        found = read_csv("deals.csv", b'deal_id;name\n1;"two\nlines"\n\n2;x\n', Problems())
        assert isinstance(found, Table)
        assert found.lines([0, 1]) == [2, 5]


class TestGuess:
    @pytest.mark.parametrize(
        ("encoding", "told"), [("cp1252", "Windows-1252"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")]
    )
    def test_says_what_it_may_be(self, encoding: str, told: str) -> None:
        problems = Problems()
        content = TEXT.encode(encoding)
        assert told in guess(content)
        assert read_csv("deals.csv", content, problems) is None
        assert told in problems.shown[0].mend
