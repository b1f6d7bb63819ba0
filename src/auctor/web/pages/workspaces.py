"""Going from one workspace to another: a part of the menu, and a page that needs no script."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from auctor.identity import switching
from auctor.identity.queries import list_memberships
from auctor.tenancy.permissions import Permission, Role
from auctor.tenancy.scope import current
from auctor.web.page import page


@dataclass(frozen=True, slots=True)
class Choice:
    """A workspace that one may go to."""

    name: str
    role: Role
    href: str
    is_current: bool


class SwitchForm(forms.Form):
    """Nothing to fill in: the address says where to."""


@page(permission=Permission.SELF_READ)
def show(request: HttpRequest) -> HttpResponse:
    """All workspaces of the person."""
    return render(request, "workspaces/list.html", {"title": "Workspaces", "workspaces": list(_choices())})


@page(permission=Permission.SELF_READ)
def menu(request: HttpRequest) -> HttpResponse:
    """The others, as the menu of the shell asks for them."""
    others = [choice for choice in _choices() if not choice.is_current]
    return render(request, "shell/workspace_list.html", {"workspaces": others})


@page(permission=Permission.SELF_WRITE, methods=("POST",), forms=(SwitchForm,))
def switch(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """Go over to another one and begin there."""
    switching.switch_workspace(current(), request, workspace_id=workspace_id, now=datetime.now(UTC))
    return redirect("home")


def _choices() -> Iterator[Choice]:
    for found in list_memberships(current()):
        name = found.name or "A workspace without a name"
        address = reverse("workspaces-switch", args=[found.workspace_id])
        yield Choice(name, found.role, address, found.is_current)
