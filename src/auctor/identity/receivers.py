"""What sign-in does in other people's code, written into the log and into the session as it happens.

Receivers run in the request's transaction, so an entry exists exactly when the change does.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account import signals as account_signals
from allauth.core import context
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social_signals
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import signals as auth_signals
from django.db.models.signals import post_delete, post_save, pre_save
from django.http import HttpRequest

from auctor.audit.tags import AuditTag
from auctor.identity import factors, record, seeds, sign_in, sign_up
from auctor.identity.models import Session, User
from auctor.identity.sessions import FACTOR, digest_of

NAMES = {
    Authenticator.Type.TOTP: "totp",
    Authenticator.Type.WEBAUTHN: "webauthn",
    Authenticator.Type.RECOVERY_CODES: "recovery",
}
SEEDS = {Authenticator.Type.TOTP: seeds.TOTP, Authenticator.Type.RECOVERY_CODES: seeds.RECOVERY}


def connect() -> None:
    """Called once, when Django is ready."""
    post_save.connect(on_factor_saved, sender=Authenticator, dispatch_uid="auctor.factor_saved")
    post_delete.connect(on_factor_deleted, sender=Authenticator, dispatch_uid="auctor.factor_deleted")
    pre_save.connect(on_linking, sender=SocialAccount, dispatch_uid="auctor.linking")
    post_save.connect(on_linked, sender=SocialAccount, dispatch_uid="auctor.linked")
    mfa_signals.authenticator_used.connect(on_factor_used, dispatch_uid="auctor.factor_used")
    auth_signals.user_logged_out.connect(on_signed_out, dispatch_uid="auctor.signed_out")
    account_signals.password_changed.connect(on_password_changed, dispatch_uid="auctor.password_changed")
    account_signals.password_set.connect(on_password_changed, dispatch_uid="auctor.password_set")
    account_signals.password_reset.connect(on_password_reset, dispatch_uid="auctor.password_reset")
    account_signals.email_confirmed.connect(on_email_confirmed, dispatch_uid="auctor.email_confirmed")
    account_signals.email_changed.connect(on_email_changed, dispatch_uid="auctor.email_changed")
    social_signals.social_account_removed.connect(on_unlinked, dispatch_uid="auctor.unlinked")


def on_factor_saved(instance: Authenticator, created: bool, **_: Any) -> None:
    """A factor was enrolled: from here on this session holds both."""
    if not created:
        return
    is_recovery = instance.type == Authenticator.Type.RECOVERY_CODES
    tag = AuditTag.RECOVERY_CODES_MADE if is_recovery else AuditTag.FACTOR_ENROLLED
    request = _request()
    record.of_user(instance.user, tag, request=request, now=_now(), details={"factor": NAMES[instance.type]})
    if request is None or is_recovery or request.session.get(FACTOR) or request.user.pk != instance.user_id:
        return
    request.session[FACTOR] = NAMES[instance.type]
    request.session.cycle_key()
    sign_in.note_proof(request, instance.user)


def on_factor_deleted(instance: Authenticator, **_: Any) -> None:
    """Its seed goes with it; who took the last one away is asked to enrol another, in this browser alone."""
    if instance.type in SEEDS:
        seeds.drop(instance.user_id, SEEDS[instance.type])
    user = User.objects.filter(id=instance.user_id).first()
    if user is not None:
        details = {"factor": NAMES[instance.type]}
        record.of_user(user, AuditTag.FACTOR_REMOVED, request=_request(), now=_now(), details=details)
    if not factors.has_factor(instance.user_id):
        _ask_again(instance.user_id)


def on_factor_used(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A security key was used; codes are recorded where they are checked."""
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        details = {"factor": "webauthn"}
        record.of_user(user, AuditTag.FACTOR_ATTEMPTED, request=request, now=_now(), details=details)


def on_signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Somebody ended their session."""
    if user is not None:
        record.of_user(user, AuditTag.SESSION_ENDED, request=request, now=_now())


def on_password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Every other session of the user ends with the old password: its digest is part of each session."""
    record.of_user(user, AuditTag.PASSWORD_CHANGED, request=request, now=_now())


def on_password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """By a link in a mail; the second factor is still asked for at the next sign-in."""
    record.of_user(user, AuditTag.PASSWORD_RESET, request=request, now=_now())


def on_email_confirmed(request: HttpRequest, email_address: Any, **_: Any) -> None:
    """A pilot that was asked for is made now, when the address is known to be theirs."""
    record.of_user(email_address.user, AuditTag.EMAIL_VERIFIED, request=request, now=_now())
    sign_up.make_pilot(email_address.user, now=_now())


def on_email_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Another address signs in from now on."""
    record.of_user(user, AuditTag.EMAIL_CHANGED, request=request, now=_now())


def on_linking(instance: SocialAccount, **_: Any) -> None:
    """What the issuer tells of a person (name, groups, photograph) is not kept: this table is not sealed."""
    instance.told, instance.extra_data = instance.extra_data, {}


def on_linked(instance: SocialAccount, created: bool, **_: Any) -> None:
    """The issuer's name for a person was noted. The request may go on reading what else it told."""
    instance.extra_data = instance.told
    if created:
        record.of_user(instance.user, AuditTag.IDENTITY_LINKED, request=_request(), now=_now())


def on_unlinked(request: HttpRequest, socialaccount: SocialAccount, **_: Any) -> None:
    """It was forgotten."""
    record.of_user(socialaccount.user, AuditTag.IDENTITY_UNLINKED, request=request, now=_now())


def _ask_again(user_id: UUID) -> None:
    request = _request()
    sessions = Session.objects.filter(user_id=user_id)
    if request is not None and request.user.pk == user_id:
        request.session.pop(FACTOR, None)
        sessions = sessions.exclude(digest=digest_of(request.session.session_key or ""))
    sessions.delete()


def _request() -> HttpRequest | None:
    request: HttpRequest | None = getattr(context, "request", None)
    return request


def _now() -> datetime:
    return datetime.now(UTC)
