"""Settings that would undo what sign-in promises stop the start."""

from typing import ClassVar

from django.conf import settings

from auctor.kit.errors import AuctorError


class UnsafeSetting(AuctorError):
    """A setting that opens a door for everybody."""

    code: ClassVar[str] = "identity.unsafe_setting"
    status: ClassVar[int] = 500


def refuse_unsafe() -> None:
    """Raises `UnsafeSetting` for a code that passes as everybody's second factor, or a tolerance for old codes."""
    if getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None):
        raise UnsafeSetting(
            "MFA_TOTP_INSECURE_BYPASS_CODE is set: one code would pass as everybody's second factor.",
            mend="Remove it; tests compute real codes.",
        )
    if getattr(settings, "MFA_TOTP_TOLERANCE", 0):
        raise UnsafeSetting(
            "MFA_TOTP_TOLERANCE is set: codes would live longer than their half minute.", mend="Remove it."
        )
