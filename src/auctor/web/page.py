"""The door of every page: who may see it, how it may be asked, which fields it takes.

A view without this decorator does not pass the architecture tests, so nothing is reachable by forgetting.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.forms import CharField, Form, JSONField, UUIDField
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission, Public
from auctor.tenancy.records import Actor, ActorKind
from auctor.tenancy.scope import find_current
from auctor.web.addresses import is_fragment, is_navigation

# What a view answers with: a page, or a file that is streamed.
Answer = TypeVar("Answer", bound=HttpResponseBase)

CSRF_FIELD = "csrfmiddlewaretoken"


class NoMembership(AuctorError):
    """Somebody signed in who belongs to no workspace."""

    code: ClassVar[str] = "web.no_membership"
    status: ClassVar[int] = 403


class UnknownField(AuctorError):
    """A form carried a field that the page does not have."""

    code: ClassVar[str] = "web.unknown_field"
    status: ClassVar[int] = 400


class BadText(AuctorError):
    """A value that no field can hold, such as one with a NUL character."""

    code: ClassVar[str] = "web.bad_text"
    status: ClassVar[int] = 400


PUBLIC = Public


def page(
    *, permission: Permission | Public, methods: Sequence[str] = ("GET",), forms: Sequence[type[Form]] = ()
) -> Callable[[Callable[..., Answer]], Callable[..., Answer | HttpResponse]]:
    """Guard a view. The actor is the current scope's; the view may take it with `tenancy.scope.current()`.

    1. Another method than `methods` (HEAD comes with GET) answers 405.
    2. Without a sign-in: people are sent to sign in, parts of pages and programs get 401.
    3. Without a workspace or the permission: 403.
    4. A posted field that none of `forms` has, or a NUL character, answers 400.
    """
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)
    fields = _fields_of(forms)

    def guard(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer | HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            if not isinstance(permission, Public):
                actor = find_current()
                if actor is None or actor.kind is ActorKind.ANONYMOUS:
                    return ask_to_sign_in(request)
                _require_membership(actor)
                require(actor, permission)
            _refuse_unknown(request, fields)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the architecture tests
        guarded.methods = frozenset(allowed)  # type: ignore[attr-defined]
        return guarded

    return guard


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send people to the sign-in page; a redirect would only confuse anything else."""
    if is_fragment(request):
        return HttpResponse(status=401, headers={"HX-Redirect": _sign_in(_came_from(request))})
    if not is_navigation(request):
        return HttpResponse("Sign in first.\n", status=401, content_type="text/plain; charset=utf-8")
    return redirect(_sign_in(request.get_full_path() if request.method in ("GET", "HEAD") else ""))


def _sign_in(back_to: str) -> str:
    address = reverse("account_login")
    return f"{address}?{urlencode({'next': back_to})}" if back_to and back_to != "/" else address


def _came_from(request: HttpRequest) -> str:
    """The page that a part belongs to, without its host: only our own addresses are gone back to."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _require_membership(actor: Actor) -> None:
    if actor.workspace_id is None:
        raise NoMembership(
            "You are signed in, but belong to no workspace.",
            mend="Ask an owner or admin for an invitation to this address.",
        )


def _fields_of(forms: Sequence[type[Form]]) -> frozenset[str]:
    """The field names of the forms. Raises ImproperlyConfigured for a text that may be endless."""
    names = set()
    for form in forms:
        for name, field in form.base_fields.items():
            if isinstance(field, CharField) and not isinstance(field, UUIDField | JSONField) and not field.max_length:
                raise ImproperlyConfigured(f"{form.__name__}.{name} needs a max_length.")
            names.add(f"{form.prefix}-{name}" if form.prefix else name)
    return frozenset(names)


def _refuse_unknown(request: HttpRequest, fields: frozenset[str]) -> None:
    if request.method in ("GET", "HEAD"):
        return
    unknown = sorted({*request.POST, *request.FILES} - fields - {CSRF_FIELD})
    if unknown:
        raise UnknownField(
            f"This page has no field {unknown[0][:40]!r}.", mend="Reload the page and send the form again."
        )
    if any("\0" in value for name in request.POST for value in request.POST.getlist(name)):
        raise BadText("A field holds a NUL character.", mend="Remove it and send the form again.")
