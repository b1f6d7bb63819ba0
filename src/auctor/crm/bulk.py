"""Writing many rows at once under row-level security.

`COPY … FROM` into a protected table is refused by PostgreSQL, so rows go to a temporary table first and from there
by `INSERT … SELECT`, where the policies hold. Frames have the names of a table's columns; ids are hex, digests are
hex, texts are plain: sealing and blind indexes are made here.
"""

import io
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import polars as pl
from django.db import connection, models

from auctor.crm import binary
from auctor.vault import blind
from auctor.vault.blindfields import BlindIndexField, BlindWordsField
from auctor.vault.fields import SealedField, seal_many

# Rows of one COPY.
PORTION = 50_000
# In a schema: a uuid, which frames hold as hex.
ID: Literal["id"] = "id"
Kind = pl.DataType | type[pl.DataType] | Literal["id"]
Schema = Mapping[str, Kind]
INCOMING = "incoming_rows"
KEYS = "incoming_keys"


def write(
    model: type[models.Model],
    frame: pl.DataFrame,
    *,
    workspace_id: UUID,
    updates: Collection[str] = (),
    merges: Mapping[str, str] | None = None,
    told: Callable[[int], None] | None = None,
) -> None:
    """Insert rows; those whose id is there get the columns named in `updates`, or stay as they are without.

    A column `is_new` tells which rows cannot be there yet; they are inserted faster. `merges` says by an SQL
    expression what else becomes of the others (`excluded` is the new row). Blind columns follow the
    text that they are made of. Columns that the frame lacks take the field's default. `told` hears of each portion
    how many rows it wrote.
    """
    settings = [*updates, *_blind_columns(model, updates)]
    clauses = [f"{name} = excluded.{name}" for name in settings]
    clauses += [f"{name} = {expression}" for name, expression in (merges or {}).items()]
    on_conflict = f"DO UPDATE SET {', '.join(clauses)}" if clauses else "DO NOTHING"
    kinds = _kinds(model, frame)
    parts = _portions(frame, f"ON CONFLICT (workspace_id, id) {on_conflict}")
    # While PostgreSQL writes one portion, the next is sealed and encoded.
    with ThreadPoolExecutor(max_workers=1) as ahead:
        work = (ahead.submit(_prepared, model, part, workspace_id, kinds, ending) for ending, part in parts)
        following = next(work, None)
        while following is not None:
            portion = following.result()
            following = next(work, None)
            _insert(model, portion, workspace_id)
            if told:
                told(portion.rows)


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows as they are copied, and what is the same in all of them, which is said once in the statement."""

    rows: int
    kinds: dict[str, str]
    order: list[str]
    content: bytes
    constants: dict[str, tuple[str, Any]]
    ending: str


def _portions(frame: pl.DataFrame, on_conflict: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rows by portions, with what happens to those that are there already."""
    parts = [(on_conflict, frame)]
    if "is_new" in frame.columns:
        plain, is_new = frame.drop("is_new"), frame["is_new"]
        parts = [("", plain.filter(is_new)), (on_conflict, plain.filter(~is_new))]
    for ending, part in parts:
        for start in range(0, part.height, PORTION):
            yield ending, part.slice(start, PORTION)


def _prepared(
    model: type[models.Model], frame: pl.DataFrame, workspace_id: UUID, kinds: dict[str, str], ending: str
) -> Portion:
    constants = _constants(model, frame, kinds)
    copied = {name: kind for name, kind in kinds.items() if name not in constants}
    order, content = binary.encode(_sealed(model, frame.drop(constants), workspace_id), copied)
    return Portion(frame.height, copied, order, content, constants, ending)


def _constants(model: type[models.Model], frame: pl.DataFrame, kinds: dict[str, str]) -> dict[str, tuple[str, Any]]:
    """The columns with one value for all rows: type and value. What is sealed is bound to its row, and never one."""
    found = {}
    for column in frame:
        kind, name = kinds[column.name], column.name
        if name == "id" or kind == "bytea" or isinstance(model._meta.get_field(name), SealedField):
            continue
        # Most that differ show it at their ends already.
        if column[0] == column[-1] and column.eq_missing(column[0]).all():
            found[name] = (kind, column[0])
    return found


