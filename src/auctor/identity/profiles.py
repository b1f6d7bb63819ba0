"""What a workspace is called and how it counts: checked when it comes from outside, sealed when it is kept."""

import unicodedata
from dataclasses import asdict
from typing import ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from auctor.identity.models import WorkspaceProfile
from auctor.identity.records import Profile
from auctor.kit.errors import AuctorError

LONGEST_NAME = 80


class ProfileRefused(AuctorError):
    """A name, zone, currency or month that cannot be used."""

    code: ClassVar[str] = "identity.profile_refused"
    status: ClassVar[int] = 422


def clean_name(text: str, *, what: str, longest: int = LONGEST_NAME) -> str:
    """A name on one line without control characters. Raises `ProfileRefused` for an empty or overlong one."""
    name = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    if not name or len(name) > longest:
        raise ProfileRefused(f"{what} needs 1 to {longest} characters.")
    return name


def check(profile: Profile) -> Profile:
    """The profile with its name tidied. Raises `ProfileRefused` naming the first field that is wrong."""
    name = clean_name(profile.name, what="The workspace's name")
    if profile.time_zone not in available_timezones():
        raise ProfileRefused(f"There is no time zone {profile.time_zone[:40]!r}.", mend="Such as Europe/Berlin.")
    if not (len(profile.currency) == 3 and profile.currency.isascii() and profile.currency.isupper()):
        raise ProfileRefused("A currency is three capital letters (ISO 4217).", mend="Such as EUR.")
    if not 1 <= profile.year_begins_in <= 12:
        raise ProfileRefused("The year begins in a month from 1 to 12.")
    return Profile(name, profile.time_zone, profile.currency, profile.year_begins_in)


def keep(workspace_id: UUID, profile: Profile) -> None:
    """Seal it, in place of the one before."""
    row = WorkspaceProfile.objects.filter(workspace_id=workspace_id).first()
    row = row or WorkspaceProfile(workspace_id=workspace_id)
    settings = asdict(profile)
    row.name, row.settings = settings.pop("name"), settings
    row.save()


def find(workspace_id: UUID) -> Profile:
    """The profile of the workspace that was entered; one without a name when it has none yet."""
    row = WorkspaceProfile.objects.filter(workspace_id=workspace_id).first()
    return Profile(name=row.name, **row.settings) if row else Profile(name="")


def changed_fields(before: Profile, after: Profile) -> list[str]:
    """Names of what differs."""
    old, new = asdict(before), asdict(after)
    return [name for name in new if old[name] != new[name]]
