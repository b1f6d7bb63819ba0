"""Trying what a form asks for: what a person can mend comes back into the form."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from django.db import transaction
from django.forms import BaseForm

from auctor.kit.errors import AuctorError

T = TypeVar("T")

# "You may not" and "it is not there" are pages of their own; everything of ours is logged.
NOT_FOR_FORMS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


def attempt(form: BaseForm, act: Callable[[], T]) -> T | None:
    """What the act returns; None after a refusal that now stands in the form. Nothing of a refused act remains."""
    try:
        with transaction.atomic():
            return act()
    except AuctorError as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status in NOT_FOR_FORMS:
            raise
        form.add_error(None, f"{error.message} {error.mend}".strip())
        return None
