"""An upload from its arrival to its end: received, checked, shown, confirmed, imported, removed.

Check and import are jobs. What people see of them meanwhile is told by a file beside the upload, because the rows of
a running transaction cannot be seen.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm.import_folder import import_folder
from auctor.crm.importing.mapping import Mapping, parse_mapping, to_content
from auctor.crm.models.sources import Import, Upload
from auctor.crm.records import ImportReport, UploadRecord
from auctor.crm.terms import get_counting
from auctor.crm.upload_queries import access_upload, access_upload_row, place_of
from auctor.crm.uploading import folder
from auctor.crm.uploading.folder import Pieces
from auctor.crm.uploading.recognise import recognise
from auctor.crm.uploading.reports import to_values
from auctor.crm.vocabulary import UploadState
from auctor.jobs.queue import defer
from auctor.kit.errors import AuctorError
from auctor.kit.ids import uuid7
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

CHECK, IMPORT = "crm.check_upload", "crm.import_upload"
# Files that nobody confirmed go after a day, what is known of them after a month.
FILES_LIVE = timedelta(days=1)
ROWS_LIVE = timedelta(days=30)
OPEN = (UploadState.UNMAPPED, UploadState.CHECKING, UploadState.READY, UploadState.REFUSED, UploadState.FAILED)


class UploadMoved(AuctorError):
    """What was asked does not fit how far the upload is."""

    code: ClassVar[str] = "crm.upload_moved"
    status: ClassVar[int] = 409


class UploadCancelled(AuctorError):
    """Somebody gave the upload up while it was worked on."""

    code: ClassVar[str] = "crm.upload_cancelled"
    status: ClassVar[int] = 410


def accept_upload(actor: Actor, *, sent: Iterable[tuple[str, Pieces]], now: datetime) -> UploadRecord:
    """Keep files (name, content in pieces), find out what they are, and ask for their check.

    Raises `UploadRefused`, and keeps nothing then.
    """
    require(actor, Permission.DEAL_IMPORT)
    upload_id = uuid7()
    place = place_of(upload_id)
    files = folder.keep(place, sent)
    try:
        found = recognise(sorted((place / "files").iterdir()))
        upload = Upload.objects.create(
            id=upload_id,
            workspace_id=actor.workspace_id,
            member_id=actor.member_id,
            received_at=now,
            state=UploadState.CHECKING if found.is_sure else UploadState.UNMAPPED,
            files=files,
            # Who exports sees times in the zone of the workspace, whatever a preset says.
            mapping=to_content(replace(found.mapping, zone=get_counting(actor).zone)) if found.mapping else None,
        )
        if found.is_sure:
            _ask_for(actor, upload, CHECK)
        details: dict[str, str | int | bool] = {"files": len(files), "bytes": sum(files.values())}
        log.record(actor, AuditTag.UPLOAD_RECEIVED, subject=upload_id, subject_kind="upload", details=details, now=now)
    except BaseException:
        folder.remove(place)
        raise
    return access_upload(actor, upload_id)


def keep_mapping(actor: Actor, *, upload_id: UUID, mapping: Mapping, now: datetime) -> UploadRecord:
    """Say how a plain export is read, and nothing else yet: its values have to be looked at. Raises `UploadMoved`."""
    upload = _to_map(actor, upload_id, mapping)
    upload.state, upload.report = UploadState.UNMAPPED, None
    _save(upload)
    log.record(actor, AuditTag.UPLOAD_RECEIVED, subject=upload.id, subject_kind="upload", fields=["mapping"], now=now)
    return access_upload(actor, upload_id)


def choose_mapping(actor: Actor, *, upload_id: UUID, mapping: Mapping, now: datetime) -> UploadRecord:
    """Say how a plain export is read, and have it checked. Raises `UploadMoved`."""
    return _check(actor, _to_map(actor, upload_id, mapping), now=now)


def check_again(actor: Actor, *, upload_id: UUID, now: datetime) -> UploadRecord:
    """Have files checked once more, after a check or an import that failed. Raises `UploadMoved`."""
    return _check(actor, _to_change(actor, upload_id, (*OPEN, UploadState.IMPORTING)), now=now)


def confirm_upload(actor: Actor, *, upload_id: UUID, now: datetime) -> UploadRecord:
    """Import what was checked and shown. Raises `UploadMoved` unless it is ready."""
    upload = _to_change(actor, upload_id, (UploadState.READY,))
    upload.state = UploadState.IMPORTING
    _ask_for(actor, upload, IMPORT)
    log.record(actor, AuditTag.UPLOAD_CONFIRMED, subject=upload.id, subject_kind="upload", now=now)
    return access_upload(actor, upload_id)


def cancel_upload(actor: Actor, *, upload_id: UUID, now: datetime) -> UploadRecord:
    """Give an upload up: its files go, and an import that runs undoes what it did. Raises `UploadMoved`."""
    upload = _to_change(actor, upload_id, (*OPEN, UploadState.IMPORTING))
    _end(upload, UploadState.CANCELLED, now=now)
    log.record(actor, AuditTag.UPLOAD_CANCELLED, subject=upload.id, subject_kind="upload", now=now)
    return access_upload(actor, upload_id)


def check_upload(actor: Actor, *, upload_id: UUID, now: datetime) -> None:
    """Rehearse the import, for its preview. Finds nothing to do when the upload moved on."""
    upload = Upload.objects.filter(id=upload_id, state=UploadState.CHECKING).first()
    if upload is None:
        return
    report = _attempt(actor, upload, is_rehearsal=True, now=now)
    if report is not None:
        _settle(upload, UploadState.REFUSED if report.is_refused else UploadState.READY)


def import_upload(actor: Actor, *, upload_id: UUID, now: datetime) -> None:
    """Import it, all or nothing, and remove the files. Finds nothing to do when the upload moved on."""
    upload = Upload.objects.filter(id=upload_id, state=UploadState.IMPORTING).first()
    if upload is None:
        return
    report = _attempt(actor, upload, is_rehearsal=False, now=now)
    if report is None:
        return
    if report.is_refused:
        _settle(upload, UploadState.REFUSED)
        return
    Import.objects.filter(id=report.import_id).update(member_id=upload.member_id)
    upload.import_id = report.import_id
    _end(upload, UploadState.DONE, now=now)


def sweep_uploads(actor: Actor, *, now: datetime) -> None:
    """Remove files that nobody confirmed in time, and forget uploads that ended long ago."""
    require(actor, Permission.DEAL_IMPORT)
    if actor.workspace_id is None:
        _sweep_strays(now)
        return
    for upload in Upload.objects.filter(state__in=OPEN, received_at__lt=now - FILES_LIVE).select_for_update():
        _end(upload, UploadState.EXPIRED, now=now)
    Upload.objects.filter(ended_at__isnull=False, received_at__lt=now - ROWS_LIVE).delete()


def _sweep_strays(now: datetime) -> None:
    """Folders whose row was never stored, or whose removal did not come to pass."""
    for place, changed in folder.list_places(settings.AUCTOR_DATA):
        if changed < (now - 2 * FILES_LIVE).timestamp():
            folder.remove(place)


def _attempt(actor: Actor, upload: Upload, *, is_rehearsal: bool, now: datetime) -> ImportReport | None:
    """The import with its outcome on the row; None when it was given up or cannot be tried. Undone as a whole."""
    place = place_of(upload.id)

    def progress(what: str, done: int, total: int) -> None:
        if not Upload.objects.filter(id=upload.id, state=upload.state).exists():
            raise UploadCancelled("The upload was given up.")
        folder.tell_progress(place, what, done, total)

    try:
        with transaction.atomic():
            report = import_folder(
                actor,
                folder=_source(upload, place),
                now=now,
                mapping=parse_mapping(upload.mapping) if upload.mapping else None,
                is_rehearsal=is_rehearsal,
                progress=progress,
            )
            _require_unmoved(upload)
    except UploadCancelled:
        return None
    except AuctorError as error:
        if error.status >= 500:
            raise
        upload.report = {"refusal": f"{error.message} {error.mend}".strip()}
        _settle(upload, UploadState.REFUSED)
        return None
    upload.report = to_values(report)
    return report


def _source(upload: Upload, place: Path) -> Path:
    """The folder, or the one file of a plain export."""
    files = place / "files"
    return files / next(iter(upload.files)) if upload.mapping else files


def _require_unmoved(upload: Upload) -> None:
    """From here on nobody else changes the row: what is decided now is stored with it."""
    if not Upload.objects.select_for_update().filter(id=upload.id, state=upload.state).exists():
        raise UploadCancelled("The upload was given up.")


def _to_map(actor: Actor, upload_id: UUID, mapping: Mapping) -> Upload:
    upload = _to_change(actor, upload_id, OPEN)
    if upload.mapping is None:
        raise UploadMoved("A history folder needs no mapping.")
    upload.mapping = to_content(mapping)
    return upload


def _to_change(actor: Actor, upload_id: UUID, states: Iterable[UploadState]) -> Upload:
    require(actor, Permission.DEAL_IMPORT)
    upload = access_upload_row(actor, upload_id, to_change=True)
    if UploadState(upload.state) not in states:
        raise UploadMoved(
            "The upload has moved on meanwhile.", mend="Reload the page; files that ended have to be sent again."
        )
    return upload


def _check(actor: Actor, upload: Upload, *, now: datetime) -> UploadRecord:
    if not place_of(upload.id).is_dir():
        raise UploadMoved("The files are gone.", mend="Send them again.")
    upload.state, upload.report = UploadState.CHECKING, None
    _ask_for(actor, upload, CHECK)
    log.record(
        actor, AuditTag.UPLOAD_RECEIVED, subject=upload.id, subject_kind="upload", details={"again": True}, now=now
    )
    return access_upload(actor, upload.id)


def _ask_for(actor: Actor, upload: Upload, job: str) -> None:
    upload.job_id = defer(actor, job, upload_id=upload.id)
    _save(upload)


def _settle(upload: Upload, state: UploadState) -> None:
    """What a check found. A refused folder has to be mended and sent anew; an export may be read differently."""
    upload.state = state
    _save(upload)
    if state is UploadState.REFUSED and upload.mapping is None:
        _remove(upload)


def _end(upload: Upload, state: UploadState, *, now: datetime) -> None:
    """The files go once that is certain."""
    upload.state, upload.ended_at = state, now
    _save(upload)
    _remove(upload)


def _remove(upload: Upload) -> None:
    place = place_of(upload.id)
    transaction.on_commit(lambda: folder.remove(place))


def _save(upload: Upload) -> None:
    upload.save(update_fields=["state", "ended_at", "job_id", "import_id", "mapping", "report"])
