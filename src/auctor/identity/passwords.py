"""Passwords: what they must be like, in one place for every page that takes one."""

from typing import ClassVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from auctor.identity.models import User
from auctor.kit.errors import AuctorError

LONGEST = 256


class PasswordRefused(AuctorError):
    """A password that is too short, too common, or made of the address."""

    code: ClassVar[str] = "identity.password_refused"
    status: ClassVar[int] = 422


def check(password: str, user: User | None = None) -> None:
    """Raises `PasswordRefused` with every reason."""
    if len(password) > LONGEST:
        raise PasswordRefused(f"A password has at most {LONGEST} characters.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from error
