"""A pilot of one's own: asked for on the sign-up page, made once the address is verified."""

from dataclasses import asdict
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest

from auctor.audit.tags import AuditTag
from auctor.identity import invitations, passwords, profiles, record, workspaces
from auctor.identity.models import SignUp, User
from auctor.identity.records import Profile

# An address that nobody verified is forgotten with everything that came with it.
UNVERIFIED = timedelta(days=7)


def wish_pilot(user: User, *, profile: Profile, person: str, now: datetime) -> None:
    """Keep what somebody asked for until their address is verified. `person` is what they want to be called."""
    SignUp.objects.filter(id=user.id).delete()
    SignUp.objects.create(id=user.id, wishes={"profile": asdict(profile), "person": person}, created_at=now)


def ask_for_pilot(
    request: HttpRequest, *, email: str, password: str, person: str, profile: Profile, now: datetime
) -> bool:
    """Make an account that waits for its address to be verified, and mail the link.

    For an address that has an account the answer and the work are the same, but the mail only says so.
    Raises `BadAddress`, `PasswordRefused`, `ProfileRefused`.
    """
    email, profile = invitations.clean_email(email), profiles.check(profile)
    user = User(email=email)
    passwords.check(password, user)
    user.set_password(password)
    if User.objects.filter(email=email).exists():
        get_adapter(request).send_account_already_exists_mail(email)
        return True
    user.save()
    address = EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
    wish_pilot(user, profile=profile, person=profiles.clean_name(person, what="A name"), now=now)
    record.of_user(user, AuditTag.USER_SIGNED_UP, request=request, now=now)
    address.send_confirmation(request, signup=True)
    return True


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
    old = User.objects.filter(id__in=SignUp.objects.filter(created_at__lt=now - UNVERIFIED).values("id"))
    verified = EmailAddress.objects.filter(verified=True).values("user_id")
    forgotten = list(old.exclude(id__in=verified).values_list("id", flat=True))
    SignUp.objects.filter(id__in=forgotten).delete()
    User.objects.filter(id__in=forgotten).delete()
    return len(forgotten)
