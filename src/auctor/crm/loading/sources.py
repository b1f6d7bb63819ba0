"""What was read, as it came, and how far it reaches."""

import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import polars as pl

from auctor.crm import bulk
from auctor.crm.importing.file import Folder
from auctor.crm.importing.form import ACTIVITY_STATES
from auctor.crm.loading.run import Run
from auctor.crm.models.sources import Coverage, Raw
from auctor.crm.vocabulary import FILES, Entity, Input
from auctor.kit.ids import uuid7

PIECE = 2**20
NORMALISER_VERSION = 1
# The last moment that a file speaks of is the moment up to which it is complete.
CLOCKS = (
    ("deals", "created_at"),
    ("deal_changes", "changed_at"),
    ("activities", "recorded_at"),
)
PLANNED = ACTIVITY_STATES.index("planned")


def keep_raw(run: Run, import_id: UUID, paths: dict[str, Path]) -> None:
    """The files that brought something new, sealed in pieces."""
    for name, path in paths.items():
        count = run.counts.get(name)
        if count is None or not count.create + count.update:
            continue
        for part, piece in enumerate(_pieces(path)):
            Raw.objects.create(
                id=uuid7(),
                workspace_id=run.workspace_id,
                connection_id=FILES,
                origin_id=import_id,
                kind=Input[name.upper()],
                part=part,
                received_at=run.now,
                normaliser_version=NORMALISER_VERSION,
                body=piece,
            )


def _pieces(path: Path) -> Iterable[bytes]:
    """A file in pieces that open each by itself; what is packed already is not packed again."""
    packed = not path.name.endswith(".csv")
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece if packed else zlib.compress(piece, 1)


def keep_coverage(run: Run, folder: Folder) -> None:
    """Which inputs the folder brought, from when until when."""
    span = _span(run, folder)
    if span is None:
        return
    rows = [(Input[name.upper()], -1) for name in folder]
    if "activities" in folder:
        kinds = folder["activities"].frame["kind"].drop_nulls().unique()
        rows += [(Input.ACTIVITIES, kind) for kind in kinds.to_list()]
    if "deal_changes" in folder:
        fields = folder["deal_changes"].frame["field"].drop_nulls().unique()
        rows += [(Input.DEAL_CHANGES, field) for field in fields.to_list()]
    frame = pl.DataFrame(
        {
            "id": [run.keys.id(Entity.COVERAGE, f"{part} {kind}") for part, kind in rows],
            "input": [int(part) for part, _ in rows],
            "kind": [kind for _, kind in rows],
        }
    ).with_columns(
        connection_id=pl.lit(FILES.hex), since=pl.lit(span[0]), until=pl.lit(span[1]), observed_at=run.moment
    )
    _write(run, frame)


def _happened(frame: pl.DataFrame) -> pl.Series:
    """When something happened; what was planned for a moment that has passed since tells nothing of that moment."""
    planned = (pl.col("state") == PLANNED) | (pl.col("occurred_at") > pl.col("recorded_at"))
    return frame.filter(~planned.fill_null(value=False))["occurred_at"].drop_nulls()


def _write(run: Run, frame: pl.DataFrame) -> None:
    merges = {
        "since": "least(crm_coverage.since, excluded.since)",
        "until": "greatest(crm_coverage.until, excluded.until)",
    }
    bulk.write(Coverage, frame, workspace_id=run.workspace_id, updates=("observed_at",), merges=merges)


def _span(run: Run, folder: Folder) -> tuple[datetime, datetime] | None:
    moments = [folder[name].frame[column].drop_nulls() for name, column in CLOCKS if name in folder]
    if "activities" in folder:
        moments.append(_happened(folder["activities"].frame))
    every = pl.concat([column.alias("at") for column in moments])
    every = every.filter(every <= run.now)
    first, last = every.min(), every.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    return first, last
