"""What only the writer needs of the tree: fewest subtrees over a run of leaves, and paths to a root.

Growing, the root and the check of a path stand in `verify.py`, which has to run alone.
"""

from collections.abc import Iterable, Sequence

from auctor.audit.verify import Tree, hash_node, levels_between


class Range:
    """The fewest complete, aligned subtrees over the leaves from `start` on; grows by one leaf at a time.

    Together with the frontier at `start` it proves that a later tree grew out of an earlier one, and it needs
    no more memory than one hash for each level, however many leaves there are.
    """

    __slots__ = ("_levels", "end", "nodes", "start")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.nodes: list[bytes] = []
        self._levels: list[int] = []

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        for leaf in leaves:
            self.nodes.append(leaf)
            self._levels.append(0)
            self.end += 1
            self._merge()

    def _merge(self) -> None:
        while len(self.nodes) > 1 and self._levels[-1] == self._levels[-2]:
            level = self._levels[-1] + 1
            # Two neighbours are one subtree only when the left one starts where such a subtree may start.
            if self.end % (1 << level):
                return
            right = self.nodes.pop()
            self.nodes[-1] = hash_node(self.nodes[-1], right)
            self._levels[-2:] = [level]


def inclusion_path(before: Tree, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path of leaf `index` in the tree `before` + `leaves` (RFC 9162, 2.1.3), lowest sibling first.

    `leaves` are the hashes from leaf `before.size` on; IndexError if `index` is not among them.
    """
    size = before.size + len(leaves)
    if not before.size <= index < size:
        raise IndexError(f"leaf {index} is not in [{before.size}, {size})")
    subtrees = _Subtrees(before, leaves)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            path.append(subtrees.root(middle, end))
            end = middle
        else:
            path.append(subtrees.root(start, middle))
            start = middle
    return path[::-1]


class _Subtrees:
    """Hashes of subtrees of a tree whose first leaves are known by their frontier only."""

    def __init__(self, before: Tree, leaves: Sequence[bytes]) -> None:
        self._offset = before.size
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}
        start = 0
        for level, node in zip(levels_between(0, before.size), before.frontier, strict=True):
            self._known[start, start + (1 << level)] = node
            start += 1 << level

    def root(self, start: int, end: int) -> bytes:
        """The hash of the subtree over [start, end)."""
        if found := self._known.get((start, end)):
            return found
        if start >= self._offset:
            tree = Tree()
            tree.extend(self._leaves[start - self._offset : end - self._offset])
            return tree.root()
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        return hash_node(self.root(start, middle), self.root(middle, end))
