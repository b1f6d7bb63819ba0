"""Ways in for somebody who has no account yet: a link from the console, an invitation, a pilot of one's own."""

from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from auctor.identity import invitations, limits, links, passwords, profiles, sign_in, sign_up
from auctor.identity.actors import address_of
from auctor.identity.factors import ENROL
from auctor.identity.links import LinkKind
from auctor.identity.records import Profile, UserRecord
from auctor.web.attempts import attempt
from auctor.web.errors import answer_error
from auctor.web.page import PUBLIC, page
from auctor.web.pages.settings import ZONES

HIDDEN_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})
HINT = "At least twelve characters, and not a common one."


class PersonForm(forms.Form):
    """Somebody's name and a password of their choice."""

    name = forms.CharField(label="Your name", max_length=profiles.LONGEST_NAME)
    password = forms.CharField(max_length=passwords.LONGEST, widget=HIDDEN_PASSWORD, help_text=HINT)


class OwnerForm(PersonForm):
    """The first owner, and the workspace when it is made with them."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    workspace = forms.CharField(label="Name of the workspace", max_length=profiles.LONGEST_NAME)
    time_zone = forms.ChoiceField(choices=[(zone, zone) for zone in ZONES], initial="UTC")

    field_order = ("workspace", "time_zone", "name", "email", "password")

    def to_profile(self) -> Profile:
        """The workspace that was wished for."""
        return Profile(self.cleaned_data["workspace"], time_zone=self.cleaned_data["time_zone"])


class ConfirmForm(forms.Form):
    """Nothing to fill in: opening a link must not use it up, since programs open links too."""


@page(
    permission=PUBLIC("The one-time link from the console proves who asks; this machine only."),
    methods=("GET", "POST"),
    forms=(ConfirmForm,),
)
def demo(request: HttpRequest, secret: str) -> HttpResponse:
    """Enter the demo, once."""
    now, address = datetime.now(UTC), address_of(request)
    limits.require(limits.LINK_BY_ADDRESS, address, now=now)
    if not links.is_usable(secret, LinkKind.DEMO, address=address, now=now):
        return _refuse(request, links.refusal())
    if request.method != "POST":
        return render(request, "entrance/demo.html", {"title": "The demo"})
    user, workspace_id = links.use_demo_link(secret, address=address, now=now)
    sign_in.enter_by_link(request, user.id, workspace_id=workspace_id, now=now)
    return redirect("home")


@page(
    permission=PUBLIC("The one-time link from the console proves who asks."),
    methods=("GET", "POST"),
    forms=(OwnerForm,),
)
def first_owner(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the first owner, who enrols a second factor next."""
    now = datetime.now(UTC)
    limits.require(limits.LINK_BY_ADDRESS, address_of(request), now=now)
    if not links.is_usable(secret, LinkKind.FIRST_OWNER, address="", now=now):
        return _refuse(request, links.refusal())
    known = links.find_owned_profile(secret)
    form = OwnerForm(request.POST or None)
    if known:
        del form.fields["workspace"], form.fields["time_zone"]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: links.use_owner_link(
                secret,
                email=given["email"],
                password=given["password"],
                name=given["name"],
                profile=None if known else form.to_profile(),
                now=now,
            ),
        )
        if made:
            return _enter(request, made)
    return render(request, "entrance/first_owner.html", {"title": "The first owner", "form": form, "known": known})


@page(
    permission=PUBLIC("The one-time link in the mail proves the address."), methods=("GET", "POST"), forms=(PersonForm,)
)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: with a new account, or with the one that is signed in."""
    now = datetime.now(UTC)
    limits.require(limits.LINK_BY_ADDRESS, address_of(request), now=now)
    try:
        found, workspace = invitations.open_invitation(token, now=now)
    except invitations.LinkRefused as error:
        return _refuse(request, error)
    user = request.user if request.user.is_authenticated else None
    is_own = user is not None and user.email == found.email
    form = PersonForm(request.POST or None)
    if is_own:
        del form.fields["password"]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form,
            lambda: invitations.accept_invitation(
                token,
                name=given["name"],
                password=given.get("password", ""),
                signed_in=user.id if user and is_own else None,
                now=now,
            ),
        )
        if made:
            return redirect("workspaces") if is_own else _enter(request, made)
    context = {"title": "Invitation", "form": form, "invitation": found, "workspace": workspace, "is_own": is_own}
    return render(request, "entrance/invitation.html", context)


@page(
    permission=PUBLIC("Making a pilot of one's own, where the installation allows it."),
    methods=("GET", "POST"),
    forms=(OwnerForm,),
)
def pilot(request: HttpRequest) -> HttpResponse:
    """Ask for a pilot. The answer is the same for an address that has an account: its owner gets a mail."""
    if not settings.AUCTOR_SIGN_UP:
        raise Http404
    now = datetime.now(UTC)
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits.require(limits.SIGN_UP_BY_ADDRESS, address_of(request), now=now)
        given = form.cleaned_data
        asked = attempt(
            form,
            lambda: sign_up.ask_for_pilot(
                request,
                email=given["email"],
                password=given["password"],
                person=given["name"],
                profile=form.to_profile(),
                now=now,
            ),
        )
        if asked:
            return redirect("account_email_verification_sent")
    context = {"title": "Start a pilot", "form": form, "days": settings.AUCTOR_PILOT_DAYS}
    return render(request, "entrance/pilot.html", context)


def _refuse(request: HttpRequest, error: invitations.LinkRefused) -> HttpResponse:
    """Answered and not raised: an error would undo the count of tries."""
    return answer_error(request, error)


def _enter(request: HttpRequest, made: tuple[UserRecord, UUID]) -> HttpResponse:
    user, workspace_id = made
    sign_in.enter_by_password(request, user.id, workspace_id=workspace_id, now=datetime.now(UTC))
    return redirect(ENROL)
