"""The workspace's pipeline with its past, written as the history folder that `import_folder` reads.

A file is written for every input that was ever read: an input that never came stays unknown. Texts that a spreadsheet
would take for a formula get an apostrophe in front, which the import takes off again.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import polars as pl

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.importing.columns import TO_GUARD
from auctor.crm.importing.form import FORMS
from auctor.crm.leaving import activities, deals, people
from auctor.crm.models.sources import Coverage
from auctor.crm.vocabulary import Input
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

FILES: dict[str, Callable[[UUID], pl.DataFrame]] = {
    "owners": people.owners,
    "companies": people.companies,
    "contacts": people.contacts,
    "stages": deals.stages,
    "deals": deals.deals,
    "deal_contacts": deals.deal_contacts,
    "deal_changes": deals.deal_changes,
    "activities": activities.activities,
    "activity_participants": activities.activity_participants,
}
MOMENTS = "%Y-%m-%dT%H:%M:%S%.6fZ"


class FolderNotEmpty(AuctorError):
    """An export would be mixed with what lies in the folder."""

    code: ClassVar[str] = "crm.folder_not_empty"
    status: ClassVar[int] = 409


def export_folder(actor: Actor, *, folder: Path, now: datetime) -> dict[str, int]:
    """Write the files and return the number of rows of each. Raises `FolderNotEmpty`, `Forbidden`."""
    require(actor, Permission.WORKSPACE_EXPORT)
    assert actor.workspace_id is not None
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderNotEmpty("The folder is not empty.", where=str(folder), mend="Give a new or empty folder.")
    inputs = set(Coverage.objects.values_list("input", flat=True).distinct())
    rows: dict[str, int] = {}
    for name in FORMS:
        if int(Input[name.upper()]) in inputs:
            frame = FILES[name](actor.workspace_id)
            guarded(frame).write_csv(folder / f"{name}.csv", datetime_format=MOMENTS)
            rows[name] = frame.height
    log.record(actor, AuditTag.WORKSPACE_EXPORTED, subject_kind="history_folder", details=rows, now=now)
    return rows


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that would be a formula."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(TO_GUARD)).then(pl.lit("'") + pl.col(name)).otherwise(name).alias(name)
        for name in texts
    )
