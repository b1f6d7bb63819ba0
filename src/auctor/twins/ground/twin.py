"""What a vendor brings, so that the server can stand in for it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any, ClassVar

from auctor.twins.ground.clock import Clock
from auctor.twins.ground.faults import Plan
from auctor.twins.ground.ledger import Ledger
from auctor.twins.ground.messages import Answer, Request
from auctor.twins.ground.routes import Route, Router

Act = Callable[[dict[str, Any]], Any]


class BadAct(ValueError):
    """The control door was asked for something that cannot be done."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a stand-in starts. `address` is its own, without a slash at the end; `secret` opens the control door."""

    address: str
    secret: str
    seed: int
    deals: int
    now: datetime | None = None
    has_quota: bool = True


class Twin(ABC):
    """One vendor. State changes under `lock`; `answer` and acts are called with it held."""

    name: ClassVar[str]

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(options.now)
        self.plan = Plan()
        self.ledger = Ledger()
        self.router = Router()
        self.lock = RLock()

    @abstractmethod
    def answer(self, request: Request, route: Route) -> Answer:
        """Answer as the vendor would: credentials, quota, scopes, then the route's handler."""

    def afterwards(self) -> None:
        """Called without the lock when a request was answered; whoever tells others about changes does it here."""
        return

    @abstractmethod
    def refuse(self, status: int) -> Answer:
        """The vendor's own body for a status that the fault plan asks for."""

    @abstractmethod
    def unknown(self, request: Request) -> Answer:
        """501: an address that the stand-in does not have, in the vendor's form."""

    @abstractmethod
    def acts(self) -> Mapping[str, Act]:
        """What a person in the vendor's pages can do, by name."""

    @abstractmethod
    def credentials(self) -> Mapping[str, str]:
        """What somebody who connects must know: client, secret, addresses."""
