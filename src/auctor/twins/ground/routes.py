"""Which function answers which address."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from auctor.twins.ground.messages import Answer, Request

Handler = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One address: `pattern` names its variable parts in braces. `needs` is for the vendor: scopes, quota classes."""

    method: str
    pattern: str
    handler: Handler
    needs: str
    regex: re.Pattern[str]

    @property
    def name(self) -> str:
        """As counts and refusals call it."""
        return f"{self.method} {self.pattern}"


class Router:
    """Addresses in the order in which they were added; the first that fits answers."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(self, method: str, pattern: str, handler: Handler, *, needs: str = "") -> None:
        """Let `handler` answer. A part `{name}` takes everything up to the next slash."""
        parts = re.split(r"\{(\w+)\}", pattern)
        text = "".join(re.escape(part) if place % 2 == 0 else f"(?P<{part}>[^/]+)" for place, part in enumerate(parts))
        self.routes.append(Route(method, pattern, handler, needs, re.compile(f"{text}/?")))

    def find(self, request: Request) -> Route | None:
        """The route of a request, whose `params` are set; None if nothing fits method and path."""
        for route in self.routes:
            if route.method == request.method and (found := route.regex.fullmatch(request.path)):
                request.params = found.groupdict()
                return route
        return None
