"""Proving again that it is you, before an act that a thief would like to do: the password and a fresh code.

The proof holds for five minutes in this session. An account without a password signs in anew at its issuer instead. The
demo, which has neither and holds nothing real, is not asked.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

from auctor.audit.tags import AuditTag
from auctor.identity import factors, limits, record
from auctor.identity.models import User
from auctor.identity.sessions import FACTOR
from auctor.identity.sign_in import LINK, PROOF_SECONDS, PROVED, remember_proof

PAGE = "account_reauthenticate"
# What allauth calls a sign-in at an issuer.
ISSUER = "socialaccount"


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
    if not (user.check_password(password) if user.has_usable_password() else came_from_issuer(request, user, now=now)):
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


def came_from_issuer(request: HttpRequest, user: User, *, now: datetime) -> bool:
    """Whether the user signed in at the issuer in the last five minutes of this session."""
    records = get_authentication_records(request, user)
    ages = [now.timestamp() - entry["at"] for entry in records if entry["method"] == ISSUER]
    return any(0 <= age < PROOF_SECONDS for age in ages)


def prove_by_issuer(request: HttpRequest, sociallogin: Any, *, now: datetime) -> bool:
    """Remember that somebody signed in at the issuer anew: the account's own identity there, and not one by e-mail.

    An issuer that tells when (`auth_time`) is held to it, since it may answer for somebody who was merely signed in.
    """
    user = request.user
    assert isinstance(user, User)
    told = sociallogin.account.extra_data.get("id_token") or {}
    age = now.timestamp() - float(told.get("auth_time", now.timestamp()))
    is_own = sociallogin.account.pk is not None and sociallogin.account.user_id == user.pk
    if not is_own or age >= PROOF_SECONDS:
        _end(request, user, Proof.WRONG, now)
        return False
    record_authentication(request, user, ISSUER)
    return True


def _end(request: HttpRequest, user: User, proof: Proof, now: datetime) -> Proof:
    outcome = {Proof.GIVEN: "ok", Proof.WRONG: "refused", Proof.LIMITED: "limited"}[proof]
    record.of_user(user, AuditTag.REAUTHENTICATION_ATTEMPTED, request=request, outcome=outcome, now=now)
    return proof
