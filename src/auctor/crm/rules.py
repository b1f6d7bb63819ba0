"""Pure decisions about records."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# Losing so much at once is more likely a mistake than the truth.
BRAKE_SHARE = 0.05
BRAKE_ROWS = 50


def merged_roots(edges: Mapping[Key, Key]) -> dict[Key, Key] | None:
    """Where each chain of merges (loser → survivor) ends; None when one of them runs in a circle."""
    roots: dict[Key, Key] = {}
    for start in edges:
        path, at = [start], edges[start]
        while at in edges and at not in roots:
            if at in path:
                return None
            path.append(at)
            at = edges[at]
        end = roots.get(at, at)
        if end in path:
            return None
        roots.update(dict.fromkeys(path, end))
    return roots


def must_ask_before_losing(gone: int, of: int) -> bool:
    """Whether so many records vanished at once that a person has to confirm it."""
    return gone > BRAKE_ROWS or (of > 0 and gone > BRAKE_SHARE * of)
