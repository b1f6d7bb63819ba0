"""API tokens of one's own: made here, shown once, revoked here."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from auctor.identity import tokens
from auctor.tenancy.permissions import PERMISSIONS_OF, Permission
from auctor.tenancy.records import Actor
from auctor.tenancy.scope import current
from auctor.web.attempts import attempt
from auctor.web.page import page
from auctor.web.pages.reauthenticate import with_proof
from auctor.web.records import Column, Crumb

COLUMNS = (
    Column("Token"),
    Column("May"),
    Column("Last used"),
    Column("Ends"),
    Column("Acts", align="end", is_label_hidden=True),
)
LIVES = [("30", "30 days"), ("90", "90 days"), ("180", "180 days"), ("365", "One year")]


class TokenForm(forms.Form):
    """What a new token is for, and how long."""

    name = forms.CharField(max_length=80, help_text="Where it is used, such as the nightly export.")
    days = forms.ChoiceField(label="Lives for", choices=LIVES, initial="90")
    scopes = forms.MultipleChoiceField(
        label="It may", widget=forms.CheckboxSelectMultiple, help_text="At most what you may yourself."
    )

    def __init__(self, data: object = None, *, actor: Actor) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        held = sorted(one.value for one in PERMISSIONS_OF[actor.role]) if actor.role else []
        self.fields["scopes"].choices = [(one, one) for one in held]  # type: ignore[attr-defined]


class ActForm(forms.Form):
    """Nothing to fill in: the address says which token."""


@page(permission=Permission.TOKEN_READ)
def show(request: HttpRequest) -> HttpResponse:
    """One's own tokens, the newest first."""
    actor, now = current(), datetime.now(UTC)
    rows = [(token, token.is_usable(now)) for token in tokens.list_tokens(actor)]
    return render(request, "settings/tokens.html", {"title": "API tokens", "columns": COLUMNS, "rows": rows})


@page(permission=Permission.TOKEN_WRITE, methods=("GET", "POST"), forms=(TokenForm,))
@with_proof
def create(request: HttpRequest) -> HttpResponse:
    """Make one; the answer is the only place where it stands."""
    actor = current()
    form = TokenForm(request.POST or None, actor=actor)
    crumbs = [Crumb("API tokens", "/settings/tokens/"), Crumb("New token")]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        scopes = [Permission(scope) for scope in given["scopes"]]
        made = attempt(
            form,
            lambda: tokens.create_token(
                actor, name=given["name"], scopes=scopes, days=int(given["days"]), now=datetime.now(UTC)
            ),
        )
        if made:
            context = {"title": "New token", "secret": made.secret, "crumbs": crumbs}
            return render(request, "settings/token_made.html", context)
    return render(request, "settings/token_new.html", {"title": "New token", "form": form, "crumbs": crumbs})


@page(permission=Permission.TOKEN_WRITE, methods=("POST",), forms=(ActForm,))
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Make one useless at once. Asks for no proof: taking a key away must never be hard."""
    token = tokens.revoke_token(current(), token_id=token_id, now=datetime.now(UTC))
    messages.success(request, f"{token.prefix}… was revoked.")
    return redirect("settings-tokens")
