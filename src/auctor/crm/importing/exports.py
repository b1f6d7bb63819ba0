"""A plain export of deals becomes the tables of a history folder: deals, and what their rows tell of others.

Text in, text out: what comes out is checked like any folder. Cells that cannot be understood stay as they are, so
that the check refuses them by line and column.
"""

from dataclasses import replace

import polars as pl

from auctor.crm.importing.form import CUSTOM
from auctor.crm.importing.mapping import NEEDED, Mapping
from auctor.crm.importing.problems import Problems, Rule
from auctor.crm.importing.reading import Table

WON, LOST = "Won", "Lost"
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M")
DAYS = ("%Y-%m-%d", "%Y/%m/%d")
MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y")
DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
CLOCKS = ("", " %H:%M", " %H:%M:%S", ", %I:%M %p", " %I:%M %p")
ZONED = r"(Z|[+-]\d\d:?\d\d)$"


def mapped(table: Table, mapping: Mapping, problems: Problems) -> dict[str, Table]:
    """The tables of the form. A column that is needed and missing is a problem."""
    chosen = mapping.chosen(table.frame.columns)
    for target in NEEDED:
        if target not in chosen:
            names = " or ".join(mapping.columns.get(target, ("…",)))
            problems.add(table.label, names, Rule(f"a column for {target}", "Name it in the mapping."), [(1, "")])
    if problems.count:
        return {}
    cells = _cells(table, chosen)
    deals = _deals(cells, mapping)
    others = {name: table.frame[name].alias(CUSTOM + name) for name in _others(table, mapping, chosen)}
    tables = {
        "deals": _table(table, chosen, deals.with_columns(*others.values())),
        "stages": _table(table, chosen, _stages(cells, deals, mapping)),
        "owners": _people(table, chosen, deals, cells, ("owner_id", "owner")),
        "companies": _people(table, chosen, deals, cells, ("company_id", "company")),
        "contacts": _people(table, chosen, deals, cells, ("contact_id", "contact")),
    }
    if "contact_id" in chosen or "contact" in chosen:
        edges = deals.select("deal_id", "contact_id", "row").drop_nulls()
        tables["deal_contacts"] = _table(table, chosen, edges)
    tables["deals"] = replace(tables["deals"], frame=tables["deals"].frame.drop("contact_id"))
    if "status" in chosen:
        tables["deal_changes"] = _table(table, chosen, _closings(cells, deals, mapping))
    return {name: made for name, made in tables.items() if made.frame.height}


def rehearse(frame: pl.DataFrame, mapping: Mapping) -> list[dict[str, str | None]]:
    """The deals of a few lines of an export as they would be read; none where a needed column is missing."""
    tables = mapped(Table("", frame, None), mapping, Problems())
    return tables["deals"].frame.to_dicts() if "deals" in tables else []


def _cells(table: Table, chosen: dict[str, tuple[str, ...]]) -> pl.DataFrame:
    """One column for each thing that the export tells, the first header that has a value."""
    told = {
        target: table.frame.select(pl.coalesce(*(pl.col(name) for name in names)).str.strip_chars()).to_series()
        for target, names in chosen.items()
    }
    frame = pl.DataFrame([series.alias(target) for target, series in told.items()])
    return frame.with_columns(pl.all().replace("", None)).with_row_index("row")


