"""One file of a folder after its cells became values, and how its rows are refused.

Rows keep the number they have in their file (`row`), so that a problem found late still names its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from auctor.crm.importing.form import CUSTOM
from auctor.crm.importing.problems import Problems, Rule
from auctor.crm.importing.reading import Table


@dataclass(frozen=True, slots=True)
class File:
    """One file: typed columns and `row`; which columns it has; how many of its lines were repetitions."""

    frame: pl.DataFrame
    table: Table
    given: frozenset[str]
    lines: int
    skipped: int = 0

    @property
    def custom(self) -> list[str]:
        """Its custom columns."""
        return [name for name in self.frame.columns if name.startswith(CUSTOM)]


Folder = Mapping[str, File]


def refuse(
    problems: Problems, table: Table, column: str, rule: Rule, wrong: pl.Series, cells: pl.Series | None = None
) -> None:
    """Note cells of a table as problems; `wrong` has one flag for each of its rows."""
    rows = wrong.arg_true()
    if rows.is_empty():
        return
    first = rows.head(problems.room(table.label, column, rule)).to_list()
    values = [str(cells[row] or "") for row in first] if cells is not None else [""] * len(first)
    problems.add(
        table.label,
        table.shown.get(column, column),
        rule,
        zip(table.lines(first), values, strict=True),
        count=rows.len(),
    )


def refuse_rows(problems: Problems, file: File, column: str, rule: Rule, wrong: pl.DataFrame) -> None:
    """The same for rows of a frame that was filtered: `wrong` has `row`, and `column` if it is to be shown."""
    if wrong.is_empty():
        return
    first = wrong.sort("row").head(problems.room(file.table.label, column, rule))
    names = [name for name in (column, "shown") if name in file.table.frame.columns]
    rows = first["row"].to_list()
    values = [str(file.table.frame[names[0]][row] or "") if names else "" for row in rows]
    cells = zip(file.table.lines(rows), values, strict=True)
    problems.add(file.table.label, file.table.shown.get(column, column), rule, cells, count=wrong.height)


def refuse_strangers(file: File, column: str, known: pl.Series, problems: Problems) -> None:
    """Refuse rows that refer to what is not known."""
    rule = Rule(f"a {column} of the folder or the workspace", "Add the missing record, or remove the line.")
    refuse_rows(problems, file, column, rule, strangers(file.frame, column, known))


def strangers(frame: pl.DataFrame, column: str, known: pl.Series) -> pl.DataFrame:
    """Rows that refer to what is not among the known."""
    there = known.drop_nulls().unique().to_frame(column)
    return frame.filter(pl.col(column).is_not_null()).join(there, on=column, how="anti", maintain_order="left")


def one_of(what: str, known: pl.Series) -> Rule:
    """A rule that lists what there is, pseudonyms left out."""
    readable = known.drop_nulls().filter(~known.drop_nulls().str.starts_with("t-"))
    names = readable.unique(maintain_order=True).head(12).to_list()
    return Rule(f"a {what} ({', '.join(names) or 'none is known'})", "Add it to stages.csv, or correct the cell.")
