"""Who may ask: access tokens that live while they are used, refresh tokens that rotate."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.consent import Refused
from auctor.twins.salesforce.errors import VendorError

ORG_ID = "00D7Q000000TwinUAE"


@dataclass(slots=True)
class Grant:
    """What one person granted one application. `refresh_token` is the one that is good now."""

    client_id: str
    scopes: tuple[str, ...]
    refresh_token: str = ""
    spent: set[str] = field(default_factory=set)
    is_revoked: bool = False


@dataclass(slots=True)
class Session:
    """One access token; each use makes it live longer."""

    token: str
    grant: Grant
    used_at: datetime


@dataclass(slots=True)
class Sessions:
    """All grants and sessions."""

    clock: Clock
    random: Random
    rotates: bool = True
    grants: list[Grant] = field(default_factory=list)
    open: dict[str, Session] = field(default_factory=dict)

    def grant(self, client_id: str, scopes: tuple[str, ...]) -> Session:
        """The first pair."""
        grant = Grant(client_id, scopes, self._refresh_word())
        self.grants.append(grant)
        return self._session(grant)

    def renew(self, client_id: str, refresh_token: str) -> Session:
        """A new pair for a refresh token; one that was spent ends the whole grant. Raises Refused."""
        for grant in self.grants:
            if grant.client_id == client_id and refresh_token in grant.spent:
                self.revoke(grant)
        grant_ = self.find(refresh_token)
        if grant_ is None or grant_.client_id != client_id or grant_.is_revoked:
            raise Refused("invalid_grant", "expired access/refresh token")
        if self.rotates:
            grant_.spent.add(grant_.refresh_token)
            grant_.refresh_token = self._refresh_word()
        return self._session(grant_)

    def find(self, refresh_token: str) -> Grant | None:
        """The grant whose good refresh token this is."""
        return next((grant for grant in self.grants if grant.refresh_token == refresh_token), None)

    def check(self, token: str, life_seconds: float) -> Session:
        """The session of a token. Raises VendorError 401."""
        session, now = self.open.get(token), self.clock.now()
        if session is None or now - session.used_at >= timedelta(seconds=life_seconds):
            self.open.pop(token, None)
            raise VendorError("INVALID_SESSION_ID", "Session expired or invalid", 401)
        session.used_at = now
        return session

    def revoke(self, grant: Grant) -> None:
        """A grant ends with all its sessions."""
        grant.is_revoked = True
        self.open = {token: one for token, one in self.open.items() if one.grant is not grant}

    def _session(self, grant: Grant) -> Session:
        session = Session(f"{ORG_ID[:15]}!AQ{self.random.getrandbits(320):080x}", grant, self.clock.now())
        self.open[session.token] = session
        return session

    def _refresh_word(self) -> str:
        return f"5Aep861{self.random.getrandbits(240):060x}"
