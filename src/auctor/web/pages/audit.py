"""The audit log: who did what, the checkpoint to keep, and the file that proves both."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from auctor.audit import export, log, queries, verify
from auctor.audit.records import SealStatus, SignedHead
from auctor.audit.tags import AuditTag
from auctor.identity.queries import list_members
from auctor.identity.reauthenticate import has_proof
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web.entries import Names, to_happening, to_row
from auctor.web.page import page
from auctor.web.pages import reauthenticate
from auctor.web.records import Column, Cursors, Tab
from auctor.web.zones import workspace_zone

# The sealer turns twice a second; who waits longer than this should be told.
LATE = timedelta(seconds=30)
MOST_ANCHORS = 31
VERIFIER = Path(verify.__file__)

ENTRY_COLUMNS = (Column("When"), Column("Who"), Column("What happened"), Column("Place in the log", align="end"))
ANCHOR_COLUMNS = (Column("Day"), Column("Entries up to then", align="end"), Column("Root of the tree"))


class EntriesForm(forms.Form):
    """Which entries to list. Days are those of the workspace's zone."""

    action = forms.ChoiceField(label="What happened", required=False)
    who = forms.TypedChoiceField(label="Who", required=False, coerce=UUID, empty_value=None)
    subject = forms.CharField(label="About", required=False, max_length=64)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, given: object, *, names: Names) -> None:
        super().__init__(given, auto_id="filter-%s")  # type: ignore[arg-type]  # a QueryDict
        actions = sorted((tag.value, to_happening(tag.value)) for tag in AuditTag)
        people = sorted(((str(key), name) for key, name in names.items()), key=lambda pair: pair[1].lower())
        self.fields["action"].choices = [("", "Anything"), *actions]  # type: ignore[attr-defined]
        self.fields["who"].choices = [("", "Anybody"), *people]  # type: ignore[attr-defined]
        self.fields["subject"].widget.attrs["placeholder"] = "Id of what was touched"

    def to_filter(self) -> queries.EntryFilter:
        """As the log understands it; a wrong value narrows nothing, its error stands beside it."""
        self.is_valid()
        given = self.cleaned_data
        until: date | None = given.get("until")
        return queries.EntryFilter(
            action=given.get("action") or "",
            actor_id=given.get("who"),
            subject=given.get("subject") or "",
            since=_begin_of(given.get("since")),
            until=_begin_of(until + timedelta(days=1) if until and until < date.max else None),
        )


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far sealing is behind, in words."""

    status: SealStatus
    is_late: bool


class ExportForm(forms.Form):
    """Nothing to fill in: the export holds everything."""


@page(permission=Permission.AUDIT_READ)
def show(request: HttpRequest) -> HttpResponse:
    """The entries, newest first. Reading them is an entry too, after the page was read."""
    actor = current()
    names = dict(_names(actor))
    with workspace_zone(actor) as zone:
        form = EntriesForm(request.GET, names=names)
        after = request.GET.get("after", "")
        sealing = _sealing(actor)
        found = queries.list_entries(actor, filters=form.to_filter(), cursor=after)
        log.record(actor, AuditTag.AUDIT_READ, now=datetime.now(UTC))
        context = {
            "title": "Audit",
            "tabs": _tabs(actor, "audit"),
            "form": form,
            "is_narrowed": any(request.GET.get(name) for name in form.fields),
            "zone": zone,
            "sealing": sealing,
            "columns": ENTRY_COLUMNS,
            "rows": [to_row(entry, names) for entry in found.entries],
            "cursors": Cursors(next=found.next_cursor, shown=len(found.entries)),
            "is_first": not after,
        }
        return render(request, "audit/entries.html", context)


@page(permission=Permission.AUDIT_READ)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint and how to keep it, how far sealing is, the anchors of past days."""
    actor = current()
    signed = queries.find_checkpoint(actor)
    assert actor.workspace_id is not None
    anchors = queries.list_anchors(actor.workspace_id, up_to=signed.head.size) if signed else []
    with workspace_zone(actor):
        context = {
            "title": "Checkpoint",
            "tabs": _tabs(actor, "audit-checkpoint"),
            "sealing": _sealing(actor),
            "signed": signed,
            "sealed_at": _sealed_at(signed) if signed else None,
            "proof": queries.to_proof(actor.workspace_id, signed) if signed else "",
            "columns": ANCHOR_COLUMNS,
            "anchors": [(anchor.day, anchor.size, anchor.root.hex()) for anchor in reversed(anchors[-MOST_ANCHORS:])],
            "hidden_anchors": max(0, len(anchors) - MOST_ANCHORS),
        }
        return render(request, "audit/checkpoint.html", context)


@page(permission=Permission.AUDIT_READ)
def keep(_request: HttpRequest) -> HttpResponse:
    """The newest checkpoint with the proof of this workspace's place in it, as a file."""
    proof = queries.checkpoint_proof(current())
    name = f"checkpoint-{datetime.now(UTC):%Y-%m-%d}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(proof, content_type="text/plain; charset=utf-8", headers=headers)


@page(permission=Permission.AUDIT_EXPORT, methods=("GET", "POST"), forms=(ExportForm,))
def show_export(request: HttpRequest) -> HttpResponseBase:
    """What the export holds and how to check it; posting asks for both factors and answers with the file."""
    if request.method == "POST":
        return download(request)
    actor = current()
    signed = queries.find_checkpoint(actor)
    with workspace_zone(actor):
        context = {
            "title": "Export and proof",
            "tabs": _tabs(actor, "audit-export"),
            "signed": signed,
            "sealed_at": _sealed_at(signed) if signed else None,
            "is_proved": has_proof(request, now=datetime.now(UTC)),
            "name": _name_of_export(),
        }
        return render(request, "audit/export.html", context)


@reauthenticate.with_proof
def download(_request: HttpRequest) -> FileResponse:
    """The file, from a nameless one on the disk: a log does not fit into memory, and a failure must be a page."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    text = TextIOWrapper(file, encoding="utf-8", newline="\n")
    export.export_log(current(), text, now=datetime.now(UTC))
    text.flush()
    text.detach()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_name_of_export(), content_type="application/jsonl")


@page(permission=Permission.AUDIT_READ)
def verifier(_request: HttpRequest) -> HttpResponse:
    """The one file that checks an export, to be read before it is trusted."""
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    text = VERIFIER.read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/x-python; charset=utf-8", headers=headers)


def _tabs(actor: Actor, here: str) -> tuple[Tab, ...]:
    tabs = [("Entries", "audit"), ("Checkpoint", "audit-checkpoint")]
    if can(actor, Permission.AUDIT_EXPORT):
        tabs.append(("Export and proof", "audit-export"))
    return tuple(Tab(label, reverse(name), is_current=name == here) for label, name in tabs)


def _names(actor: Actor) -> Iterator[tuple[UUID, str]]:
    """Everybody who ever was a member, by both ids that entries know them by."""
    for member in list_members(actor, with_removed=True):
        yield member.user_id, member.label
        yield member.id, member.label


def _sealing(actor: Actor) -> Sealing:
    status = queries.seal_status(actor)
    waits_since = status.oldest_open_at
    return Sealing(status, waits_since is not None and timezone.now() - waits_since > LATE)


def _sealed_at(signed: SignedHead) -> datetime:
    return datetime.fromtimestamp(signed.head.time / 1_000_000, tz=UTC)


def _begin_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _name_of_export() -> str:
    return f"audit-{datetime.now(UTC):%Y-%m-%d}.jsonl"
