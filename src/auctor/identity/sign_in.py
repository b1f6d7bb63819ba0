"""Letting a browser in: the session's second factor, its workspace, and what people later recognise it by."""

import re
import time
from datetime import datetime
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib.auth import login
from django.http import HttpRequest

from auctor.audit.tags import AuditTag
from auctor.identity import record
from auctor.identity.actors import address_of
from auctor.identity.models import Session, User
from auctor.identity.sessions import CHOSEN, FACTOR, digest_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# When both factors were last given, as Unix seconds.
PROVED = "auctor.proved_at"
PROOF_SECONDS = 300
LINK = "link"

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def finish(request: HttpRequest, user: User, *, factor: str = "", workspace_id: UUID | None = None) -> None:
    """Open the session for the user under a new key.

    `factor` says how the second one was given; by default it is read from what allauth checked in this session, and
    without any the session shows nothing but the enrolment.
    """
    given = factor or _factor_given(request, user)
    login(request, user, backend=BACKEND)
    request.session.pop(FACTOR, None)
    if given:
        request.session[FACTOR] = given
    if workspace_id is not None:
        request.session[CHOSEN] = str(workspace_id)
    describe(request)
    if given:
        note_proof(request, user)


def note_proof(request: HttpRequest, user: User) -> None:
    """Signing in with both factors counts as the fresh proof that sensitive acts ask for; with an old password not."""
    records = get_authentication_records(request, user)
    if any(time.time() - entry["at"] < PROOF_SECONDS and entry["method"] != "mfa" for entry in records):
        remember_proof(request, user)


def remember_proof(request: HttpRequest, user: User) -> None:
    """Both factors were given just now; allauth's own checks believe it too."""
    request.session[PROVED] = time.time()
    record_authentication(request, user, "password", reauthenticated=True)
    record_authentication(request, user, "mfa", reauthenticated=True)


def enter_by_link(request: HttpRequest, user_id: UUID, *, workspace_id: UUID, now: datetime) -> None:
    """Sign in whom a demo link names; it counts as both factors."""
    user = User.objects.get(id=user_id)
    finish(request, user, factor=LINK, workspace_id=workspace_id)
    record.of_user(user, AuditTag.SESSION_STARTED, request=request, now=now, details={"factor": LINK})


def enter_by_password(request: HttpRequest, user_id: UUID, *, workspace_id: UUID, now: datetime) -> None:
    """Sign in somebody who has just chosen a password; the second factor is enrolled next."""
    user = User.objects.get(id=user_id)
    finish(request, user, workspace_id=workspace_id)
    record_authentication(request, user, "password")
    record.of_user(user, AuditTag.SESSION_STARTED, request=request, now=now, details={"factor": "none"})


def describe(request: HttpRequest) -> None:
    """Write down what people recognise a session by: browser and system in two words, and the sealed address."""
    if request.session.session_key is None:
        request.session.create()
    row = Session.objects.filter(digest=digest_of(request.session.session_key or "")).first()
    if row is not None:
        row.agent, row.address = coarse(request.headers.get("User-Agent", "")), address_of(request) or None
        row.save(update_fields=["agent", "address"])


def coarse(agent: str) -> str:
    """`Firefox on Linux` from a user agent: enough to recognise, too little to track."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Unknown browser")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, agent)), "unknown system")
    return f"{browser} on {system}"


def _factor_given(request: HttpRequest, user: User) -> str:
    records = get_authentication_records(request, user)
    kinds = [str(entry.get("type", "")) for entry in records if entry.get("method") == "mfa"]
    return kinds[-1] if kinds else ""
