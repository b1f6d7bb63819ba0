"""Files to columns of text, exactly as they stand there. Knows no meaning.

A cell that is empty is null. Lines are counted as an editor counts them, also where a cell holds line breaks; in a
parquet file the line is the number of the row.
"""

import csv
import gzip
import io
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from auctor.crm.importing.encoding import LOOKED_AT, delimiter_of, guess, to_utf8
from auctor.crm.importing.form import FORMS
from auctor.crm.importing.problems import Problems, Rule
from auctor.kit.errors import AuctorError

SUFFIXES = (".csv", ".csv.gz", ".parquet")
# Beyond this a file is not unpacked: a small archive can hold an endless one.
LARGEST_BYTES = 4 * 2**30
LARGEST_LINE_BYTES = 64 * 2**20
PIECE = 2**22
UTF8 = "text in UTF-8"
WHOLE_LINE = Rule("as many cells as the header has", "Quote cells that hold commas or line breaks.")
CLOSED_QUOTE = Rule("a quote that is closed", "Double every quote inside a quoted cell.")
READABLE = Rule("a file that can be read", "Export it again; it may be cut off.")


class FolderUnusable(AuctorError):
    """The folder cannot be imported at all."""

    code: ClassVar[str] = "crm.folder_unusable"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the folder: `name` is its name in the form, `label` how people know it."""

    name: str
    path: Path

    @property
    def label(self) -> str:
        """The file's own name."""
        return self.path.name


@dataclass(slots=True)
class Table:
    """The cells of a file as text, with how to find a row's line again.

    `origin` are the rows of the file that the frame's rows were made of, `shown` the file's own names of columns.
    """

    label: str
    frame: pl.DataFrame
    content: bytes | None
    left_out: Sequence[int] = ()
    origin: Sequence[int] | None = None
    shown: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","

    def lines(self, rows: Iterable[int]) -> list[int]:
        """The lines at which rows of the frame begin; reads the file a second time."""
        records = [self._record(self.origin[row] if self.origin is not None else row) for row in rows]
        if self.content is None:
            return [record + 1 for record in records]
        return _lines_of(self.content, records, self.delimiter)

    def _record(self, row: int) -> int:
        """The number of the record in the file: the frame lacks those that were left out."""
        before = 0
        while (passed := bisect_right(self.left_out, row + before)) > before:
            before = passed
        return row + before


def find_sources(folder: Path) -> dict[str, Source]:
    """The files of a history folder by name. Raises `FolderUnusable`: not there, a name twice, a name not known."""
    if not folder.is_dir():
        raise FolderUnusable(
            "There is no such folder.", where=str(folder), mend="Give the folder that holds deals.csv."
        )
    found: dict[str, Source] = {}
    for path in sorted(folder.iterdir()):
        name = _stem(path.name)
        if name is None or path.name.startswith((".", "~", "_")):
            continue
        if name not in FORMS:
            known = ", ".join(FORMS)
            raise FolderUnusable(f"{path.name} is not a file of a history folder.", mend=f"These are: {known}.")
        if name in found:
            raise FolderUnusable(f"{name} is there twice: {found[name].label} and {path.name}.", mend="Remove one.")
        found[name] = Source(name, path)
    if "deals" not in found:
        raise FolderUnusable(
            "The folder holds no deals file.", where=str(folder), mend="Add deals.csv, deals.csv.gz or deals.parquet."
        )
    return found


def find_export(path: Path) -> Path:
    """The one file of a plain export: the file itself, or the only one in a folder. Raises `FolderUnusable`."""
    if path.is_file():
        return path
    found = [file for file in sorted(path.iterdir()) if _stem(file.name) is not None] if path.is_dir() else []
    if len(found) == 1:
        return found[0]
    raise FolderUnusable(
        f"A mapping reads one file; {len(found)} were found.", where=str(path), mend="Give the CSV file itself."
    )


def read(source: Source, problems: Problems) -> Table | None:
    """The file's cells; None, with the problem noted, when it cannot be read at all."""
    try:
        if source.path.name.endswith(".parquet"):
            return _read_parquet(source)
        return read_csv(source.label, _unpacked(source.path), problems)
    except (OSError, EOFError, zlib.error, pa.ArrowException, pl.exceptions.PolarsError) as error:
        what = Rule(READABLE.expected, f"{READABLE.mend} ({type(error).__name__})")
        problems.add(source.label, "", what, [(0, "")])
        return None


