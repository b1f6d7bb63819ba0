"""One import under way: for whom, when, and what has been counted so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import models

from auctor.crm import bulk
from auctor.crm.keys import Keys
from auctor.crm.loading.watch import Watch
from auctor.crm.records import FileCount

# The tables that have a row for each line of a file.
COUNTED = frozenset(
    f"crm_{name}"
    for name in ("owner", "company", "contact", "stage", "deal", "dealcontact", "dealchange", "activity", "participant")
)


@dataclass(slots=True)
class Run:
    """Rows are written unless it is a rehearsal; `touched` collects the deals that something was learned about."""

    workspace_id: UUID
    keys: Keys
    now: datetime
    is_rehearsal: bool = False
    counts: dict[str, FileCount] = field(default_factory=dict)
    touched: list[pl.Series] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    def sort_out(
        self, name: str, model: type[models.Model], rows: pl.DataFrame, *, compare: str = "content"
    ) -> pl.DataFrame:
        """The rows that are new or changed, with `is_new`; all of them are counted under the file's name."""
        told = bulk.classify(model, rows, workspace_id=self.workspace_id, compare=compare)
        new, changed = int(told["is_new"].sum()), int(told["is_changed"].sum())
        before = self.counts.get(name, FileCount())
        self.counts[name] = replace(before, create=new, update=changed, unchanged=told.height - new - changed)
        self.watch.advance(told.height if self.is_rehearsal else told.height - new - changed)
        return told.filter(pl.col("is_new") | pl.col("is_changed")).drop("is_changed")

    def found_unchanged(self, name: str, rows: int) -> None:
        """So many rows of a file turned out to say nothing new."""
        count = self.counts[name]
        self.counts[name] = replace(count, update=count.update - rows, unchanged=count.unchanged + rows)

    def write(
        self,
        model: type[models.Model],
        rows: pl.DataFrame,
        *,
        updates: tuple[str, ...] = (),
        merges: Mapping[str, str] | None = None,
    ) -> None:
        """Write rows unless it is a rehearsal; see `bulk.write`."""
        if not self.is_rehearsal and rows.height:
            told = self.watch.advance if model._meta.db_table in COUNTED else None
            bulk.write(model, rows, workspace_id=self.workspace_id, updates=updates, merges=merges, told=told)

    def touch(self, deals: pl.Series) -> None:
        """Something was learned about these deals."""
        self.touched.append(deals.drop_nulls().unique().alias("id"))

    @property
    def touched_deals(self) -> pl.Series:
        """All of them, each once."""
        return pl.concat(self.touched).unique() if self.touched else pl.Series("id", [], dtype=pl.String)

    @property
    def moment(self) -> pl.Expr:
        """`now` as a column."""
        return pl.lit(self.now, pl.Datetime("us", "UTC"))
