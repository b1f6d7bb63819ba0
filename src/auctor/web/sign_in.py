"""The addresses of sign-in: allauth's pages that are used, each with its reason; those that are not here do not exist.

Every one answers 429 with `Retry-After` when a limit refused it, although the page is an ordinary form again: the
count of tries is in the request's transaction, and an error would undo it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path

from auctor.identity.middleware import before_second_factor
from auctor.identity.reauthenticate import PAGE
from auctor.tenancy.permissions import Permission, Public
from auctor.web.page import ask_to_sign_in
from auctor.web.pages import entrance, issuer, reauthenticate

View = Callable[..., HttpResponse]

TOO_MANY = 429


def answering(view: View) -> View:
    """The view, with the status of a limit that refused it."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        wait = getattr(request, "retry_after", 0)
        if wait:
            response.status_code = TOO_MANY
            response["Retry-After"] = str(wait)
        return response

    return answered


def public(view: View, reason: str) -> View:
    """A page for everybody."""
    answered = answering(view)
    answered.permission = Public(reason)  # type: ignore[attr-defined]  # read by the architecture tests
    return answered


def own(view: View) -> View:
    """A page about one's own account, for whoever gave both factors; a workspace is not needed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Between password and second factor the middleware lets through what is marked for it, and nothing else.
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    answered = answering(guarded)
    answered.permission = Permission.SELF_WRITE  # type: ignore[attr-defined]
    return answered


LOGIN = account.LoginView.as_view(extra_context={"is_sign_up_open": lambda: settings.AUCTOR_SIGN_UP})

ENTRANCE = [
    path("signup/", public(entrance.pilot, "Making a pilot of one's own, where it is allowed."), name="account_signup"),
    path("login/", public(LOGIN, "Whoever signs in is nobody yet."), name="account_login"),
    path("inactive/", public(account.account_inactive, "Says that an account is closed."), name="account_inactive"),
    path(
        "confirm-email/",
        public(account.email_verification_sent, "Says that a mail was sent."),
        name="account_email_verification_sent",
    ),
    path(
        "confirm-email/<str:key>/",
        public(account.confirm_email, "The signed link in a mail proves the address."),
        name="account_confirm_email",
    ),
    path(
        "2fa/authenticate/",
        public(mfa.authenticate, "The second step of signing in; the first is kept in the session."),
        name="mfa_authenticate",
    ),
]
FORGOTTEN = [
    path(
        "password/reset/",
        public(account.password_reset, "Asking for a link to a new password."),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        public(account.password_reset_done, "Says that a mail was sent."),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/done/",
        public(account.password_reset_from_key_done, "Says that the password was changed."),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key, "The link in a mail proves the address."),
        name="account_reset_password_from_key",
    ),
]
ISSUER = [
    path(
        "oidc/<slug:provider_id>/login/",
        public(issuer.leave, "Signing in at an OpenID Connect issuer."),
        name="openid_connect_login",
    ),
    path(
        "oidc/<slug:provider_id>/login/callback/",
        public(oidc.callback, "Where the issuer sends people back to."),
        name="openid_connect_callback",
    ),
    path(
        "3rdparty/login/cancelled/",
        public(social.login_cancelled, "Says that signing in at the issuer was cancelled."),
        name="socialaccount_login_cancelled",
    ),
    path(
        "3rdparty/login/error/",
        public(social.login_error, "Says that signing in at the issuer failed."),
        name="socialaccount_login_error",
    ),
    path(
        "3rdparty/signup/",
        public(social.signup, "Says that an address has no account here."),
        name="socialaccount_signup",
    ),
]
ACCOUNT = [
    path("logout/", before_second_factor(own(account.logout)), name="account_logout"),
    path("reauthenticate/", own(reauthenticate.show), name=PAGE),
    path("email/", own(account.email), name="account_email"),
    path("password/change/", own(account.password_change), name="account_change_password"),
    path("password/set/", own(account.password_set), name="account_set_password"),
]
FACTORS = [
    path("2fa/", own(mfa.index), name="mfa_index"),
    path("2fa/totp/activate/", before_second_factor(own(totp.activate_totp)), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/webauthn/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", before_second_factor(own(webauthn.add_webauthn)), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", own(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/recovery-codes/", own(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", own(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
]


def addresses() -> list[URLPattern]:
    """All of them, for whoever mounts the faces."""
    return [*ENTRANCE, *FORGOTTEN, *ISSUER, *ACCOUNT, *FACTORS]
