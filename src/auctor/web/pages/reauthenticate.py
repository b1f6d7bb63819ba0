"""Confirming that it is you before something sensitive: the password and a fresh code at once."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from auctor.identity import reauthenticate
from auctor.identity.reauthenticate import PAGE, Proof
from auctor.web.page import Answer

WORDS = {
    Proof.WRONG: "The password or the code is not right. Codes change every half minute and work once.",
    Proof.LIMITED: "Too many tries. Wait a few minutes, then try once more.",
}


class ProofForm(forms.Form):
    """Both factors; the password only for those who have one."""

    password = forms.CharField(
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code from the app",
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text="A recovery code works too.",
    )
    next = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)


def show(request: HttpRequest) -> HttpResponse:
    """Ask, check, go back to where the question came from."""
    form = ProofForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    user = request.user
    assert user.is_authenticated
    if not user.has_usable_password():
        if not reauthenticate.came_from_issuer(request, user, now=datetime.now(UTC)):
            return render(request, "account/reauthenticate_issuer.html", {"back_to": request.get_full_path()})
        del form.fields["password"]
    if request.method == "POST" and form.is_valid():
        proof = reauthenticate.prove(
            request,
            user,
            password=form.cleaned_data.get("password", ""),
            code=form.cleaned_data["code"],
            now=datetime.now(UTC),
        )
        if proof is Proof.GIVEN:
            return redirect(_safe(form.cleaned_data["next"], request))
        form.add_error(None, WORDS[proof])
    return render(request, "account/reauthenticate.html", {"form": form})


def with_proof(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponse]:
    """Guard a page whose act wants both factors fresh; stands below `page`. A form sent too late is asked for again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Answer | HttpResponse:
        if reauthenticate.has_proof(request, now=datetime.now(UTC)):
            return view(request, *args, **kwargs)
        return ask(request)

    return guarded


def ask(request: HttpRequest) -> HttpResponse:
    """Send somebody to the question, and from there back to this page, or to the one that held the form."""
    back_to = request.path if request.method in {"GET", "HEAD"} else urlsplit(request.headers.get("Referer", "")).path
    address = f"{reverse(PAGE)}?{urlencode({'next': back_to})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=403, headers={"HX-Redirect": address})
    return redirect(address)


def _safe(address: str, request: HttpRequest) -> str:
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=True)
    return address if allowed and address.startswith("/") else "/"
