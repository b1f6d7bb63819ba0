"""What leaves by itself: sessions, limits, links, sign-ups and tokens whose time is over."""

from datetime import datetime, timedelta

from auctor.identity import limits, links, sign_up
from auctor.identity.models import ApiToken, Invitation, Session
from auctor.tenancy.records import Actor

KEPT = timedelta(days=90)


def sweep_installation(*, now: datetime) -> None:
    """What belongs to no workspace."""
    Session.objects.filter(expires_at__lt=now).delete()
    limits.sweep(now=now)
    links.sweep(now=now)
    sign_up.forget_unverified(now=now)


def sweep_workspace(actor: Actor, *, now: datetime) -> None:
    """Invitations and tokens that ended ninety days ago."""
    assert actor.workspace_id is not None
    Invitation.objects.filter(expires_at__lt=now - KEPT).delete()
    ended = ApiToken.objects.filter(expires_at__lt=now - KEPT) | ApiToken.objects.filter(revoked_at__lt=now - KEPT)
    ended.delete()
