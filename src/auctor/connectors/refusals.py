"""What the broker may answer instead of a result: made there, sent over the socket by code, raised here.

VendorError             the vendor, or the way to it, failed
├── ConnectionUnfit     it is no connection that may be used now: paused, ended, or to be signed in anew
├── SignInRefused       the way back from the vendor's page cannot be used, or was used before
├── QuotaSpent          our part of the vendor's quota is used; `retry_after` says when to come again
├── VendorBusy          the vendor was asked several times and did not answer
├── VendorRefused       the vendor said no; its words are in `where`
├── VendorUnreadable    the answer is not what this call answers with
├── AddressRefused      the address is not the vendor's, or leads into a network of ours
└── BrokerAway          the broker is not running
"""

from typing import Any, ClassVar

from auctor.kit.errors import AuctorError


class VendorError(AuctorError):
    """Something about a vendor or the way to it; `retry_after` in seconds, 0 when unknown."""

    code: ClassVar[str] = "connectors.vendor_error"
    # Not one of our own failures: whoever asked reads what the vendor said.
    status: ClassVar[int] = 424

    def __init__(self, message: str, *, where: str = "", mend: str = "", retry_after: float = 0) -> None:
        super().__init__(message, where=where, mend=mend)
        self.retry_after = retry_after


class ConnectionUnfit(VendorError):
    """It is no connection that may be used now."""

    code: ClassVar[str] = "connectors.connection_unfit"
    status: ClassVar[int] = 409


class SignInRefused(VendorError):
    """The way back from the vendor's page cannot be used, or was used before."""

    code: ClassVar[str] = "connectors.sign_in_refused"
    status: ClassVar[int] = 422


class QuotaSpent(VendorError):
    """Our part of the vendor's quota is used."""

    code: ClassVar[str] = "connectors.quota_spent"
    status: ClassVar[int] = 429


class VendorBusy(VendorError):
    """The vendor was asked several times and did not answer."""

    code: ClassVar[str] = "connectors.vendor_busy"


class VendorRefused(VendorError):
    """The vendor said no; its words are in `where`."""

    code: ClassVar[str] = "connectors.vendor_refused"


class VendorUnreadable(VendorError):
    """The answer is not what this call answers with."""

    code: ClassVar[str] = "connectors.vendor_unreadable"


class AddressRefused(VendorError):
    """The address is not the vendor's, or leads into a network of ours."""

    code: ClassVar[str] = "connectors.address_refused"


class BrokerAway(VendorError):
    """The broker is not running, or did not answer in time."""

    code: ClassVar[str] = "connectors.broker_away"
    status: ClassVar[int] = 503


_BY_CODE = {
    one.code: one
    for one in (
        ConnectionUnfit,
        SignInRefused,
        QuotaSpent,
        VendorBusy,
        VendorRefused,
        VendorUnreadable,
        AddressRefused,
        BrokerAway,
    )
}


def to_words(error: AuctorError) -> dict[str, Any]:
    """An error as it travels."""
    words = {"code": error.code, "message": error.message, "where": error.where, "mend": error.mend}
    return {**words, "retry_after": getattr(error, "retry_after", 0)}


def from_words(words: dict[str, Any]) -> VendorError:
    """The error that travelled; one of another kind becomes a plain `VendorError`."""
    kind = _BY_CODE.get(str(words.get("code")), VendorError)
    texts = {name: str(words.get(name, "")) for name in ("where", "mend")}
    return kind(str(words.get("message", "")), retry_after=float(words.get("retry_after") or 0), **texts)
