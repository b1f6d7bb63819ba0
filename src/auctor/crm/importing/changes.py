"""The lines of `deal_changes` as typed changes, in the order in which they happened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl

from auctor.crm.importing.columns import Parsed, choices, days, numbers, texts, to_minor
from auctor.crm.importing.file import File, one_of, refuse_rows
from auctor.crm.importing.form import CHANGE_FIELDS, CUSTOM, FORECASTS
from auctor.crm.importing.problems import Problems, Rule
from auctor.crm.vocabulary import ChangedField

# Joins the ids of a pipeline and a stage to one; no id can hold it.
JOINT = "\x1f"
FIELD = Rule(f"one of {', '.join(CHANGE_FIELDS)} or custom.…", "Leave out what is not among them.")
PRICED = Rule("an amount of a deal whose currency is known", "Fill the currency of the deal.")
ENTERED = Rule("the stage that was entered", "This cell cannot be empty.")
CODES = {name: int(ChangedField[name.upper()]) for name in CHANGE_FIELDS}
TYPED = {
    "old_value": pl.Int64,
    "new_value": pl.Int64,
    "old_ref": pl.String,
    "new_ref": pl.String,
    "old_text": pl.String,
    "new_text": pl.String,
}


def type_changes(file: File, deals: pl.DataFrame, stages: pl.DataFrame, problems: Problems) -> File:
    """The file with `field` as a code, `custom`, and old and new values by their type.

    Amounts are minor units of the deal's currency, days are counted from 1970, stages are pipeline and stage joined
    by `JOINT`. `place` is the order among changes of one deal at one moment. Raises nothing; what cannot be typed is
    noted as a problem.
    """
    frame = file.frame.with_columns(
        custom=pl.when(pl.col("field").str.starts_with(CUSTOM)).then(pl.col("field").str.slice(len(CUSTOM))),
        code=pl.col("field").str.to_lowercase().replace_strict(CODES, default=None, return_dtype=pl.Int16),
    )
    frame = frame.with_columns(
        code=pl.when(pl.col("custom").str.len_bytes() > 0).then(int(ChangedField.CUSTOM)).otherwise("code")
    )
    unknown = frame.filter(pl.col("code").is_null() & pl.col("field").is_not_null())
    refuse_rows(problems, file, "field", FIELD, unknown)
    frame = frame.join(deals, on="deal_id", how="left", maintain_order="left")
    parts = [
        _typed(file, part, ChangedField(code), stages, problems)
        for (code,), part in frame.filter(pl.col("code").is_not_null()).group_by(["code"])
        if isinstance(code, int)
    ]
    empty = frame.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in TYPED.items())
    typed = in_order(pl.concat([empty, *parts])).drop("field", "old", "new", "currency", "pipeline_id")
    _note_breaks(file, typed, problems)
    return replace(file, frame=typed.rename({"code": "field"}))


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Sorted by deal and moment, with `place`. Ties keep the file's order, or its reverse where it runs backwards."""
    newest_first = pl.col("changed_at").last().over("deal_id") < pl.col("changed_at").first().over("deal_id")
    row = pl.col("row").cast(pl.Int64)
    ordered = frame.sort("row").with_columns(tie=pl.when(newest_first).then(-row).otherwise(row))
    ordered = ordered.sort("deal_id", "changed_at", "tie")
    place = pl.int_range(pl.len(), dtype=pl.Int32).over("deal_id", "changed_at")
    return ordered.with_columns(place=place).drop("tie")


def _typed(
    file: File, part: pl.DataFrame, field: ChangedField, stages: pl.DataFrame, problems: Problems
) -> pl.DataFrame:
    columns = {name: pl.Series(name, [None] * part.height, dtype=kind) for name, kind in TYPED.items()}
    for side in ("old", "new"):
        if field is ChangedField.STAGE:
            columns[f"{side}_ref"] = _stages(file, part, side, stages, problems)
            continue
        parsed = _parsed(field, part[side], part["currency"])
        for rule, wrong in parsed.refused:
            refuse_rows(problems, file, side, rule, part.filter(wrong.fill_null(value=False)))
        columns[f"{side}_{_place_of(field)}"] = parsed.values
    if field is ChangedField.AMOUNT:
        refuse_rows(problems, file, "new", PRICED, part.filter(pl.col("currency").is_null()))
    return part.with_columns(columns[name].cast(kind).alias(name) for name, kind in TYPED.items())


