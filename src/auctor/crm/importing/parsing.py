"""Each file by itself: cells become values, repeated lines are left out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

import polars as pl

from auctor.crm.importing.columns import TYPES, parse, texts
from auctor.crm.importing.file import File, refuse, refuse_rows
from auctor.crm.importing.form import CUSTOM, FORMS, FileForm
from auctor.crm.importing.problems import Problems, Rule
from auctor.crm.importing.reading import Table

REQUIRED = Rule("a value", "This cell cannot be empty.")
ONCE = Rule("each record once", "Two lines have the same id and differ. Keep one.")
CUSTOM_LONGEST = 1000


def parse_folder(tables: Mapping[str, Table], problems: Problems, *, now: datetime) -> dict[str, File]:
    """Every file by itself; moments are compared with `now`."""
    return {name: parse_file(FORMS[name], table, problems, now=now) for name, table in tables.items()}


def parse_file(form: FileForm, table: Table, problems: Problems, *, now: datetime) -> File:
    """Cells become values; what is refused is noted and null."""
    _check_header(form, table, problems)
    columns = []
    for column in form.columns:
        cells = table.frame[column.name] if column.name in table.frame.columns else _nothing(table)
        parsed = parse(column, cells, now=now)
        for rule, wrong in parsed.refused:
            refuse(problems, table, column.name, rule, wrong, cells)
        if column.is_required and column.name in table.frame.columns:
            refuse(problems, table, column.name, REQUIRED, cells.is_null(), cells)
        columns.append(parsed.values.cast(TYPES[column.kind]).alias(column.name))
    for name in _custom_columns(form, table):
        parsed = texts(table.frame[name], CUSTOM_LONGEST)
        for rule, wrong in parsed.refused:
            refuse(problems, table, name, rule, wrong, table.frame[name])
        columns.append(parsed.values.alias(name))
    frame = pl.DataFrame(columns).with_row_index("row")
    given = frozenset(set(table.frame.columns) & {column.name for column in form.columns})
    return _without_repetitions(form, File(frame, table, given, lines=table.frame.height), problems)


def _check_header(form: FileForm, table: Table, problems: Problems) -> None:
    names = {column.name for column in form.columns}
    custom = set(_custom_columns(form, table))
    for name in table.frame.columns:
        if name in names or name in custom:
            continue
        near = get_close_matches(name, names, n=1)
        mend = f"Did you mean {near[0]}?" if near else "Name it custom.… to keep it as a custom field."
        rule = Rule("a column of the form", mend if form.has_custom or near else "Remove it.")
        problems.add(table.label, name, rule, [(1, name)])
    for column in form.columns:
        if column.is_required and column.name not in table.frame.columns:
            problems.add(table.label, column.name, Rule(f"the column {column.name}", "Add it."), [(1, "")])


def _custom_columns(form: FileForm, table: Table) -> list[str]:
    if not form.has_custom:
        return []
    return [name for name in table.frame.columns if name.startswith(CUSTOM) and len(name) > len(CUSTOM)]


def _nothing(table: Table) -> pl.Series:
    return pl.Series("nothing", [None] * table.frame.height, dtype=pl.String)


def _without_repetitions(form: FileForm, file: File, problems: Problems) -> File:
    """Equal lines count once; lines that share an id and differ are refused."""
    said = [name for name in file.frame.columns if name != "row"]
    unique = file.frame.unique(said, keep="first", maintain_order=True)
    key = [name for name in form.key if name in file.given]
    identified = unique.filter(pl.all_horizontal(pl.col(form.key[0]).is_not_null()))
    if key and form.key[0] in file.given:
        twice = identified.filter(pl.struct(key).is_duplicated() & ~pl.struct(key).is_first_distinct())
        refuse_rows(problems, file, form.key[0], ONCE, twice)
    return replace(file, frame=unique, skipped=file.frame.height - unique.height)
