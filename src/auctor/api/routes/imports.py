"""Imports: files are sent, checked, shown, confirmed and imported; each step tells how far it is and what is wrong."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ninja import File, Query, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import ConfigDict, Field

from auctor.api.door import ApiRequest, Door, Strict
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import upload_queries as queries
from auctor.crm import uploads
from auctor.crm.importing.mapping import parse_mapping, to_content
from auctor.crm.records import UploadRecord
from auctor.tenancy.permissions import Permission

door = Door(tags=["imports"])
MAY = Permission.DEAL_IMPORT


class CountOut(Schema):
    """What happens, or happened, to the lines of one file."""

    create: int
    update: int
    unchanged: int
    skipped: int


class ProblemOut(Schema):
    """One cell or line that keeps everything out."""

    file: str
    line: int
    column: str
    value: str
    expected: str
    mend: str


class ProgressOut(Schema):
    """Rows done of rows in all; each counts when it was read, checked and written."""

    what: str
    done: int
    total: int


class ImportOut(Schema):
    """Files that were sent. `counts` and `problems` are what the check or the import found; problems are the first."""

    id: UUID
    state: str
    files: list[str]
    mapping: str
    received_at: datetime
    ended_at: datetime | None
    progress: ProgressOut | None
    counts: dict[str, CountOut]
    problem_count: int
    problems: list[ProblemOut]
    refusal: str


class ImportQuery(Schema):
    """How many of the newest imports."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(20, ge=1, le=100)


class MappingIn(Strict):
    """How a plain export is read, with the keys of a mapping file; `preset` names one to start from."""

    mapping: dict[str, Any] = Field(max_length=32)


class HeaderOut(Schema):
    """A column of an export with some of its values."""

    name: str
    samples: list[str]


class ColumnsOut(Schema):
    """How an export is read now, and what it holds."""

    mapping: dict[str, Any]
    columns: list[HeaderOut]
    lines: int


@door.write("/imports", permission=MAY, response={202: ImportOut})
def send_import(request: ApiRequest, files: File[list[UploadedFile]]) -> Status[ImportOut]:
    """Send the files of a history folder, one archive of them, or one plain export; they are checked, not imported.

    An export that no preset knows answers with the state `unmapped` and waits for its mapping.
    """
    sent = [(one.name or "", one.chunks()) for one in files]
    return Status(202, _to_out(uploads.accept_upload(request.actor, sent=sent, now=datetime.now(UTC))))


@door.read("/imports", permission=MAY, response=list[ImportOut])
def list_imports(request: ApiRequest, query: Query[ImportQuery]) -> list[ImportOut]:
    """The newest imports."""
    _record(request, None)
    return [_to_out(one) for one in queries.list_uploads(request.actor, limit=query.limit)]


@door.read("/imports/{import_id}", permission=MAY, response=ImportOut)
def read_import(request: ApiRequest, import_id: UUID) -> ImportOut:
    """One import as far as it is."""
    found = queries.access_upload(request.actor, import_id)
    _record(request, import_id)
    return _to_out(found)


@door.read("/imports/{import_id}/columns", permission=MAY, response=ColumnsOut)
def read_import_columns(request: ApiRequest, import_id: UUID) -> ColumnsOut:
    """The columns of a plain export, and how each is read."""
    mapping, frame, headers = queries.read_columns(request.actor, import_id)
    _record(request, import_id)
    return ColumnsOut(
        mapping=to_content(mapping),
        columns=[HeaderOut(name=one.name, samples=list(one.samples)) for one in headers],
        lines=frame.height,
    )


@door.write("/imports/{import_id}/mapping", method="PUT", permission=MAY, response=ImportOut)
def map_import(request: ApiRequest, import_id: UUID, body: MappingIn) -> ImportOut:
    """Say how a plain export is read, and have it checked."""
    now = datetime.now(UTC)
    queries.access_upload(request.actor, import_id)
    mapping = parse_mapping(body.mapping)
    return _to_out(uploads.choose_mapping(request.actor, upload_id=import_id, mapping=mapping, now=now))


@door.write("/imports/{import_id}/check", permission=MAY, response=ImportOut)
def check_import(request: ApiRequest, import_id: UUID) -> ImportOut:
    """Check the files once more, after a check or an import that failed."""
    return _to_out(uploads.check_again(request.actor, upload_id=import_id, now=datetime.now(UTC)))


@door.write("/imports/{import_id}/confirm", permission=MAY, response=ImportOut)
def confirm_import(request: ApiRequest, import_id: UUID) -> ImportOut:
    """Import what was checked, in the background."""
    return _to_out(uploads.confirm_upload(request.actor, upload_id=import_id, now=datetime.now(UTC)))


@door.write("/imports/{import_id}", method="DELETE", permission=MAY, response=ImportOut)
def cancel_import(request: ApiRequest, import_id: UUID) -> ImportOut:
    """Give it up: its files go, and what it has written is undone."""
    return _to_out(uploads.cancel_upload(request.actor, upload_id=import_id, now=datetime.now(UTC)))


def _record(request: ApiRequest, import_id: UUID | None) -> None:
    log.record(
        request.actor,
        AuditTag.PERSONAL_DATA_READ,
        subject=import_id,
        subject_kind="upload",
        now=datetime.now(UTC),
    )


def _to_out(found: UploadRecord) -> ImportOut:
    report = found.report
    return ImportOut(
        id=found.id,
        state=found.state.name.lower(),
        files=[name for name, _size in found.files],
        mapping=found.mapping,
        received_at=found.received_at,
        ended_at=found.ended_at,
        progress=ProgressOut(what=found.step.what, done=found.step.done, total=found.step.total)
        if found.step
        else None,
        counts={
            name: CountOut(create=one.create, update=one.update, unchanged=one.unchanged, skipped=one.skipped)
            for name, one in (report.files if report else {}).items()
        },
        problem_count=report.problem_count if report else 0,
        problems=[
            ProblemOut(
                file=one.file,
                line=one.line,
                column=one.column,
                value=one.value,
                expected=one.expected,
                mend=one.mend,
            )
            for one in (report.problems if report else ())[:100]
        ],
        refusal=found.refusal,
    )