def classify(
    model: type[models.Model], keyed: pl.DataFrame, *, workspace_id: UUID, compare: str = "content"
) -> pl.DataFrame:
    """`keyed` (id and the column to compare) with `is_new` and `is_changed`. Compares nothing when told ``""``."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE workspace_id = %s)", [workspace_id])  # noqa: S608
        if cursor.fetchone() == (False,):
            return keyed.with_columns(is_new=pl.lit(value=True), is_changed=pl.lit(value=False))
        kinds = {"incoming_row": "integer", "id": "uuid"}
        if compare:
            kinds[compare] = str(model._meta.get_field(compare).db_type(connection))
        _stage(cursor, KEYS, kinds, keyed.with_row_index("incoming_row").select(list(kinds)))
        differs = f"t.{compare} IS DISTINCT FROM k.{compare}" if compare else "false"
        cursor.execute(
            f"SELECT k.incoming_row, {differs} FROM {KEYS} k JOIN {table} t ON t.workspace_id = %s AND t.id = k.id",  # noqa: S608
            [workspace_id],
        )
        there = cursor.fetchall()
    found = pl.DataFrame(there, schema={"incoming_row": pl.UInt32, "is_changed": pl.Boolean}, orient="row")
    told = (
        keyed.with_row_index("incoming_row")
        .join(found, on="incoming_row", how="left", maintain_order="left")
        .drop("incoming_row")
    )
    return told.with_columns(
        is_new=pl.col("is_changed").is_null(), is_changed=pl.col("is_changed").fill_null(value=False)
    )


def find_missing(model: type[models.Model], rows: pl.DataFrame, *, workspace_id: UUID) -> pl.DataFrame:
    """Those of the rows whose id the table lacks."""
    told = classify(model, rows, workspace_id=workspace_id, compare="")
    return told.filter("is_new").drop("is_new", "is_changed")


def read(query: str, params: list[Any], schema: Schema) -> pl.DataFrame:
    """A small result of SQL in the running transaction; ids come as hex."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    plain = [[cell.hex if isinstance(cell, UUID) else cell for cell in row] for row in rows]
    return pl.DataFrame(
        plain, schema={n: pl.String if isinstance(k, str) else k for n, k in schema.items()}, orient="row"
    )


def empty(schema: Schema) -> pl.DataFrame:
    """A frame without rows."""
    return pl.DataFrame(schema=_polars(schema))


def _polars(schema: Schema) -> dict[str, pl.DataType | type[pl.DataType]]:
    return {name: pl.String if isinstance(kind, str) else kind for name, kind in schema.items()}


def read_many(query: str, schema: Schema, *, workspace_id: UUID) -> pl.DataFrame:
    """A large result of SQL in the running transaction, by COPY. `{workspace}` in the query stands for the id.

    Bytes come as bytes; the schema names the columns in their order.
    """
    asked = query.format(workspace=f"'{workspace_id}'::uuid")
    content = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT csv)") as copy:
        for piece in copy:
            content.write(piece)
    frame = pl.read_csv(
        content.getvalue() or b"",
        has_header=False,
        schema=dict.fromkeys(schema, pl.String),
        raise_if_empty=False,
    )
    return frame.select(_from_text(name, kind) for name, kind in schema.items())


def _from_text(name: str, kind: Kind) -> pl.Expr:
    text = pl.col(name)
    if isinstance(kind, str):
        return text.str.replace_all("-", "", literal=True)
    if kind == pl.Binary:
        return text.str.slice(2).str.decode("hex")
    if isinstance(kind, pl.Datetime):
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", time_unit="us", time_zone="UTC")
    if kind == pl.Date:
        return text.str.to_date("%Y-%m-%d")
    if kind == pl.Boolean:
        return text == "t"
    return text.cast(kind)


