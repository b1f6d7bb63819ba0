"""Import: files are sent, checked, shown, confirmed and imported, each step on a page that says how far it is."""

from datetime import UTC, datetime
from uuid import UUID

import polars as pl
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import upload_queries as queries
from auctor.crm import uploads
from auctor.crm.importing.exports import rehearse
from auctor.crm.importing.mapping import Mapping
from auctor.crm.records import UploadRecord
from auctor.crm.uploading.recognise import values_of
from auctor.crm.vocabulary import UploadState
from auctor.identity.queries import list_members
from auctor.tenancy.permissions import Permission
from auctor.tenancy.scope import current
from auctor.web import imports
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.records import Column, Crumb
from auctor.web.zones import workspace_zone

MAY = Permission.DEAL_IMPORT
COLUMNS = (Column("Files"), Column("State"), Column("By"), Column("When"))
FILE_COLUMNS = (
    Column("File"),
    Column("New", align="end"),
    Column("Changed", align="end"),
    Column("Unchanged", align="end"),
    Column("Left out", align="end"),
)
PROBLEM_COLUMNS = (
    Column("File"),
    Column("Line", align="end"),
    Column("Column"),
    Column("Value"),
    Column("Expected"),
    Column("Mend"),
)
READ_COLUMNS = tuple(Column(one) for one in ("Deal", "Name", "Stage", "Created", "Amount", "Closes"))
HOME = Crumb("Import", "/integrations/import/")


@page(permission=MAY, methods=("GET", "POST"), forms=(imports.UploadForm,))
def show(request: HttpRequest) -> HttpResponse:
    """Send files, and see what became of those that were sent before."""
    actor = current()
    form = imports.UploadForm(request.POST, request.FILES) if request.method == "POST" else imports.UploadForm()
    if request.method == "POST" and form.is_valid():
        sent = imports.pieces_of(form.cleaned_data["sent"])
        made = attempt(form, lambda: uploads.accept_upload(actor, sent=sent, now=datetime.now(UTC)))
        if made:
            unmapped = made.state is UploadState.UNMAPPED
            return redirect("integrations-import-columns" if unmapped else "integrations-import-one", made.id)
    names: dict[UUID | None, str] = {member.id: member.label for member in list_members(actor, with_removed=True)}
    with workspace_zone(actor) as zone:
        rows = [
            (one, imports.in_words(one), *imports.STATES[one.state], names.get(one.member_id, "–"))
            for one in queries.list_uploads(actor)
        ]
        context = {"title": "Import", "form": form, "columns": COLUMNS, "rows": rows, "zone": zone}
        return render(request, "imports/imports.html", context)


