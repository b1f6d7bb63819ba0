"""Who makes a request, and in which workspace: read from the session in one statement."""

from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypedDict, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from auctor.identity.models import Session, User, WorkspaceProfile
from auctor.tenancy.records import Actor
from auctor.vault.fields import Sealed

if TYPE_CHECKING:
    from auctor.identity.sessions import SessionStore

# A session's "last seen" is told to the minute; more would be a write for every request.
SEEN_EVERY = timedelta(minutes=1)


class Words(TypedDict):
    """What an actor carries of its request."""

    request_id: str
    address: str


def words_of(request: HttpRequest | None) -> Words:
    """Request id and address; empty for what no request asked for."""
    if request is None:
        return {"request_id": "", "address": ""}
    return {"request_id": getattr(request, "request_id", ""), "address": address_of(request)}


def actor_of(request: HttpRequest, *, now: datetime) -> Actor:
    """The actor of a request with a session: anonymous before the second factor, and without a session.

    Also gives Django its `request.user`, so that no further statement is needed, and `request.workspace_name`.
    """
    session = cast("SessionStore", request.session)
    words = words_of(request)
    holder = session.find_holder()
    user = _user_of(session)
    if holder is None or user is None:
        return Actor.anonymous(**words)
    request._cached_user = user  # type: ignore[attr-defined]  # where Django's middleware keeps it
    _keep_fresh(session, now)
    if holder.place and holder.workspace_name is not None:
        request.workspace_name = WorkspaceProfile(  # type: ignore[attr-defined]
            id=holder.profile_id, workspace_id=holder.place.workspace_id, name=Sealed(holder.workspace_name)
        ).name
    return holder.to_actor(now=now, **words)


def address_of(request: HttpRequest) -> str:
    """The peer's address; behind trusted proxies the last one before them.

    A header that names another address is believed of those proxies only: anybody can send one.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    named = request.headers.get("X-Forwarded-For", "").split(",") if _is_trusted(peer) else []
    for hop in reversed([text.strip() for text in named]):
        if not _is_address(hop):
            return peer
        peer = hop
        if not _is_trusted(hop):
            return hop
    return peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(peer: str) -> bool:
    return _is_address(peer) and any(ip_address(peer) in network for network in settings.AUCTOR_TRUSTED_PROXIES)


def _user_of(session: "SessionStore") -> User | None:
    """The user, unless the password was changed since this session was opened."""
    holder = session.holder
    if holder is None or holder.user_id is None or holder.user["email"] is None:
        return None
    row = {"id": holder.user_id, "is_active": True, **holder.user}
    names = [field.attname for field in User._meta.concrete_fields]
    user = User.from_db("default", names, [row[name] for name in names])
    known = session.get(HASH_SESSION_KEY, "")
    if not constant_time_compare(known, user.get_session_auth_hash()):
        session.flush()
        return None
    return user


def _keep_fresh(session: "SessionStore", now: datetime) -> None:
    holder = session.holder
    assert holder is not None
    if holder.must_rotate:
        # The role changed: a key that was stolen before must not carry the new one.
        session.cycle_key()
    if now - holder.last_seen_at > SEEN_EVERY:
        Session.objects.filter(id=holder.session_id).update(last_seen_at=now)
