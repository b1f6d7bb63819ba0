"""Proving again that it is you, before an act that a thief would like to do: the password and a fresh code.

The proof holds for five minutes in this session. An account without a password (it signs in at an issuer) gives the
code alone. The demo, which has neither and holds nothing real, is not asked.
"""

from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest

from auctor.audit.tags import AuditTag
from auctor.identity import factors, limits, record
from auctor.identity.models import User
from auctor.identity.sessions import FACTOR
from auctor.identity.sign_in import LINK, PROOF_SECONDS, PROVED, remember_proof

PAGE = "account_reauthenticate"


class Proof(StrEnum):
    """What became of a try."""

    GIVEN = "given"
    WRONG = "wrong"
    LIMITED = "limited"


def has_proof(request: HttpRequest, *, now: datetime) -> bool:
    """Whether both factors were given in the last five minutes of this session."""
    if request.session.get(FACTOR) == LINK:
        return True
    age = now.timestamp() - float(request.session.get(PROVED, 0))
    return 0 <= age < PROOF_SECONDS


def prove(request: HttpRequest, user: User, *, password: str, code: str, now: datetime) -> Proof:
    """Check both factors and remember it. A refusal is an answer and not an error: raising would undo the count."""
    verdict = limits.take(limits.REAUTHENTICATE, str(user.id), now=now)
    if not verdict.allowed:
        limits.mark(request, verdict)
        return _end(request, user, Proof.LIMITED, now)
    if user.has_usable_password() and not user.check_password(password):
        return _end(request, user, Proof.WRONG, now)
    checked = factors.check_code(user, code, now=now)
    if checked.outcome is factors.Outcome.LIMITED:
        limits.mark(request, limits.Verdict(allowed=False, retry_after=checked.retry_after))
        return _end(request, user, Proof.LIMITED, now)
    if not checked.is_accepted:
        return _end(request, user, Proof.WRONG, now)
    limits.give_back(limits.REAUTHENTICATE, str(user.id), now=now)
    remember_proof(request, user)
    return _end(request, user, Proof.GIVEN, now)


def _end(request: HttpRequest, user: User, proof: Proof, now: datetime) -> Proof:
    outcome = {Proof.GIVEN: "ok", Proof.WRONG: "refused", Proof.LIMITED: "limited"}[proof]
    record.of_user(user, AuditTag.REAUTHENTICATION_ATTEMPTED, request=request, outcome=outcome, now=now)
    return proof
