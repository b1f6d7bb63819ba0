"""Check an exported audit log without trusting whoever made it.

    python verify.py EXPORT [--keep CHECKPOINT_FILE ...] [--key VERIFIER_KEY]

This file runs alone: it needs Python 3.11 and the package `cryptography`, nothing of the product. It ends
with 0 when every check held, 1 when something was found, 2 when a file could not be read. The tree at its
head is the only code that the writer of the log uses too, and the writer imports it from here.
"""

import argparse
import json
import struct
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "auctor-audit-export/1"
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
BODY_DAYS = 89  # a day leaves after 90, and with it what was sealed a day late

# --- the tree (RFC 9162, 2.1) ---


def hash_leaf(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the data: a leaf can never pass for a node."""
    return sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The right edge of a Merkle tree: one hash for each complete subtree, the largest first.

    This is all that is needed to grow a tree and to know its root. ValueError if size and frontier disagree.
    """

    __slots__ = ("frontier", "size")

    def __init__(self, size: int = 0, frontier: Sequence[bytes] = ()) -> None:
        if size < 0 or len(frontier) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has not {len(frontier)} complete subtrees")
        self.size = size
        self.frontier = list(frontier)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        # Written out instead of calling graft(): this loop is where a verifier spends its time.
        frontier, size, digest = self.frontier, self.size, sha256
        for leaf in leaves:
            node, rest = leaf, size
            while rest & 1:
                node = digest(b"\x01" + frontier.pop() + node).digest()
                rest >>= 1
            frontier.append(node)
            size += 1
        self.size = size

    def graft(self, end: int, nodes: Sequence[bytes]) -> None:
        """Append the leaves up to `end`, known only by the hashes of the fewest subtrees that cover them."""
        levels = list(levels_between(self.size, end))
        if len(levels) != len(nodes) or end < self.size:
            raise ValueError(f"{len(levels)} subtrees lead from {self.size} to {end}, not {len(nodes)}")
        for level, node in zip(levels, nodes, strict=True):
            self.frontier.append(node)
            self.size += 1 << level
            while len(self.frontier) > self.size.bit_count():
                right = self.frontier.pop()
                self.frontier.append(hash_node(self.frontier.pop(), right))

    def root(self) -> bytes:
        """The Merkle tree hash; of an empty tree SHA-256 of nothing."""
        if not self.frontier:
            return sha256(b"").digest()
        node = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            node = hash_node(left, node)
        return node


def levels_between(start: int, end: int) -> Iterator[int]:
    """Levels of the fewest complete, aligned subtrees that cover the leaves from start up to end."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level
        start += 1 << level


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Is `leaf` the leaf number `index` of the tree with this size and root? (RFC 9162, 2.1.3)"""
    # Below `inner` the leaf has siblings on either side; above it only complete subtrees on its left.
    inner = (index ^ (size - 1)).bit_length()
    if not 0 <= index < size or len(path) != inner + (index >> inner).bit_count():
        return False
    node = leaf
    for level, sibling in enumerate(path):
        is_left = level >= inner or index >> level & 1
        node = hash_node(sibling, node) if is_left else hash_node(node, sibling)
    return node == root


class Head(NamedTuple):
    """The state of one workspace's tree, as it stands in a leaf of the instance's tree."""

    size: int
    min_index: int  # the first leaf that is still kept
    body_min_index: int  # from here on every entry is still kept
    time: int  # of the round, microseconds since 1970 UTC
    root: bytes


_HEAD = struct.Struct(">32sQQQQ32s")


def pack_head(workspace: UUID, head: Head) -> bytes:
    """The bytes whose leaf hash stands in the instance's tree."""
    return _HEAD.pack(sha256(b"ws" + workspace.bytes).digest(), *head)


class Kept(NamedTuple):
    """What a reader kept: a checkpoint, and with a proof the head of the workspace (packed and unpacked)."""

    name: str
    checkpoint: tuple[str, int, bytes]  # origin, size and root of the instance's tree
    packed: bytes = b""
    head: Head | None = None


def _digests(texts: Sequence[str]) -> list[bytes]:
    found = [b64decode(text, validate=True) for text in texts]
    if any(len(digest) != 32 for digest in found):
        raise ValueError("a hash has not 32 bytes")
    return found


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def parse_key(text: str) -> bytes:
    """The 32 bytes of the public key in a verifier key `name+id+base64` (C2SP signed-note)."""
    parts = text.strip().split("+", 2)
    raw = b64decode(parts[2], validate=True) if len(parts) == 3 else b""
    if len(raw) != 33 or raw[0] != 1:
        raise ValueError("a verifier key has the form name+id+base64 and holds an Ed25519 key")
    return raw[1:]


def open_checkpoint(note: str, key: bytes) -> tuple[str, int, bytes]:
    """Origin, size and root of a signed checkpoint; InvalidSignature when `key` did not sign it."""
    text, gap, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) < 3 or not (lines[1].isascii() and lines[1].isdigit()):
        raise ValueError("a checkpoint is a signed note of origin, size and root")
    origin = lines[0]
    prefix = f"\u2014 {origin} "
    key_id = sha256(origin.encode() + b"\n\x01" + key).digest()[:4]
    for line in signatures.split("\n"):
        raw = b64decode(line.removeprefix(prefix), validate=True) if line.startswith(prefix) else b""
        if raw[:4] == key_id:
            Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], f"{text}\n".encode())
            return origin, int(lines[1]), _digests(lines[2:3])[0]
    raise InvalidSignature