def read_csv(label: str, content: bytes, problems: Problems) -> Table | None:
    """RFC 4180: every record has as many cells as the header."""
    decoded = _decoded(label, content, problems)
    if decoded is None or not _is_text(label, decoded, problems):
        return None
    content, delimiter = decoded, delimiter_of(decoded)
    header = next(csv.reader(io.StringIO(content[:PIECE].decode(errors="ignore")), delimiter=delimiter), [])
    if not _has_header(label, header, problems):
        return None
    left_out: list[int] = []
    wrong: list[pa_csv.InvalidRow] = []

    def leave_out(row: pa_csv.InvalidRow) -> str:
        left_out.append(row.number - 2)
        wrong.append(row)
        return "skip"

    arrow = pa_csv.read_csv(
        pa.BufferReader(content),
        read_options=pa_csv.ReadOptions(use_threads=False, block_size=LARGEST_LINE_BYTES),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=leave_out),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.large_string() for name in header}, strings_can_be_null=False
        ),
    )
    frame = pl.DataFrame(pl.from_arrow(arrow)).with_columns(pl.all().replace("", None))
    table = Table(label, frame, content, left_out, delimiter=delimiter)
    if wrong:
        texts = [f"{row.actual_columns} cells: {row.text}" for row in wrong[: problems.room(label, "", WHOLE_LINE)]]
        cells = zip(_lines_of(content, left_out[: len(texts)], delimiter), texts, strict=True)
        problems.add(label, "", WHOLE_LINE, cells, count=len(wrong))
    return table


def _has_header(label: str, header: list[str], problems: Problems) -> bool:
    names = [name for name in header if name]
    if len(names) != len(header) or not names:
        problems.add(label, "", Rule("a header that names every column"), [(1, ",".join(header))])
        return False
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.add(label, twice[0], Rule("each column once", "Remove or rename one."), [(1, twice[0])])
    return not twice


def _decoded(label: str, content: bytes, problems: Problems) -> bytes | None:
    """The text in UTF-8; None, with the problem noted, where its mark promises what it is not."""
    try:
        return to_utf8(content)
    except UnicodeDecodeError:
        problems.add(label, "", Rule("text in UTF-16, as its first bytes say", READABLE.mend), [(0, "")])
        return None


def _is_text(label: str, content: bytes, problems: Problems) -> bool:
    if not content.strip():
        problems.add(label, "", Rule("a header line", "An empty file says nothing; remove it."), [(0, "")])
        return False
    try:
        # One pass in C; nothing is kept of it.
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        rule = Rule(UTF8, guess(content))
        problems.add(label, "", rule, [(line, repr(content[error.start : error.start + 8]))])
        return False
    if b"\0" in content[:LOOKED_AT]:
        problems.add(label, "", Rule(UTF8, guess(content)), [(1, repr(content[:8]))])
        return False
    if content.count(b'"') % 2:
        problems.add(label, "", CLOSED_QUOTE, [(_last_line(content), "")])
        return False
    return True


def _unpacked(path: Path) -> bytes:
    if not path.name.endswith(".gz"):
        if path.stat().st_size > LARGEST_BYTES:
            raise OSError("too large")
        return path.read_bytes()
    pieces = []
    size = 0
    with gzip.open(path) as file:
        while piece := file.read(PIECE):
            size += len(piece)
            if size > LARGEST_BYTES:
                raise OSError("too large")
            pieces.append(piece)
    return b"".join(pieces)


def _read_parquet(source: Source) -> Table:
    with pa_parquet.ParquetFile(source.path) as file:
        meta = file.metadata
        if sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups)) > LARGEST_BYTES:
            raise OSError("too large")
        frame = pl.DataFrame(pl.from_arrow(file.read()))
    return Table(source.label, frame.select(_as_text(frame[name]) for name in frame.columns), None)


def _as_text(column: pl.Series) -> pl.Series:
    """The way a CSV file would say it."""
    if isinstance(column.dtype, pl.Datetime):
        zone = "Z" if column.dtype.time_zone else ""
        moments = column.dt.convert_time_zone("UTC") if zone else column
        text = moments.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.6f{zone}")
    elif isinstance(column.dtype, pl.List | pl.Array | pl.Struct | pl.Object | pl.Binary):
        raise pl.exceptions.InvalidOperationError(f"{column.name} holds {column.dtype}")
    else:
        text = column.cast(pl.String)
    return text.replace("", None).alias(column.name)


def _stem(name: str) -> str | None:
    return next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), None)


def _lines_of(content: bytes, records: Sequence[int], delimiter: str) -> list[int]:
    """Where records begin, the header not counted; empty lines are no records."""
    wanted = set(records)
    begin: dict[int, int] = {}
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline=""), delimiter=delimiter)
    before, number = 0, -1
    for cells in reader:
        if cells:
            if number in wanted:
                begin[number] = before + 1
                if len(begin) == len(wanted):
                    break
            number += 1
        before = reader.line_num
    return [begin.get(record, before) for record in records]


def _last_line(content: bytes) -> int:
    """Where the record begins that never ends."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline=""))
    csv.field_size_limit(2**31 - 1)
    before = 0
    for _ in reader:
        last, before = before, reader.line_num
    return last + 1
