"""Settings of the workspace: what it is called, how it counts, when a pilot ends, how it is closed."""

import calendar
from datetime import UTC, datetime
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from auctor.identity import members, profiles, queries, workspaces
from auctor.identity.records import Profile
from auctor.tenancy.guard import can
from auctor.tenancy.permissions import Permission
from auctor.tenancy.scope import current
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.pages.reauthenticate import with_proof
from auctor.web.records import Crumb

MONTHS = tuple(calendar.month_name)[1:]
ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


class ProfileForm(forms.Form):
    """The workspace's name and how it counts."""

    name = forms.CharField(max_length=profiles.LONGEST_NAME)
    time_zone = forms.ChoiceField(choices=[(zone, zone) for zone in ZONES])
    currency = forms.CharField(
        max_length=3, min_length=3, help_text="Three letters (ISO 4217). Totals are shown in it."
    )
    year_begins_in = forms.TypedChoiceField(
        label="The year begins in", coerce=int, choices=[(n, month) for n, month in enumerate(MONTHS, start=1)]
    )

    def to_profile(self) -> Profile:
        """What was filled in."""
        given = self.cleaned_data
        return Profile(given["name"], given["time_zone"], given["currency"].upper(), given["year_begins_in"])


class NameForm(forms.Form):
    """What a person wants to be called here."""

    name = forms.CharField(label="Your name", max_length=profiles.LONGEST_NAME)


class CloseForm(forms.Form):
    """Typing the name is the last question."""

    name = forms.CharField(label="The workspace's name", max_length=profiles.LONGEST_NAME)


@page(permission=Permission.SETTING_READ, methods=("GET", "POST"), forms=(ProfileForm,))
def show(request: HttpRequest) -> HttpResponse:
    """Look, and for those who may, change."""
    actor, now = current(), datetime.now(UTC)
    details = queries.get_details(actor)
    initial = {name: getattr(details.profile, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, lambda: workspaces.change_profile(actor, profile=form.to_profile(), now=now))
        if saved:
            messages.success(request, "Saved.")
            return redirect("settings")
    context = {
        "title": "Settings",
        "form": form,
        "details": details,
        "is_read_only": details.is_read_only(now),
        "may_close": can(actor, Permission.WORKSPACE_CLOSE),
    }
    return render(request, "settings/workspace.html", context)


@page(permission=Permission.SELF_WRITE, methods=("GET", "POST"), forms=(NameForm,))
def rename(request: HttpRequest) -> HttpResponse:
    """One's own name in this workspace."""
    actor = current()
    assert actor.member_id is not None
    own = queries.access_member(actor, actor.member_id)
    form = NameForm(request.POST or None, initial={"name": own.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        if attempt(form, lambda: members.rename_self(actor, name=name, now=datetime.now(UTC))):
            messages.success(request, "Saved.")
            return redirect("settings-you")
    return render(request, "settings/you.html", {"title": "You", "form": form, "own": own})


@page(permission=Permission.WORKSPACE_CLOSE, methods=("GET", "POST"), forms=(CloseForm,))
@with_proof
def close(request: HttpRequest) -> HttpResponse:
    """Close the workspace; thirty days later its keys are destroyed."""
    actor = current()
    details = queries.get_details(actor)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["name"].strip() == details.profile.name:
            workspaces.close_workspace(actor, now=datetime.now(UTC))
            messages.success(request, f"{details.profile.name} is closed.")
            return redirect("home")
        form.add_error("name", "This is not its name.")
    crumbs = [Crumb("Settings", "/settings/"), Crumb("Close")]
    return render(
        request, "settings/close.html", {"title": "Close", "form": form, "details": details, "crumbs": crumbs}
    )
