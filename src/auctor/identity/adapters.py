"""Where allauth asks us: its flows, our limits, our log, our seals."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest
from django.urls import reverse

from auctor.audit.tags import AuditTag
from auctor.identity import issuer, limits, reauthenticate, record, seeds, sign_in
from auctor.identity.actors import address_of, words_of
from auctor.identity.models import User
from auctor.identity.sessions import FACTOR


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Sign-in by password: limited by address and by account, every try written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's form
        """Accounts are made by invitation, by the first owner's link, or on our own sign-up page; never by allauth."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The peer's address, as everywhere."""
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at, so that tries at the same moment are all counted."""
        self.tried_at = datetime.now(UTC)
        for limit, subject in self._limits(request, credentials):
            verdict = limits.take(limit, subject, now=self.tried_at)
            if not verdict.allowed:
                limits.mark(request, verdict)
                self._record(request, credentials, AuditTag.SIGN_IN_LIMITED, "limited")
                raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check the password; only failures stay counted."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            for limit, subject in self._limits(request, credentials):
                limits.give_back(limit, subject, now=self.tried_at)
            self._record(request, credentials, AuditTag.SIGN_IN_ATTEMPTED, "ok")
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Written down for the account, if there is one; the answer is the same."""
        self._record(request, credentials, AuditTag.SIGN_IN_ATTEMPTED, "refused")

    def login(self, request: HttpRequest, user: User) -> None:
        """The last step of every way in: a new session key, and which second factor was given."""
        sign_in.finish(request, user)
        factor = request.session.get(FACTOR, "none")
        record.of_user(
            user, AuditTag.SESSION_STARTED, request=request, now=datetime.now(UTC), details={"factor": factor}
        )

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Written down for the account that the mail goes to."""
        record.of_user(user, AuditTag.PASSWORD_RESET_ASKED, request=self.request, now=datetime.now(UTC))
        super().send_password_reset_mail(user, email, context)

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:  # noqa: ARG002 - allauth's form
        """For every change of a factor, but not for enrolling the first one."""
        return bool(self.request is None or self.request.session.get(FACTOR))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:  # noqa: ARG002 - allauth's form
        """Ours alone: it asks for both factors at once."""
        return [{"id": "reauthenticate", "description": "Confirm it is you", "url": reverse(reauthenticate.PAGE)}]

    def _limits(self, request: HttpRequest, credentials: dict[str, Any]) -> list[tuple[limits.Limit, str]]:
        account = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        return [(limits.SIGN_IN_BY_ADDRESS, address_of(request)), (limits.SIGN_IN_BY_ACCOUNT, account)]

    def _record(self, request: HttpRequest, credentials: dict[str, Any], tag: AuditTag, outcome: str) -> None:
        user = User.objects.filter(email__iexact=str(credentials.get("email") or "").strip()).first()
        words: dict[str, Any] = {"outcome": outcome, "details": {"method": "password"}, "now": self.tried_at}
        if user is not None:
            record.of_user(user, tag, request=request, **words)
        else:
            record.of_nobody(tag, **words_of(request), **words)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Second factors: seeds live sealed in a row of ours; allauth's table holds a word that stands for them."""

    def encrypt(self, text: str) -> str:
        """Keep a seed; called when one is enrolled, always by its owner."""
        is_totp = context.request.session.get(SECRET_SESSION_KEY) == text
        return seeds.keep(_owner(), seeds.TOTP if is_totp else seeds.RECOVERY, text)

    def decrypt(self, encrypted_text: str) -> str:
        """The seed that the word stands for."""
        return seeds.get(_owner(), encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Security keys are bound to the name people open, which is never an address of digits."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": "auctor"}


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """OpenID Connect: signs in whoever has an account with the verified address, or is invited at it."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's form
        """Accounts come from invitations; the issuer only proves who somebody is."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Written down, for the account if there is one; an invitation that waits for this address makes it."""
        now = datetime.now(UTC)
        if sociallogin.state.get("process") == AuthProcess.REDIRECT:
            reauthenticate.prove_by_issuer(request, sociallogin, now=now)
            return
        if not sociallogin.is_existing and issuer.accept_waiting(sociallogin, now=now):
            sociallogin.lookup()
        words: dict[str, Any] = {"details": {"method": "oidc"}, "now": now}
        if sociallogin.is_existing:
            record.of_user(sociallogin.user, AuditTag.SIGN_IN_ATTEMPTED, request=request, outcome="ok", **words)
        else:
            words |= words_of(request)
            record.of_nobody(AuditTag.SIGN_IN_ATTEMPTED, outcome="refused", **words)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_: Any) -> None:  # noqa: ARG002
        """The issuer refused, or its answer was not what it should be."""
        words: dict[str, Any] = {"details": {"method": "oidc"}, "now": datetime.now(UTC), **words_of(request)}
        record.of_nobody(AuditTag.SIGN_IN_ATTEMPTED, outcome="failed", **words)


def _owner() -> UUID:
    found = seeds.find_owner() or context.request.user.pk
    assert isinstance(found, UUID)
    return found
