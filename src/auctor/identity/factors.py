"""The second factor: checking a code so that it is good once, for all processes, and cannot be guessed.

1. The user's row is locked: whoever sends the same code at the same moment to another process waits here.
2. Five wrong codes in five minutes, twenty in a day, a hundred in all: then only a recovery code opens.
3. A code of six digits must be the one of this half minute, and younger than the last one that was accepted.
4. Anything else is tried as a recovery code, each of which works once.

The counters, the verdict and the entry in the log share one transaction with the sign-in that follows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from allauth.mfa.models import Authenticator

from auctor.identity import codes, limits, seeds
from auctor.identity.models import SecondFactor, User

ENROL = "mfa_activate_totp"
MOST_WRONG = 100


class Outcome(StrEnum):
    """What became of a code."""

    TOTP = "totp"
    RECOVERY = "recovery"
    WRONG = "wrong"
    REPLAYED = "replayed"
    LIMITED = "limited"
    LOCKED = "locked"


ACCEPTED = frozenset({Outcome.TOTP, Outcome.RECOVERY})


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict. `authenticator_id` is set for accepted codes, `retry_after` (seconds) for limited ones."""

    outcome: Outcome
    authenticator_id: int | None = None
    retry_after: int = 0

    @property
    def is_accepted(self) -> bool:
        """Whether the code opens."""
        return self.outcome in ACCEPTED


def check_code(user: User, typed: str, *, now: datetime) -> Checked:
    """Check a code of the authenticator app or a recovery code, and use it up. Never raises for a wrong one."""
    code = codes.normalise(typed)
    row = lock(user.id)
    refused = _refused(row, user, code, now)
    if refused:
        return refused
    checked = _check_totp(row, user, code, now) if len(code) == codes.DIGITS else _check_recovery(row, user, code)
    if checked.is_accepted:
        limits.give_back(limits.CODE, str(user.id), now=now)
        limits.give_back(limits.CODE_IN_A_DAY, str(user.id), now=now)
    else:
        row.wrong_in_all += 1
    row.save(update_fields=["last_counter", "wrong_in_all"])
    return checked


def check_enrolment(user: User, seed: str, typed: str, *, now: datetime) -> Checked:
    """Check the first code of a new seed; it counts as used, so that it cannot also sign in."""
    row = lock(user.id)
    verdict = limits.take(limits.CODE, str(user.id), now=now)
    if not verdict.allowed:
        return Checked(Outcome.LIMITED, retry_after=verdict.retry_after)
    counter = codes.counter_at(now.timestamp())
    if not codes.matches(seed, counter, codes.normalise(typed)):
        return Checked(Outcome.WRONG)
    limits.give_back(limits.CODE, str(user.id), now=now)
    row.last_counter, row.wrong_in_all = counter, 0
    row.save(update_fields=["last_counter", "wrong_in_all"])
    return Checked(Outcome.TOTP)


def has_factor(user_id: UUID) -> bool:
    """Whether the user enrolled an authenticator app or a security key."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=kinds).exists())


def list_with_factor(user_ids: list[UUID]) -> set[UUID]:
    """Those of the users who enrolled one."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return set(Authenticator.objects.filter(user_id__in=user_ids, type__in=kinds).values_list("user_id", flat=True))


def lock(user_id: UUID) -> SecondFactor:
    """The user's row, held until the transaction ends; made when it is not there yet."""
    SecondFactor.objects.bulk_create([SecondFactor(id=user_id)], ignore_conflicts=True)
    return SecondFactor.objects.select_for_update().get(id=user_id)


def _refused(row: SecondFactor, user: User, code: str, now: datetime) -> Checked | None:
    if row.wrong_in_all >= MOST_WRONG and len(code) == codes.DIGITS:
        return Checked(Outcome.LOCKED)
    for limit in (limits.CODE, limits.CODE_IN_A_DAY):
        verdict = limits.take(limit, str(user.id), now=now)
        if not verdict.allowed:
            return Checked(Outcome.LIMITED, retry_after=verdict.retry_after)
    return None


def _check_totp(row: SecondFactor, user: User, code: str, now: datetime) -> Checked:
    authenticator = Authenticator.objects.filter(user_id=user.id, type=Authenticator.Type.TOTP).first()
    counter = codes.counter_at(now.timestamp())
    if authenticator is None or row.totp_seed is None or not codes.matches(row.totp_seed, counter, code):
        return Checked(Outcome.WRONG)
    if counter <= row.last_counter:
        return Checked(Outcome.REPLAYED)
    row.last_counter = counter
    return Checked(Outcome.TOTP, authenticator.pk)


def _check_recovery(row: SecondFactor, user: User, code: str) -> Checked:
    kind = Authenticator.Type.RECOVERY_CODES
    authenticator = Authenticator.objects.filter(user_id=user.id, type=kind).first()
    with seeds.of(user.id):
        if authenticator is None or not authenticator.wrap().validate_code(code):
            return Checked(Outcome.WRONG)
    row.wrong_in_all = 0
    return Checked(Outcome.RECOVERY, authenticator.pk)
