"""Pure decisions about records."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


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
