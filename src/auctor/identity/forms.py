"""allauth's forms with our checks in them; they are named in the settings."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.forms import ResetPasswordForm as BaseResetPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateForm
from django import forms

from auctor.audit.tags import AuditTag
from auctor.identity import factors, limits, record
from auctor.identity.actors import address_of
from auctor.identity.factors import Outcome

LONGEST_CODE = 32
WORDS = {
    Outcome.WRONG: "This code is not right. Codes change every half minute; take the one shown now.",
    Outcome.REPLAYED: "This code was used already. Wait for the next one.",
    Outcome.LIMITED: "Too many wrong codes. Wait a few minutes, then try once more.",
    Outcome.LOCKED: "Too many wrong codes in all. Use a recovery code.",
}


class AuthenticateForm(BaseAuthenticateForm):  # type: ignore[misc]  # allauth is not typed
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].max_length = LONGEST_CODE

    def clean_code(self) -> str:
        """The verdict, its count and its entry are kept with the answer, whatever it is."""
        now, code = datetime.now(UTC), str(self.cleaned_data["code"])[:LONGEST_CODE]
        checked = factors.check_code(self.user, code, now=now)
        _record_code(self.user, checked, now)
        if not checked.is_accepted:
            raise forms.ValidationError(WORDS[checked.outcome])
        self.authenticator = Authenticator.objects.get(pk=checked.authenticator_id)
        return code


class ActivateTOTPForm(BaseActivateForm):  # type: ignore[misc]  # allauth is not typed
    """Enrolling an authenticator app: its first code proves that the seed arrived."""

    def clean_code(self) -> str:
        """Checked against this half minute only, and used up."""
        validate_can_add_authenticator(self.user)
        now, code = datetime.now(UTC), str(self.cleaned_data["code"])[:LONGEST_CODE]
        checked = factors.check_enrolment(self.user, self.secret, code, now=now)
        if not checked.is_accepted:
            _record_code(self.user, checked, now)
            raise forms.ValidationError(WORDS[checked.outcome])
        return code


class ResetPasswordForm(BaseResetPasswordForm):  # type: ignore[misc]  # allauth is not typed
    """Asking for a mail with a reset link: limited by address and account, the answer always the same."""

    def clean_email(self) -> str:
        """Counted before anybody is looked up."""
        now, request = datetime.now(UTC), context.request
        subjects = (
            (limits.RESET_BY_ADDRESS, address_of(request)),
            (limits.RESET_BY_ACCOUNT, str(self.cleaned_data["email"]).strip().lower()),
        )
        for limit, subject in subjects:
            verdict = limits.take(limit, subject, now=now)
            if not verdict.allowed:
                limits.mark(request, verdict)
                raise forms.ValidationError("Too many tries. Wait a while, then try once more.")
        return str(super().clean_email())


def _record_code(user: Any, checked: factors.Checked, now: datetime) -> None:
    if checked.outcome is Outcome.LIMITED:
        limits.mark(context.request, limits.Verdict(allowed=False, retry_after=checked.retry_after))
    outcome = "ok" if checked.is_accepted else "limited" if checked.outcome is Outcome.LIMITED else "refused"
    is_recovery = checked.outcome is Outcome.RECOVERY
    tag = AuditTag.RECOVERY_CODE_USED if is_recovery else AuditTag.FACTOR_ATTEMPTED
    details = {"result": checked.outcome.value}
    record.of_user(user, tag, request=context.request, outcome=outcome, details=details, now=now)