def open_kept(name: str, text: str, key: bytes) -> Kept:
    """A bare checkpoint, or a tlog-proof whose path must lead to its checkpoint. Raises alike."""
    if not text.startswith(PROOF_FORMAT):
        return Kept(name, open_checkpoint(text, key))
    proof, _, note = text.partition("\n\n")
    _, extra, index, *path = proof.split("\n")
    packed = b64decode(extra.removeprefix("extra "), validate=True)
    origin, size, root = open_checkpoint(note, key)
    if not includes(root, size, int(index.removeprefix("index ")), hash_leaf(packed), _digests(path)):
        raise InvalidSignature
    return Kept(name, (origin, size, root), packed, Head(*_HEAD.unpack(packed)[1:]))


@dataclass
class Report:
    """What the file says, and what does not hold: findings as (code, sentence)."""

    workspace: str
    key: str
    size: int = 0
    sealed_at: str = ""
    entries: int = 0
    findings: list[tuple[str, str]] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)  # what nobody can check any more


class _Check:
    """One pass over one file, from its first line to its last."""

    def __init__(self, header: dict[str, Any]) -> None:
        if header.get("format") != FORMAT:
            raise ValueError(f"this is not an audit export ({FORMAT})")
        self.workspace, self.key = UUID(header["workspace"]), parse_key(header["key"])
        size, kept, bodies, time = (int(header["head"][name]) for name in Head._fields[:-1])
        self.head = head = Head(size, kept, bodies, time, _digests([header["head"]["root"]])[0])
        self.report = Report(str(self.workspace), header["key"], head.size, _moment(head.time).isoformat())
        self.is_selection = header["kind"] == "selection"
        self.tree = Tree(0 if self.is_selection else head.min_index, _digests(header["frontier"]))
        self.anchors, self.days = Tree(), list[tuple[date, int]]()
        self.wanted: set[int] = set()  # sizes at which the root of the workspace's tree is compared
        self.roots: dict[int, bytes] = {}  # what is known at such sizes
        self.origin = header["checkpoint"].split("\n")[0]
        self.instance: Tree | None = None
        self.instance_roots: dict[tuple[str, int], bytes] = {}
        self.pending: dict[tuple[str, int], bytes] = {}
        self.chunk: list[bytes] = []
        self.missing: set[int] = set()
        self._check_checkpoint(header)

    def add(self, code: str, text: str) -> None:
        """Note a finding."""
        self.report.findings.append((code, text))

    def _check_checkpoint(self, header: dict[str, Any]) -> None:
        origin, path = self.origin, _digests(header["path"])
        leaf = hash_leaf(pack_head(self.workspace, self.head))
        try:
            _, size, root = open_checkpoint(header["checkpoint"], self.key)
            self.instance_roots[origin, size] = root
            if not includes(root, size, int(header["index"]), leaf, path):
                self.add("head", "Size, root, time or limits of this log are not what was signed.")
            # After a restore the origin ends with the digest of the last checkpoint before it.
            for note in header["previous"]:
                if not origin.endswith(sha256(note.encode()).hexdigest()[:32]):
                    self.add("epoch", "The log does not go on from the restore that is named.")
                origin, size, root = open_checkpoint(note, self.key)
                self.instance_roots[origin, size] = root
        except InvalidSignature:
            self.add("signature", "A checkpoint is not signed by the key that the file names.")

    def read_anchor(self, day: str, size: int, root: str, frontier: list[str], nodes: list[str]) -> None:
        """One day's end: it must grow out of the day before."""
        self.anchors.graft(size, _digests(nodes))
        if [self.anchors.root(), *self.anchors.frontier] != _digests([root, *frontier]):
            self.add("anchor", f"The anchor of {day} does not grow out of the one before.")
        if self.days and date.fromisoformat(day) <= self.days[-1][0]:
            self.add("anchor", f"The anchor of {day} is out of order.")
        if size == self.tree.size and self.anchors.frontier != self.tree.frontier:
            self.add("anchor", f"The log does not begin where the anchor of {day} ends.")
        self.days.append((date.fromisoformat(day), size))
        self.roots[size] = self.anchors.root()
        self.wanted.add(size)

    def read_instance(self, size: int, nodes: list[str]) -> None:
        """One size of the instance's tree; it counts when a signed size is reached that grew out of it."""
        self.instance = self.instance or Tree(size, _digests(nodes))
        self.instance.graft(size, _digests(nodes) if size > self.instance.size else ())
        self.pending[self.origin, size] = root = self.instance.root()
        if self.instance_roots.get((self.origin, size), root) != root:
            self.add("instance", f"The instance's tree of {size} leaves has not the signed root.")
        elif (self.origin, size) in self.instance_roots:
            self.instance_roots |= self.pending

    def read_leaves(self, first: int, leaves: list[str]) -> None:
        """A run of leaf hashes; the entries that follow belong to it."""
        self.close_run()
        if first != self.tree.size:
            self.add("order", f"Leaf {self.tree.size} should follow, but {first} does.")
        self.chunk = _digests(leaves)
        low, high = max(self.head.body_min_index, first), self.tree.size + len(self.chunk)
        self.missing = set(range(low, high))

    def read_entry(self, index: int, nonce: str, body: str, path: Sequence[str] = ()) -> None:
        """One entry: it must hash to the leaf of its index, or in a selection lead to the head."""
        place = index - self.tree.size
        leaf = sha256(b"\x00" + b64decode(nonce) + body.encode()).digest()
        self.report.entries += 1
        is_sealed = 0 <= place < len(self.chunk) and self.chunk[place] == leaf
        if self.is_selection:
            is_sealed = includes(self.head.root, self.head.size, index, leaf, _digests(path))
        if not is_sealed and leaf in self.chunk:
            right = self.tree.size + self.chunk.index(leaf)
            self.add("moved", f"The entry at {index} was sealed at {right}.")
            self.missing.discard(right)
            return
        self.missing.discard(index)
        if not is_sealed:
            self.add("body", f"Entry {index} is not what was sealed.")

    def close_run(self) -> None:
        """Fold the run into the tree; compare the root wherever one is known."""
        for index in sorted(self.missing):
            self.add("missing", f"Entry {index} is missing.")
        rest, self.chunk, self.missing = self.chunk, [], set()
        for stop in sorted(size for size in self.wanted if 0 < size - self.tree.size <= len(rest)):
            step = stop - self.tree.size
            self.tree.extend(rest[:step])
            rest = rest[step:]
            if self.roots.setdefault(stop, self.tree.root()) != self.tree.root():
                self.add("root", f"The first {stop} leaves do not fold to the root of their anchor.")
        self.tree.extend(rest)

    def check_end(self) -> None:
        """Compare the whole with the signed head, and what was left out with what may be left out."""
        self.close_run()
        head, add = self.head, self.add
        if self.tree.size != head.size:
            add("tail", f"{head.size} leaves were signed, {self.tree.size} are here: the tail is wrong.")
        elif self.tree.root() != head.root:
            add("root", "The leaves do not fold to the signed root.")
        last_day = _moment(head.time).date() - timedelta(days=BODY_DAYS)
        allowed = max((size for day, size in self.days if day <= last_day), default=0)
        if not head.min_index <= head.body_min_index <= allowed:
            add(
                "pruning",
                f"Entries before {head.body_min_index} are left out; only {allowed} are old enough.",
            )
        if head.min_index and head.min_index not in {size for _, size in self.days}:
            add("pruning", "Leaves are left out up to a place where no day ended.")

    def check_kept(self, kept: Kept) -> None:
        """What the reader kept must lie on the history of this file."""
        (origin, size, root), head, add = kept.checkpoint, kept.head, self.add
        if head is None:
            if (origin, size) not in self.instance_roots:
                add("kept", f"{kept.name}: the file does not lead to this checkpoint of {size} leaves.")
            elif self.instance_roots[origin, size] != root:
                add("kept", f"{kept.name}: this checkpoint lies on another history.")
        elif kept.packed != pack_head(self.workspace, head):
            add("kept", f"{kept.name}: this checkpoint is of another workspace.")
        elif head.size > self.head.size:
            add("tail", f"{kept.name}: it covers {head.size} entries, the file ends after {self.head.size}.")
        elif any(day < _moment(head.time).date() and end > head.size for day, end in self.days):
            add("anchor", f"{kept.name}: an anchor holds entries that are younger than its day.")
        elif head.size not in self.roots and head.size != self.head.size:
            self.report.unchecked.append(f"{kept.name}: its place has been pruned, between two anchors.")
        elif self.roots.get(head.size, self.head.root) != head.root:
            add("kept", f"{kept.name}: this checkpoint lies on another history.")


