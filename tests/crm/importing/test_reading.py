"""Files are read exactly, and every problem names its line."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import FolderUnusable, Source, find_sources, read, read_csv

DEALS = "deal_id,name\n1,One\n"


def problem(content: bytes) -> tuple[int, str]:
    """Line and expectation of the first problem of a file."""
    problems = Problems()
    read_csv("deals.csv", content, problems)
    return problems.shown[0].line, problems.shown[0].expected


class TestFindSources:
    def test_takes_packed_and_plain_files(self, tmp_path: Path) -> None:
        (tmp_path / "deals.csv").write_text(DEALS)
        (tmp_path / "owners.csv.gz").write_bytes(gzip.compress(b"owner_id\n1\n"))
        (tmp_path / "README.txt").write_text("hello")
        assert set(find_sources(tmp_path)) == {"deals", "owners"}

    @pytest.mark.parametrize("extra", ["deals.parquet", "deal.csv"])
    def test_refuses_a_name_twice_or_unknown(self, tmp_path: Path, extra: str) -> None:
        (tmp_path / "deals.csv").write_text(DEALS)
        (tmp_path / extra).write_text("")
        with pytest.raises(FolderUnusable):
            find_sources(tmp_path)

    def test_refuses_a_folder_without_deals(self, tmp_path: Path) -> None:
        with pytest.raises(FolderUnusable, match="no deals"):
            find_sources(tmp_path)


class TestReadCsv:
    def test_keeps_cells_as_they_stand(self) -> None:
        table = read_csv("deals.csv", b'\xef\xbb\xbfdeal_id,name\r\n1,"a ""b"", c"\r\n2,\r\n', Problems())
        assert table is not None
        assert table.frame.rows() == [("1", 'a "b", c'), ("2", None)]

    def test_finds_the_line_of_a_row_behind_cells_with_line_breaks(self) -> None:
        table = read_csv("deals.csv", b'deal_id,name\n1,"two\nlines"\n\n2,x\n3,y\n', Problems())
        assert table is not None
        assert table.lines([0, 1, 2]) == [2, 5, 6]

    def test_names_the_line_with_too_few_cells(self) -> None:
        assert problem(b"a,b\n1,2\n3\n") == (3, "as many cells as the header has")

    def test_names_the_line_with_other_bytes_than_utf8(self) -> None:
        assert problem(b"a,b\n1,2\n3,\xff\n") == (3, "text in UTF-8")

    def test_names_the_line_of_a_quote_that_is_never_closed(self) -> None:
        assert problem(b'a,b\n1,2\n3,"x\n4,5\n')[1] == "a quote that is closed"

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"a,a\n1,2\n", b"a,\n1,2\n"])
    def test_refuses_a_header_that_names_nothing_or_twice(self, content: bytes) -> None:
        assert problem(content)[0] <= 1


class TestRead:
    def test_reads_parquet_as_text(self, tmp_path: Path) -> None:
        frame = pl.DataFrame({"deal_id": [1], "amount": [2.5], "created_at": ["2026-01-02T03:04:05Z"]})
        frame.with_columns(pl.col("created_at").str.to_datetime(time_zone="UTC")).write_parquet(
            tmp_path / "deals.parquet"
        )
        table = read(Source("deals", tmp_path / "deals.parquet"), Problems())
        assert table is not None
        assert table.frame.row(0) == ("1", "2.5", "2026-01-02T03:04:05.000000Z")

    @pytest.mark.parametrize("name", ["deals.csv.gz", "deals.parquet"])
    def test_notes_a_file_that_is_cut_off(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(gzip.compress(b"deal_id\n1\n" * 100)[:-9])
        problems = Problems()
        assert read(Source("deals", tmp_path / name), problems) is None
        assert problems.shown[0].expected == "a file that can be read"