@page(permission=MAY)
def show_one(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """One upload as far as it is: its progress, what would happen, what is wrong, or what became of it."""
    actor = current()
    upload = queries.access_upload(actor, upload_id)
    if upload.state is UploadState.UNMAPPED:
        return redirect("integrations-import-columns", upload.id)
    _record(upload)
    state, tone = imports.STATES[upload.state]
    with workspace_zone(actor) as zone:
        context = {
            **_step(upload),
            "title": imports.in_words(upload),
            "crumbs": (HOME, Crumb(imports.in_words(upload))),
            "upload": upload,
            "state": state,
            "tone": tone,
            "found": imports.to_found(upload.report) if upload.report else None,
            "file_columns": FILE_COLUMNS,
            "problem_columns": PROBLEM_COLUMNS,
            "is_open": upload.state in uploads.OPEN or upload.state is UploadState.IMPORTING,
            "zone": zone,
        }
        return render(request, "imports/one.html", context)


@page(permission=MAY)
def progress(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How far it is; when it is there, the page is asked anew."""
    upload = queries.access_upload(current(), upload_id)
    if not upload.is_busy:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("integrations-import-one", args=[upload.id])})
    return render(request, "imports/progress.html", _step(upload))


@page(permission=MAY, methods=("GET", "POST"), forms=(imports.ColumnsForm,))
def columns(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Say which column is what."""
    actor = current()
    upload = queries.access_upload(actor, upload_id)
    mapping, frame, headers = queries.read_columns(actor, upload_id)
    form = imports.ColumnsForm(_posted(request), mapping=mapping, headers=headers)
    if request.method == "POST" and form.is_valid():
        uploads.keep_mapping(actor, upload_id=upload_id, mapping=form.to_mapping(), now=datetime.now(UTC))
        return redirect("integrations-import-values", upload_id)
    _record(upload)
    context = {
        "title": "What the columns are",
        "crumbs": (HOME, Crumb(imports.in_words(upload), f"/integrations/import/{upload.id}/"), Crumb("Columns")),
        "form": form,
        "upload": upload,
        "mapping": mapping,
        "lines": frame.height,
    }
    return render(request, "imports/columns.html", context)


@page(permission=MAY, methods=("GET", "POST"), forms=(imports.ValuesForm,))
def values(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Say what the values mean; the first lines show how they are read. Then the check begins."""
    actor = current()
    upload = queries.access_upload(actor, upload_id)
    mapping, frame, headers = queries.read_columns(actor, upload_id)
    chosen = mapping.chosen([header.name for header in headers])
    stages, statuses, forecasts = (
        values_of(frame, chosen.get(target, ())) for target in ("stage", "status", "forecast_category")
    )
    form = imports.ValuesForm(_posted(request), mapping=mapping, stages=stages, statuses=statuses, forecasts=forecasts)
    if request.method == "POST" and form.is_valid():
        uploads.choose_mapping(actor, upload_id=upload_id, mapping=form.to_mapping(), now=datetime.now(UTC))
        return redirect("integrations-import-one", upload_id)
    _record(upload)
    context = {
        "title": "What the values mean",
        "crumbs": (HOME, Crumb(imports.in_words(upload), f"/integrations/import/{upload.id}/"), Crumb("Values")),
        "form": form,
        "upload": upload,
        "read_columns": READ_COLUMNS,
        "read": _read(frame, mapping),
    }
    return render(request, "imports/values.html", context)


@page(permission=MAY, methods=("POST",), forms=(imports.ActForm,))
def confirm(request: HttpRequest, upload_id: UUID) -> HttpResponse:  # noqa: ARG001 - the form of a view
    """Import it now."""
    uploads.confirm_upload(current(), upload_id=upload_id, now=datetime.now(UTC))
    return redirect("integrations-import-one", upload_id)


@page(permission=MAY, methods=("POST",), forms=(imports.ActForm,))
def again(request: HttpRequest, upload_id: UUID) -> HttpResponse:  # noqa: ARG001 - the form of a view
    """Check it once more."""
    uploads.check_again(current(), upload_id=upload_id, now=datetime.now(UTC))
    return redirect("integrations-import-one", upload_id)


@page(permission=MAY, methods=("POST",), forms=(imports.ActForm,))
def cancel(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Give it up."""
    uploads.cancel_upload(current(), upload_id=upload_id, now=datetime.now(UTC))
    messages.success(request, "The files are gone, and nothing was imported.")
    return redirect("integrations-import")


@page(permission=MAY)
def problems(request: HttpRequest, upload_id: UUID) -> HttpResponse:  # noqa: ARG001 - the form of a view
    """What was found wrong, as a file to work through."""
    upload = queries.access_upload(current(), upload_id)
    _record(upload)
    content = queries.problems_as_csv(upload.report) if upload.report else b""
    named = {"Content-Disposition": 'attachment; filename="problems.csv"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=named)


def _posted(request: HttpRequest) -> QueryDict | None:
    """A form without a single tick is a form, too."""
    return request.POST if request.method == "POST" else None


def _read(frame: pl.DataFrame, mapping: Mapping) -> list[tuple[str, ...]]:
    """The first lines as they would be read."""
    found = rehearse(frame.head(5), mapping)
    shown = ("deal_id", "name", "stage_id", "created_at", "amount", "close_date")
    return [
        tuple(
            f"{line.get(name) or ''} {line.get('currency') or ''}".strip() if name == "amount" else line.get(name) or ""
            for name in shown
        )
        for line in found
    ]


def _step(upload: UploadRecord) -> dict[str, object]:
    step = upload.step
    return {
        "done": step.done if step else 0,
        "total": step.total if step else None,
        "label": imports.STEPS.get(step.what, "At work") if step else "Waiting for the worker",
        "poll": reverse("integrations-import-progress", args=[upload.id]) if upload.is_busy else "",
    }


def _record(upload: UploadRecord) -> None:
    """Columns, values and problems show names of people and deals: who read them is written down."""
    log.record(current(), AuditTag.PERSONAL_DATA_READ, subject=upload.id, subject_kind="upload", now=datetime.now(UTC))
