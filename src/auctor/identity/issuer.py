"""Joining through an OpenID Connect issuer: an invitation's link was opened, and the issuer vouches for its address."""

from datetime import datetime
from typing import Any

from auctor.identity import invitations, profiles


def accept_waiting(sociallogin: Any, *, now: datetime) -> bool:
    """Accept the invitation whose page sent somebody to the issuer; whether there is an account for them now.

    Only an address that the issuer calls verified counts, and it must be the invited one. The account has no password.
    A link that does not open, or is for another address, changes nothing: the sign-in then ends as any other one of
    somebody without an account.
    """
    token = invitations.token_in(str(sociallogin.state.get("next") or ""))
    verified = {entry.email.strip().lower() for entry in sociallogin.email_addresses if entry.verified is True}
    try:
        invitations.accept_as(verified, token, name=_name_of(sociallogin), now=now)
    except invitations.LinkRefused:
        return False
    # The link is used up: coming back to it would say so.
    sociallogin.state.pop("next", None)
    return True


def _name_of(sociallogin: Any) -> str:
    """What the issuer calls the person, shortened to what a name may be; empty when it tells none."""
    told = sociallogin.account.extra_data
    claims = told.get("userinfo") or told.get("id_token") or {}
    name = "".join(character for character in str(claims.get("name") or "") if character.isprintable())
    return name[: profiles.LONGEST_NAME]
