"""Ids that may be names or addresses become pseudonyms before anything is compared with what is stored."""

from dataclasses import replace

import polars as pl

from auctor.crm.importing.file import File, Folder
from auctor.crm.importing.form import FORMS, Kind
from auctor.crm.keys import Keys

# Threads are stored as numbers and need no pseudonym.
NUMBERED = frozenset({"thread_id"})
REFERRING_FIELDS = ("stage", "owner")


def with_stored_ids(folder: Folder, keys: Keys) -> dict[str, File]:
    """The folder with every id as it is stored."""
    stored = {name: _renamed(name, file, keys) for name, file in folder.items()}
    if "deal_changes" in stored:
        stored["deal_changes"] = _changes(stored["deal_changes"], keys)
    return stored


def _renamed(name: str, file: File, keys: Keys) -> File:
    form = FORMS[name]
    ids = [column.name for column in form.columns if column.kind is Kind.ID and column.name not in NUMBERED]
    return replace(file, frame=file.frame.with_columns(keys.shown(file.frame[name]).alias(name) for name in ids))


def _changes(file: File, keys: Keys) -> File:
    """Old and new values of stages and owners are ids, too."""
    refers = pl.col("field").str.to_lowercase().is_in(REFERRING_FIELDS)
    sides = {}
    for side in ("old", "new"):
        ids = file.frame.select(pl.when(refers).then(side).alias(side)).to_series()
        sides[side] = pl.when(refers).then(keys.shown(ids)).otherwise(side)
    return replace(file, frame=file.frame.with_columns(**sides))
