"""What may be registered as a client, and which change of a connection is one."""

import re
from typing import ClassVar

from auctor.connectors.records import State
from auctor.connectors.vendor import Vendor
from auctor.kit.errors import AuctorError

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class ClientRefused(AuctorError):
    """Client id, secret or site cannot be what the vendor shows."""

    code: ClassVar[str] = "connectors.client_refused"
    status: ClassVar[int] = 422


class ChangeRefused(AuctorError):
    """The connection is in a state from which this does not lead on."""

    code: ClassVar[str] = "connectors.change_refused"
    status: ClassVar[int] = 409


def check_client(vendor: Vendor, *, client_id: str, secret: str, site: str) -> str:
    """The site as it is kept. Raises `ClientRefused`, and `CallRefused` for a site that the vendor does not have."""
    for what, value in (("client id", client_id), ("client secret", secret)):
        if not _VISIBLE.fullmatch(value) or len(value) > 200:
            raise ClientRefused(
                f"That is no {what} of {vendor.label}: it holds blanks or other characters, is empty or too long.",
                mend="Copy it again from the vendor's page, without anything around it.",
            )
    wanted = site.strip().lower().removeprefix("https://").rstrip("/")
    return vendor.site(wanted).key


def check_change(before: State, after: State) -> None:
    """Raises `ChangeRefused` unless the one may follow the other by a person's hand."""
    if (before, after) not in {(State.ACTIVE, State.PAUSED), (State.PAUSED, State.ACTIVE)}:
        raise ChangeRefused(
            f"A connection that is {before.value.replace('_', ' ')} cannot become {after.value.replace('_', ' ')} so.",
            mend="Sign in again, or make a new connection.",
        )
