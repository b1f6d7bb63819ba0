"""Where one is signed in, and how to end it."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from auctor.identity import leaving, queries
from auctor.tenancy.permissions import Permission
from auctor.tenancy.scope import current
from auctor.web.page import page
from auctor.web.records import Column

COLUMNS = (
    Column("Browser"),
    Column("Address"),
    Column("Last seen"),
    Column("Signed in"),
    Column("Acts", align="end", is_label_hidden=True),
)


class ActForm(forms.Form):
    """Nothing to fill in: the address says which session."""


@page(permission=Permission.SELF_READ)
def show(request: HttpRequest) -> HttpResponse:
    """All browsers of the person, the latest first."""
    found = queries.list_sessions(current(), now=datetime.now(UTC), current_id=_own(request))
    return render(request, "settings/sessions.html", {"title": "Sessions", "columns": COLUMNS, "sessions": found})


@page(permission=Permission.SELF_WRITE, methods=("POST",), forms=(ActForm,))
def revoke(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of them; one's own leads back to the door."""
    leaving.revoke_session(current(), session_id=session_id, now=datetime.now(UTC))
    if session_id == _own(request):
        request.session.flush()
        return redirect("account_login")
    messages.success(request, "That session ended.")
    return redirect("sessions")


@page(permission=Permission.SELF_WRITE, methods=("POST",), forms=(ActForm,))
def revoke_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    ended = leaving.revoke_other_sessions(current(), current_id=_own(request), now=datetime.now(UTC))
    messages.success(request, f"{ended} other session{'' if ended == 1 else 's'} ended.")
    return redirect("sessions")


def _own(request: HttpRequest) -> UUID | None:
    holder = request.session.holder  # type: ignore[attr-defined]  # our engine's
    return holder.session_id if holder else None
