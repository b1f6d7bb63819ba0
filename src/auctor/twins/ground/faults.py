"""The fault plan: which call goes wrong, and how. The same plan and the same calls give the same faults.

A plan is `{"faults": [{"on": "GET /crm/*/deals", "nth": [3], "kind": "cut_after"}, …]}`. `on` is a method (or `*`) and
a path with wildcards; `nth` (a number or several), `every` or `share` (of all calls, drawn by `seed`) choose among the
calls that fit, `times` ends the rule. Kinds on the wire:

- `cut_before`: the connection ends before anything happened; `cut_after`: it happened, and nobody hears of it.
- `status`: an answer with this `status` in the vendor's form, with `retry_after` if that is given.
- `html`: a page of a gateway instead (`status`, 502 without); `half`: the answer breaks off in the middle.
- `stall`: `seconds` pass before the answer; `skew`: the Date header is `seconds` off.

Kinds of webhooks, where `on` is `WEBHOOK` and the kind of event: `duplicate`, `reorder`, `drop`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from typing import Any

ON_THE_WIRE = frozenset({"cut_before", "cut_after", "status", "html", "half", "stall", "skew"})
OF_WEBHOOKS = frozenset({"duplicate", "reorder", "drop"})
WEBHOOK = "WEBHOOK"


class BadPlan(ValueError):
    """The plan says something that cannot be done."""


@dataclass(slots=True)
class Rule:
    """One line of the plan, and how often it fitted and fired."""

    on: str
    kind: str
    nth: frozenset[int] = frozenset()
    every: int = 0
    share: float = 0.0
    seed: int = 0
    times: int = 0
    status: int = 0
    retry_after: str = ""
    seconds: float = 0.0
    fitted: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def take(self, method: str, path: str) -> bool:
        """Count the call if it fits; True if it goes wrong."""
        wanted, _, glob = self.on.partition(" ")
        if wanted not in ("*", method) or not fnmatchcase(path, glob or "*"):
            return False
        self.fitted += 1
        if (self.times and self.fired >= self.times) or not self._chooses():
            return False
        self.fired += 1
        return True

    def _chooses(self) -> bool:
        if self.nth:
            return self.fitted in self.nth
        if self.every:
            return self.fitted % self.every == 0
        if self.share:
            # A text as a seed is hashed the same way in every process.
            return Random(f"{self.seed}:{self.fitted}").random() < self.share  # noqa: S311 - chance, not a secret
        return True


class Plan:
    """The rules of a server; the first that fires decides."""

    def __init__(self, plan: Mapping[str, Any] | None = None) -> None:
        """Raises BadPlan."""
        self.rules = [_to_rule(line) for line in (plan or {}).get("faults", [])]

    def take(self, method: str, path: str) -> Rule | None:
        """The fault of this call; every rule that fits has counted it."""
        fired = [rule for rule in self.rules if rule.take(method, path)]
        return fired[0] if fired else None

    def told(self) -> list[dict[str, Any]]:
        """What fired so far."""
        return [{"on": r.on, "kind": r.kind, "fitted": r.fitted, "fired": r.fired} for r in self.rules]


def _to_rule(line: Mapping[str, Any]) -> Rule:
    known = {"on", "kind", "nth", "every", "share", "seed", "times", "status", "retry_after", "seconds"}
    if unknown := set(line) - known:
        raise BadPlan(f"A fault has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}.")
    kind, nth = line.get("kind"), line.get("nth", [])
    if kind not in ON_THE_WIRE | OF_WEBHOOKS:
        raise BadPlan(f"{kind!r} is no kind of fault: {', '.join(sorted(ON_THE_WIRE | OF_WEBHOOKS))}.")
    if not isinstance(line.get("on"), str):
        raise BadPlan("A fault says `on` which calls it falls: `GET /crm/*`.")
    rest = {name: line[name] for name in known - {"on", "kind", "nth", "retry_after"} if name in line}
    numbers = frozenset([nth] if isinstance(nth, int) else nth)
    return Rule(line["on"], str(kind), nth=numbers, retry_after=str(line.get("retry_after", "")), **rest)
