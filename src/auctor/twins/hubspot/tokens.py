"""Who may ask: installations, access and refresh tokens, private-app tokens."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.consent import Code
from auctor.twins.hubspot.errors import expired, unauthenticated

LIFE = timedelta(seconds=1800)


@dataclass(slots=True)
class Grant:
    """What one person granted one application; its refresh token lives until it is revoked."""

    refresh_token: str
    client_id: str
    scopes: frozenset[str]
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """A token that opens the API. A private app's never expires and has no grant."""

    token: str
    scopes: frozenset[str]
    expires_at: datetime | None
    grant: Grant | None

    @property
    def is_private(self) -> bool:
        """Whether it is a private app's."""
        return self.grant is None


@dataclass(slots=True)
class Tokens:
    """All tokens of the account."""

    clock: Clock
    random: Random
    grants: dict[str, Grant] = field(default_factory=dict)
    issued: dict[str, Access] = field(default_factory=dict)
    is_installed: bool = False

    def grant(self, code: Code) -> Access:
        """The first pair for a code. Installing again keeps older grants alive, as the vendor does."""
        grant = Grant(f"na1-{self._word()}", code.client_id, frozenset(code.scopes))
        self.grants[grant.refresh_token] = grant
        self.is_installed = True
        return self.renew(grant)

    def renew(self, grant: Grant) -> Access:
        """One more access token; the refresh token stays the same, older access tokens live on."""
        access = Access(f"CL{self._word()}", grant.scopes, self.clock.now() + LIFE, grant)
        self.issued[access.token] = access
        return access

    def make_private(self, scopes: frozenset[str]) -> str:
        """A private app's token."""
        token = f"pat-na1-{self._word()}"
        self.issued[token] = Access(token, scopes, None, None)
        return token

    def check(self, token: str) -> Access:
        """What the token opens. Raises VendorError 401."""
        access = self.issued.get(token)
        if access is None:
            raise unauthenticated()
        if access.expires_at and access.expires_at <= self.clock.now():
            raise expired(int((self.clock.now() - access.expires_at).total_seconds()))
        return access

    def revoke(self, refresh_token: str) -> bool:
        """The refresh token ends; access tokens that are out live on until they expire."""
        grant = self.grants.get(refresh_token)
        if grant is None or grant.is_revoked:
            return False
        grant.is_revoked = True
        return True

    def uninstall(self) -> None:
        """The application is out: every grant and every access token ends at once."""
        for grant in self.grants.values():
            grant.is_revoked = True
        self.issued = {token: access for token, access in self.issued.items() if access.is_private}
        self.is_installed = False

    def forget(self, token: str) -> None:
        """One access token dies early."""
        self.issued.pop(token, None)

    def _word(self) -> str:
        return f"{self.random.getrandbits(160):040x}"