def stage_ids(name: str, ids: pl.Series) -> None:
    """A temporary table `name` with one column `id`, for as long as the transaction."""
    with connection.cursor() as cursor:
        _stage(cursor, name, {"id": "uuid"}, ids.to_frame("id"))


def stage_rows(name: str, kinds: dict[str, str], rows: pl.DataFrame) -> None:
    """A temporary table `name` with these columns and rows."""
    with connection.cursor() as cursor:
        _stage(cursor, name, kinds, rows.select(list(kinds)))


def _insert(model: type[models.Model], portion: Portion, workspace_id: UUID) -> None:
    said = {"workspace_id": ("uuid", workspace_id), **portion.constants}
    known = said.keys() | portion.kinds.keys()
    for field in model._meta.concrete_fields:
        if field.name not in known and field.has_default() and not field.primary_key:
            said[field.name] = (str(field.db_type(connection)), field.get_default())
    values = ", ".join([*portion.kinds, *(f"%s::{kind}" for kind, _ in said.values())])
    with connection.cursor() as cursor:
        _copy(cursor, INCOMING, portion.kinds, (portion.order, portion.content))
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join([*portion.kinds, *said])})"  # noqa: S608 - our own names
            f" SELECT {values} FROM {INCOMING} {portion.ending}",
            [value for _, value in said.values()],
        )


def _kinds(model: type[models.Model], frame: pl.DataFrame) -> dict[str, str]:
    """The columns that are written and their types in PostgreSQL: the frame's, and the blind ones made of them."""
    names = [name for name in frame.columns if name != "is_new"]
    fields = [model._meta.get_field(name) for name in [*names, *_blind_columns(model, names)]]
    return {field.name: str(field.db_type(connection)) for field in fields if isinstance(field, models.Field)}


def _blind_columns(model: type[models.Model], updates: Collection[str]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, BlindIndexField | BlindWordsField) and field.source in updates
    ]


def _stage(cursor: Any, name: str, kinds: dict[str, str], ready: pl.DataFrame) -> None:
    """A temporary table of which questions are asked, so that it needs statistics."""
    _copy(cursor, name, kinds, binary.encode(ready, kinds))
    cursor.execute(f"ANALYZE {name}")


def _copy(cursor: Any, name: str, kinds: dict[str, str], encoded: tuple[list[str], bytes]) -> None:
    order, content = encoded
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    columns = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
    with cursor.copy(f"COPY {name} ({', '.join(order)}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(content)


def _sealed(model: type[models.Model], frame: pl.DataFrame, workspace_id: UUID) -> pl.DataFrame:
    """The frame with texts sealed and blind columns added."""
    rows: list[bytes] = []
    columns = []
    for name in frame.columns:
        if isinstance(model._meta.get_field(name), SealedField):
            rows = rows or frame["id"].str.decode("hex").to_list()
            values = frame[name].to_list()
            columns.append(_bytes(name, seal_many(model, name, workspace_id=workspace_id, rows=rows, values=values)))
            columns += _blind(model, name, frame[name], workspace_id)
        else:
            columns.append(frame[name])
    return pl.DataFrame(columns)


def _blind(model: type[models.Model], source: str, values: pl.Series, workspace_id: UUID) -> list[pl.Series]:
    made = []
    for field in model._meta.concrete_fields:
        if isinstance(field, BlindIndexField) and field.source == source:
            made.append(_bytes(field.name, blind.digest_many(workspace_id, field.purpose, values.to_list())))
        elif isinstance(field, BlindWordsField) and field.source == source:
            digests = (blind.word_digests(workspace_id, field.purpose, value) if value else None for value in values)
            arrays = [None if found is None else binary.array_bytes(found) for found in digests]
            made.append(_bytes(field.name, arrays))
    return made


def _bytes(name: str, values: Collection[bytes | None]) -> pl.Series:
    return pl.Series(name, [None if value is None else bytes(value) for value in values], dtype=pl.Binary)