def _place_of(field: ChangedField) -> str:
    if field in (ChangedField.NEXT_STEP, ChangedField.NAME, ChangedField.CUSTOM):
        return "text"
    return "ref" if field is ChangedField.OWNER else "value"


def _parsed(field: ChangedField, cells: pl.Series, currencies: pl.Series) -> Parsed:
    return _PARSERS.get(field, _text)(cells, currencies)


def _amount(cells: pl.Series, currencies: pl.Series) -> Parsed:
    parsed = numbers(cells.str.strip_chars().replace("", None))
    minor = to_minor(parsed.values, currencies)
    return Parsed(
        minor.values, (*((rule, wrong & cells.is_not_null()) for rule, wrong in parsed.refused), *minor.refused)
    )


def _day(cells: pl.Series, _currencies: pl.Series) -> Parsed:
    parsed = days(cells.str.strip_chars().replace("", None))
    numbered = (parsed.values - date(1970, 1, 1)).dt.total_days()
    return Parsed(numbered, tuple((rule, wrong & cells.is_not_null()) for rule, wrong in parsed.refused))


def _forecast(cells: pl.Series, _currencies: pl.Series) -> Parsed:
    return choices(FORECASTS, cells)


def _text(cells: pl.Series, _currencies: pl.Series) -> Parsed:
    return texts(cells, 4000)


_PARSERS: dict[ChangedField, Callable[[pl.Series, pl.Series], Parsed]] = {
    ChangedField.AMOUNT: _amount,
    ChangedField.CLOSE_DATE: _day,
    ChangedField.FORECAST_CATEGORY: _forecast,
}


def _stages(file: File, part: pl.DataFrame, side: str, stages: pl.DataFrame, problems: Problems) -> pl.Series:
    """The stage of the deal's pipeline, or the only one of that id anywhere: deals move between pipelines."""
    only = stages.unique().filter(~pl.col("stage_id").is_duplicated()).rename({"pipeline_id": "elsewhere"})
    own = stages.unique().with_columns(own=pl.col("pipeline_id"))
    cells = part.select("row", "pipeline_id", stage_id=pl.col(side))
    found = cells.join(own, on=["pipeline_id", "stage_id"], how="left", maintain_order="left")
    found = found.join(only, on="stage_id", how="left", maintain_order="left")
    pipeline = pl.coalesce("own", "elsewhere")
    unknown = found.filter(pl.col("stage_id").is_not_null() & pipeline.is_null())
    refuse_rows(problems, file, side, one_of("stage", stages["stage_id"]), unknown)
    if side == "new":
        refuse_rows(problems, file, side, ENTERED, found.filter(pl.col("stage_id").is_null()))
    return found.select((pipeline + JOINT + pl.col("stage_id")).alias(side))[side]


def _note_breaks(file: File, typed: pl.DataFrame, problems: Problems) -> None:
    """Changes whose old value is not what the change before left behind: counted, and both are kept."""
    group = ["deal_id", "code", "custom"]
    broken = pl.any_horizontal(
        (pl.col(f"old_{kind}").ne_missing(pl.col(f"new_{kind}").shift().over(group)))
        for kind in ("value", "ref", "text")
    )
    first = pl.int_range(pl.len()).over(group) == 0
    problems.note(
        file.table.label,
        "old value is not what the change before left behind",
        typed.select((broken & ~first).sum()).item() if typed.height else 0,
    )
    rows = file.frame.with_columns(before=pl.col("changed_at").shift().over("deal_id"))
    late = rows.select((pl.col("changed_at") < pl.col("before")).sum()).item()
    problems.note(file.table.label, "line out of order, sorted by its moment", late or 0)
