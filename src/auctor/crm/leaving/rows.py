"""What the files of an export share: reading, opening, naming."""

from uuid import UUID

import polars as pl
from django.db import models

from auctor.crm import bulk
from auctor.crm.bulk import ID
from auctor.crm.currencies import MINOR_DIGITS
from auctor.crm.models.deals import CustomField
from auctor.crm.vocabulary import RecordState
from auctor.vault.fields import open_many

MOMENT = pl.Datetime("us", "UTC")
Ids = dict[str, str]


def custom_names(workspace_id: UUID) -> Ids:
    """The names of custom fields by their ids."""
    fields = bulk.read_many(
        "SELECT id, name FROM crm_customfield WHERE workspace_id = {workspace}",
        {"id": ID, "name": pl.Binary},
        workspace_id=workspace_id,
    )
    named = opened(fields, CustomField, workspace_id, "name")
    return dict(zip(named["id"], named["name"], strict=True))


def remote_ids(table: str, workspace_id: UUID) -> Ids:
    """The source's id of each record of a table; merged ones have the survivor's."""
    schema: bulk.Schema = {"id": ID, "remote_id": pl.String}
    query = f"SELECT id, remote_id FROM {table} WHERE workspace_id = {{workspace}}"  # noqa: S608 - constants
    named: Ids = dict(bulk.read_many(query, schema, workspace_id=workspace_id).iter_rows())
    merged = bulk.read_many(
        "SELECT loser_id, root_id FROM crm_merge WHERE workspace_id = {workspace}",
        {"loser": ID, "root": ID},
        workspace_id=workspace_id,
    )
    return named | {loser: named[root] for loser, root in merged.iter_rows() if root in named}


def described(query: str, schema: bulk.Schema, workspace_id: UUID) -> pl.DataFrame:
    """Records that were described and not merged into another one."""
    states = f"{int(RecordState.MERGED)}, {int(RecordState.INACCESSIBLE)}, {int(RecordState.DELETED)}"
    full = f"{query} WHERE workspace_id = {{workspace}} AND record_state NOT IN ({states}) ORDER BY id"
    return bulk.read_many(full, schema, workspace_id=workspace_id)


def opened(frame: pl.DataFrame, model: type[models.Model], workspace_id: UUID, *names: str) -> pl.DataFrame:
    """The frame with these sealed columns as text."""
    rows = [UUID(hex=key) for key in frame["id"]]
    return frame.with_columns(
        pl.Series(
            name,
            open_many(model, name, workspace_id=workspace_id, rows=rows, values=frame[name].to_list()),
            dtype=pl.String,
        )
        for name in names
    )


def remote(column: str, ids: Ids, name: str) -> pl.Expr:
    """The source's id of what a column refers to."""
    return pl.col(column).replace_strict(ids, default=None, return_dtype=pl.String).alias(name)


def word(column: str, words: tuple[str, ...], name: str) -> pl.Expr:
    """The word of a number; an empty word and an unknown number are nothing."""
    meant = {number: word for number, word in enumerate(words) if word}
    return pl.col(column).replace_strict(meant, default=None, return_dtype=pl.String).alias(name)


def decimals(minor: pl.Series, currency: pl.Series, only: pl.Series | None = None) -> pl.Series:
    """Minor units as decimal numbers of their currency."""
    frame = pl.DataFrame({"minor": minor, "currency": currency})
    if only is not None:
        frame = frame.with_columns(minor=pl.when(only).then("minor"))
    digits = pl.col("currency").replace_strict(MINOR_DIGITS, default=0, return_dtype=pl.Int64)
    scale = pl.lit(10, pl.Int64) ** digits
    whole, rest = (pl.col("minor") // scale).cast(pl.String), (pl.col("minor") % scale).cast(pl.String)
    return frame.select(
        pl.when(digits > 0).then(whole + "." + ("000" + rest).str.tail(digits)).otherwise(whole).alias("amount")
    ).to_series()