def check_lines(lines: Iterable[str], kept: Sequence[tuple[str, str]] = (), key: str = "") -> Report:
    """Check a file against checkpoints (name, text) and a key. ValueError if it cannot be understood."""
    try:
        return _check(iter(lines), kept, key)
    except (LookupError, TypeError, AttributeError, OverflowError, RecursionError, struct.error) as error:
        raise ValueError(f"malformed: {error!r}") from error


def _check(lines: Iterator[str], kept: Sequence[tuple[str, str]], key: str) -> Report:
    check, known = _Check(json.loads(next(lines, "{}"))), list[Kept]()
    if key and parse_key(key) != check.key:
        check.add("key", "The file is signed by another key than the one you gave.")
    for name, text in kept:
        try:
            known.append(open_kept(name, text, check.key))
        except InvalidSignature:
            check.add("kept", f"{name}: this checkpoint is not signed by the key of the file.")
    check.wanted |= {one.head.size for one in known if one.head}
    for line in lines:
        kind, *values = json.loads(line)
        getattr(check, f"read_{kind}")(*values)
    if not check.is_selection:
        check.check_end()
    for one in known:
        check.check_kept(one)
    return check.report


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; see the head of this file."""
    parser = argparse.ArgumentParser(description="Check an exported audit log.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--keep", type=Path, nargs="+", default=(), help="checkpoints that you kept")
    parser.add_argument("--key", default="", help="the verifier key that you know")
    options = parser.parse_args(arguments)
    try:
        kept = [(path.name, path.read_text("utf-8")) for path in options.keep]
        with options.export.open(encoding="utf-8") as lines:
            report = check_lines(lines, kept, options.key)
    except (OSError, ValueError) as error:
        sys.stdout.write(f"The check could not be made: {error}\n")
        return 2
    texts = [f"workspace {report.workspace}, sealed at {report.sealed_at}", f"signed by {report.key}"]
    texts += [f"{report.size} entries sealed, {report.entries} of them in this file", *report.unchecked]
    texts += [f"FOUND {code}: {text}" for code, text in report.findings]
    texts += ["Something does not hold." if report.findings else "Every check held."]
    sys.stdout.write("\n".join(texts) + "\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
