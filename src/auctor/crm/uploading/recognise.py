"""What was sent: a history folder, the export of a vendor that is known, or one that needs a mapping."""

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pa_parquet

from auctor.crm.importing.encoding import delimiter_of, to_utf8
from auctor.crm.importing.form import FORMS
from auctor.crm.importing.mapping import NEEDED, PRESETS, Mapping, preset, propose
from auctor.crm.importing.problems import Problems
from auctor.crm.importing.reading import SUFFIXES, Source, read
from auctor.crm.uploading.folder import UploadRefused

HEAD = 2**20
SAMPLES = 3
# So many different values are offered for choosing what they mean.
MOST_VALUES = 60


@dataclass(frozen=True, slots=True)
class Recognised:
    """`mapping` is None for a history folder; `is_sure` says that a preset knows all that is needed."""

    mapping: Mapping | None = None
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """A column of an export: its name and some of its values."""

    name: str
    samples: tuple[str, ...]


def recognise(paths: Sequence[Path]) -> Recognised:
    """Raises `UploadRefused` for files that belong to no form and are not one single export."""
    names = {stem_of(path) for path in paths}
    if names <= set(FORMS) and "deals" in names and "deal_id" in headers_of(_deals(paths)):
        return Recognised()
    if len(paths) > 1:
        odd = sorted(names - set(FORMS))
        what = f"{odd[0]} is no file of a history folder" if odd else "There is no deals file among them"
        raise UploadRefused(
            f"{what}.", mend=f"Send the one export of deals alone, or the files {', '.join(FORMS)}; deals is needed."
        )
    headers = headers_of(paths[0])
    known = [preset(name) for name in PRESETS]
    best = max(known, key=lambda mapping: len(mapping.chosen(headers)))
    if set(NEEDED) <= set(best.chosen(headers)):
        return Recognised(best)
    return Recognised(propose(headers), is_sure=False)


def stem_of(path: Path) -> str:
    """The name of a file without its kind."""
    return next((path.name.removesuffix(suffix) for suffix in SUFFIXES if path.name.endswith(suffix)), path.name)


def headers_of(path: Path) -> list[str]:
    """The names of a file's columns. Raises `UploadRefused` when it cannot be read."""
    try:
        if path.name.endswith(".parquet"):
            return list(pa_parquet.read_schema(path).names)
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            head = file.read(HEAD)
        plain = to_utf8(head, is_whole=False)
        cells = csv.reader(io.StringIO(plain.decode(errors="replace")), delimiter=delimiter_of(plain))
        return [name for name in next(cells, []) if name]
    except (OSError, EOFError, csv.Error, pa.ArrowException) as error:
        raise UploadRefused(f"{path.name} cannot be read.", mend="Export it again; it may be cut off.") from error


def columns_of(path: Path) -> tuple[pl.DataFrame, list[Header]]:
    """The cells of an export, and its columns with samples. Raises `UploadRefused` when it cannot be read."""
    problems = Problems()
    table = read(Source("deals", path), problems)
    if table is None:
        raise UploadRefused(str(problems.shown[0]), mend="Export it again, as CSV in UTF-8.")
    frame = table.frame
    return frame, [Header(name, values_of(frame, (name,), SAMPLES)) for name in frame.columns]


def values_of(frame: pl.DataFrame, names: Sequence[str], most: int = MOST_VALUES) -> tuple[str, ...]:
    """The different values of some columns, the first that are met first."""
    there = [frame[name].alias("value") for name in names if name in frame.columns]
    if not there:
        return ()
    cells = pl.concat(there).drop_nulls().str.strip_chars()
    return tuple(value for value in cells.unique(maintain_order=True).head(most).to_list() if value)


def _deals(paths: Sequence[Path]) -> Path:
    return next(path for path in paths if stem_of(path) == "deals")
