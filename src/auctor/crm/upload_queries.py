"""Reads of uploads: how far they are, what they hold, what was found wrong."""

from pathlib import Path
from typing import ClassVar
from uuid import UUID

import polars as pl
from django.conf import settings

from auctor.crm.export import guarded
from auctor.crm.importing.mapping import Mapping, parse_mapping
from auctor.crm.models.sources import Upload
from auctor.crm.records import ImportReport, Step, UploadRecord
from auctor.crm.uploading import folder
from auctor.crm.uploading.recognise import Header, columns_of
from auctor.crm.uploading.reports import to_report
from auctor.crm.vocabulary import UploadState
from auctor.jobs import queries as jobs
from auctor.jobs.records import JobState
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

BUSY = (UploadState.CHECKING, UploadState.IMPORTING)
ALIVE = (JobState.WAITING, JobState.RUNNING, JobState.RETRYING, JobState.SUCCEEDED)


class NoUpload(AuctorError):
    """No such upload, or not of this workspace: the same answer."""

    code: ClassVar[str] = "crm.no_upload"
    status: ClassVar[int] = 404


class NotMapped(AuctorError):
    """A history folder has no columns to choose; or the files are gone."""

    code: ClassVar[str] = "crm.not_mapped"
    status: ClassVar[int] = 409


def list_uploads(actor: Actor, *, limit: int = 20) -> list[UploadRecord]:
    """The last uploads, newest first."""
    require(actor, Permission.DEAL_IMPORT)
    return [_to_record(actor, row) for row in Upload.objects.order_by("-received_at", "-id")[:limit]]


def access_upload(actor: Actor, upload_id: UUID) -> UploadRecord:
    """One upload as it is now. Raises `NoUpload`."""
    require(actor, Permission.DEAL_IMPORT)
    return _to_record(actor, access_upload_row(actor, upload_id))


def read_columns(actor: Actor, upload_id: UUID) -> tuple[Mapping, pl.DataFrame, list[Header]]:
    """How an export is read now, its cells, and its columns with samples. Raises `NoUpload`, `NotMapped`."""
    require(actor, Permission.DEAL_IMPORT)
    row = access_upload_row(actor, upload_id)
    place = place_of(row.id)
    if row.mapping is None or not place.is_dir():
        raise NotMapped("There are no columns to choose here.", mend="Send the export again.")
    frame, headers = columns_of(place / "files" / next(iter(row.files)))
    return parse_mapping(row.mapping), frame, headers


def problems_as_csv(report: ImportReport) -> bytes:
    """What was found wrong, one line each, for a spreadsheet: what would be a formula there stays text."""
    rows = [(one.file, one.line, one.column, one.value, one.expected, one.mend) for one in report.problems]
    names = ("file", "line", "column", "value", "expected", "mend")
    kinds = {name: pl.Int64 if name == "line" else pl.String for name in names}
    return guarded(pl.DataFrame(rows, schema=kinds, orient="row")).write_csv().encode()


def place_of(upload_id: UUID) -> Path:
    """Where the files of an upload lie."""
    return folder.place_of(settings.AUCTOR_DATA, upload_id)


def access_upload_row(actor: Actor, upload_id: UUID, *, to_change: bool = False) -> Upload:
    """The row, locked if it is to be changed. Raises `NoUpload`."""
    require(actor, Permission.DEAL_IMPORT)
    rows = Upload.objects.filter(id=upload_id)
    found: Upload | None = (rows.select_for_update() if to_change else rows).first()
    if found is None:
        raise NoUpload("There is no such upload.", mend="It may be older than a month.")
    return found


def _to_record(actor: Actor, row: Upload) -> UploadRecord:
    state = UploadState(row.state)
    place = place_of(row.id)
    told = row.report or {}
    return UploadRecord(
        id=row.id,
        state=UploadState.FAILED if state in BUSY and _has_failed(actor, row.job_id) else state,
        files=tuple(row.files.items()),
        member_id=row.member_id,
        received_at=row.received_at,
        ended_at=row.ended_at,
        mapping=row.mapping["name"] if row.mapping else "",
        report=to_report(told) if "files" in told else None,
        refusal=told.get("refusal", ""),
        import_id=row.import_id,
        step=_step(place) if state in BUSY else None,
        has_files=place.is_dir(),
    )


def _has_failed(actor: Actor, job_id: int | None) -> bool:
    """Whether nobody works on it any more although it has not ended."""
    if job_id is None:
        return False
    try:
        return jobs.access_job(actor, job_id=job_id).state not in ALIVE
    except jobs.JobMissing:
        return True


def _step(place: Path) -> Step | None:
    told = folder.read_progress(place)
    return Step(*told) if told else None
