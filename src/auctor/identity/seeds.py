"""Where the seeds of codes are: sealed, in a row of ours whose key is the user's.

allauth writes its secrets into a JSON column as it is given them. It is given a word that says which column of ours to
look into, so that a copy of its table holds nothing, and a seed that is moved to another user's row does not open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from auctor.identity.models import SecondFactor

TOTP = "totp"
RECOVERY = "recovery"
_COLUMN = {TOTP: "totp_seed", RECOVERY: "recovery_seed"}

_owner: ContextVar[UUID | None] = ContextVar("auctor_seed_owner", default=None)


@contextmanager
def of(user_id: UUID) -> Iterator[None]:
    """Inside, seeds are this user's: somebody who signs in is not yet the request's user."""
    token = _owner.set(user_id)
    try:
        yield
    finally:
        _owner.reset(token)


def find_owner() -> UUID | None:
    """Whose seeds are meant, when `of` said so."""
    return _owner.get()


def keep(user_id: UUID, kind: str, seed: str) -> str:
    """Seal a seed in the user's row and return the word that stands for it."""
    row, _made = SecondFactor.objects.get_or_create(id=user_id)
    setattr(row, _COLUMN[kind], seed)
    row.save(update_fields=[_COLUMN[kind]])
    return kind


def get(user_id: UUID, kind: str) -> str:
    """The seed that the word stands for; raises `LookupError` when it is gone."""
    row = SecondFactor.objects.filter(id=user_id).first()
    seed = getattr(row, _COLUMN[kind], None) if row else None
    if seed is None:
        raise LookupError(f"There is no {kind} seed for this user.")
    return str(seed)


def drop(user_id: UUID, kind: str) -> None:
    """Forget a seed."""
    SecondFactor.objects.filter(id=user_id).update(**{_COLUMN[kind]: None})
