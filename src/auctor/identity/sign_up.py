"""A pilot of one's own: asked for on the sign-up page, made once the address is verified."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings

from auctor.identity import workspaces
from auctor.identity.models import SignUp, User
from auctor.identity.records import Profile

# An address that nobody verified is forgotten with everything that came with it.
UNVERIFIED = timedelta(days=7)


def wish_pilot(user: User, *, profile: Profile, person: str, now: datetime) -> None:
    """Keep what somebody asked for until their address is verified. `person` is what they want to be called."""
    SignUp.objects.filter(id=user.id).delete()
    SignUp.objects.create(id=user.id, wishes={"profile": asdict(profile), "person": person}, created_at=now)


def make_pilot(user: User, *, now: datetime) -> None:
    """Make the pilot that this user asked for, if they did; they own it."""
    wish = SignUp.objects.select_for_update().filter(id=user.id).first()
    if wish is None:
        return
    profile, person = Profile(**wish.wishes["profile"]), wish.wishes["person"]
    wish.delete()
    workspaces.found_pilot(user, profile=profile, person=person, days=settings.AUCTOR_PILOT_DAYS, now=now)


def forget_unverified(*, now: datetime) -> int:
    """Delete users whose address nobody verified in time and who belong nowhere; returns their number."""
    from allauth.account.models import EmailAddress

    old = User.objects.filter(id__in=SignUp.objects.filter(created_at__lt=now - UNVERIFIED).values("id"))
    verified = EmailAddress.objects.filter(verified=True).values("user_id")
    forgotten = list(old.exclude(id__in=verified).values_list("id", flat=True))
    SignUp.objects.filter(id__in=forgotten).delete()
    User.objects.filter(id__in=forgotten).delete()
    return len(forgotten)
