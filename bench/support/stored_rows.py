"""What every row of the stored pipeline has: an id, a place in time, a way into its table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl

from auctor.signals.vocabulary import DAY, NEVER
from bench.support.signals_world import NOW, Pipeline

# Two digits before the number of a thing: together they are its id.
OWNER, PIPELINE, STAGE, DEAL, CONTACT, ACTIVITY, OTHER, COMPANY = (f"{n:02x}" for n in range(0xA0, 0xA8))
MOMENT = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Placed:
    """A pipeline in a workspace and in time: its now is a whole number of days away from the real one."""

    world: Pipeline
    workspace_id: UUID
    now: datetime

    @property
    def shift(self) -> int:
        """Microseconds from the pipeline's now to ours."""
        return (round(self.now.timestamp() * 1_000_000) - NOW) // DAY * DAY

    def moment(self, column: Any) -> pl.Series:
        """Moments of the pipeline as ours; NEVER is none."""
        values = np.asarray(column, dtype=np.int64)
        series = pl.Series(np.where(np.abs(values) >= NEVER, 0, values + self.shift)).cast(MOMENT)
        return series.zip_with(pl.Series(np.abs(values) < NEVER), pl.Series([None], dtype=MOMENT))

    def day(self, column: Any) -> pl.Series:
        """Civil days of the pipeline as ours."""
        return pl.Series(np.asarray(column, dtype=np.int64) + self.shift // DAY).cast(pl.Int32).cast(pl.Date)

    def sourced(self, kind: str, count: int) -> pl.DataFrame:
        """What every record of a source has."""
        number = np.arange(count)
        return pl.DataFrame({"id": ids(kind, number), "remote_id": pl.Series(number).cast(pl.String)}).with_columns(
            first_seen_at=pl.lit(self.now, MOMENT), observed_at=pl.lit(self.now, MOMENT)
        )

    def write(self, model: Any, rows: pl.DataFrame) -> None:
        """Write rows that are new."""
        from auctor.crm import bulk

        if rows.height:
            bulk.write(model, rows.with_columns(is_new=pl.lit(value=True)), workspace_id=self.workspace_id, updates=())


def ids(kind: str, numbers: Any) -> pl.Series:
    """Ids as hex: the kind's two digits and the number."""
    return kind + pl.Series(numbers).cast(pl.String).str.zfill(30)