def _deals(cells: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The deals file; `row` is the row of the export."""
    there = set(cells.columns)
    named: dict[str, pl.Expr] = {"deal_id": pl.col("deal_id"), "row": pl.col("row")}
    for target in ("name", "next_step"):
        if target in there:
            named[target] = pl.col(target)
    for ids, names in (("owner_id", "owner"), ("company_id", "company"), ("contact_id", "contact")):
        named[ids] = _reference(there, ids, names)
    named["pipeline_id"] = _or_default(there, "pipeline", mapping.pipeline)
    named["stage_id"] = _stage(there, mapping)
    named["created_at"] = _moment("created_at", mapping)
    if "amount" in there:
        named["amount"] = _amount(mapping)
        named["currency"] = _or_default(there, "currency", mapping.currency)
    for target in ("close_date", "next_step_on"):
        if target in there:
            named[target] = _day(target, mapping)
    if "forecast_category" in there:
        words = {word.casefold(): meant for word, meant in mapping.forecast.items()}
        told = pl.col("forecast_category").str.to_lowercase()
        named["forecast_category"] = told.replace_strict(words, default=pl.col("forecast_category"))
    return cells.select(**named)


def _reference(there: set[str], ids: str, names: str) -> pl.Expr:
    """An id, or a made one where only a name is told; the blank in it keeps it from being stored in clear."""
    by_name = pl.lit("named ") + pl.col(names).str.to_lowercase() if names in there else pl.lit(None, pl.String)
    # Several ids in one cell: the first one is the primary.
    given = pl.col(ids).str.extract(r"^([^;,]+)") if ids in there else pl.lit(None, pl.String)
    return pl.coalesce(given, by_name)


def _or_default(there: set[str], target: str, default: str) -> pl.Expr:
    fallback = pl.lit(default or None, pl.String)
    return pl.coalesce(pl.col(target), fallback) if target in there else fallback


def _stage(there: set[str], mapping: Mapping) -> pl.Expr:
    """Where a status tells that a deal has ended, the end is its stage."""
    if "status" not in there:
        return pl.col("stage")
    status = pl.col("status").str.to_lowercase()
    return (
        pl.when(status.is_in(mapping.won)).then(pl.lit(WON)).when(status.is_in(mapping.lost)).then(pl.lit(LOST))
    ).otherwise("stage")


def _stages(cells: pl.DataFrame, deals: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """Every stage that a deal stands or stood in. Its order is the mapping's, then by probability, then as met."""
    share = pl.lit(None, pl.Float64)
    if "probability" in cells.columns:
        percent = pl.col("probability").str.extract(r"^(\d+(?:\.\d+)?)").cast(pl.Float64)
        share = pl.when(percent.max() > 1).then(percent / 100).otherwise(percent)
    stood = cells.select("row", share=share, stage_id="stage").join(deals.select("row", "pipeline_id"), on="row")
    ended = deals.select("row", "pipeline_id", "stage_id").filter(pl.col("stage_id").is_in([WON, LOST]))
    every = pl.concat([stood, ended.with_columns(share=pl.lit(None, pl.Float64)).select(stood.columns)])
    every = every.filter(pl.col("stage_id").is_not_null() & pl.col("pipeline_id").is_not_null())
    met = every.group_by("pipeline_id", "stage_id").agg(pl.col("row").min(), pl.col("share").median())
    word = pl.col("stage_id").str.to_lowercase()
    rank = {name.casefold(): number for number, name in enumerate(mapping.stage_order)}
    category = pl.when(word.is_in(mapping.won)).then(pl.lit("won")).when(word.is_in(mapping.lost)).then(pl.lit("lost"))
    ordered = met.with_columns(
        category=category.otherwise(pl.lit("open")),
        rank=word.replace_strict(rank, default=len(rank), return_dtype=pl.Int64),
    ).sort(pl.col("category") != "open", "rank", pl.col("share").fill_null(2), "row")
    place = pl.int_range(pl.len()).over("pipeline_id").cast(pl.String)
    return ordered.with_columns(position=place).select(
        "pipeline_id",
        "stage_id",
        "position",
        "category",
        "row",
        pipeline="pipeline_id",
        stage="stage_id",
        default_probability=pl.col("share").cast(pl.String),
    )


def _people(
    table: Table, chosen: dict[str, tuple[str, ...]], deals: pl.DataFrame, cells: pl.DataFrame, names: tuple[str, str]
) -> Table:
    """Whoever the deals name, once each."""
    ids, told = names
    column = cells[told] if told in cells.columns else pl.Series([None] * cells.height, dtype=pl.String)
    frame = deals.select("row", ids).with_columns(name=column).filter(pl.col(ids).is_not_null())
    once = frame.sort("row").unique(ids, keep="first", maintain_order=True)
    return _table(table, chosen, once)


def _closings(cells: pl.DataFrame, deals: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """When a deal was won or lost, where the export tells the moment."""
    closed = deals.filter(pl.col("stage_id").is_in([WON, LOST])).select("row", "deal_id", new="stage_id")
    if "closed_at" not in cells.columns:
        return closed.clear()
    moment = cells.select("row", old="stage", changed_at=_moment("closed_at", mapping))
    return closed.join(moment, on="row").filter(pl.col("changed_at").is_not_null()).with_columns(field=pl.lit("stage"))


def _moment(target: str, mapping: Mapping) -> pl.Expr:
    """ISO with a zone. What has none was meant in the mapping's."""
    text = pl.col(target)
    naive = pl.coalesce(*(text.str.to_datetime(form, strict=False, time_unit="us") for form in _forms(mapping)))
    placed = naive.dt.replace_time_zone(mapping.zone, ambiguous="earliest", non_existent="null")
    told = placed.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.when(text.str.contains(ZONED)).then(text).otherwise(pl.coalesce(told, text))


def _day(target: str, mapping: Mapping) -> pl.Expr:
    """The civil day as the export shows it, whatever its time."""
    text = pl.col(target)
    days = (
        text.str.to_datetime(form, strict=False, time_unit="us").dt.strftime("%Y-%m-%d") for form in _forms(mapping)
    )
    return pl.coalesce(text.str.extract(r"^(\d{4}-\d\d-\d\d)([T ].*)?$"), *days, text)


def _forms(mapping: Mapping) -> list[str]:
    numeric = DAY_FIRST if mapping.day_first else (*MONTH_FIRST, "%d.%m.%Y")
    return [*MOMENTS, *(day + clock for day in (*DAYS, *numeric) for clock in CLOCKS)]


def _amount(mapping: Mapping) -> pl.Expr:
    """A plain decimal number: without currency signs and separators of thousands."""
    text = pl.col("amount")
    thousands = r"[\s'’\x{00A0}\x{202F},]" if mapping.decimal == "." else r"[\s'’\x{00A0}\x{202F}.]"
    bare = text.str.replace_all(r"^[^\d(+-]+|[^\d)]+$", "").str.replace_all(thousands, "").str.replace(",", ".")
    return pl.when(bare.str.contains(r"^\d+(\.\d+)?$")).then(bare).otherwise(text)


def _others(table: Table, mapping: Mapping, chosen: dict[str, tuple[str, ...]]) -> list[str]:
    used = {name for names in chosen.values() for name in names}
    return [name for name in table.frame.columns if name not in used] if mapping.keep_others else []


def _table(table: Table, chosen: dict[str, tuple[str, ...]], frame: pl.DataFrame) -> Table:
    """Problems of a derived table are told at the line and column of the export."""
    shown = {FORM_OF.get(target, target): names[0] for target, names in chosen.items()}
    rows = frame["row"].to_list()
    return replace(table, frame=frame.drop("row"), origin=rows, shown=shown)


FORM_OF = {"stage": "stage_id", "pipeline": "pipeline_id"}
