"""A log in memory: it seals rounds as the sealer does, so that pure tests can export and tamper with it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auctor.audit import lines as export_lines
from auctor.audit import note
from auctor.audit.records import AnchorRecord, SealedEntry, SignedHead
from auctor.audit.tree import Range, inclusion_path
from auctor.audit.verify import Head, Tree, check_lines, hash_leaf, pack_head

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ACME = UUID(int=0xACE)
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


@dataclass
class Log:
    """One workspace's entries, its tree and the instance's tree."""

    origin: str = "auctor.example/log"
    key: Ed25519PrivateKey = KEY
    salt: bytes = b""
    previous: tuple[str, ...] = ()
    entries: list[SealedEntry] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    instance: Tree = field(default_factory=Tree)
    anchors: list[AnchorRecord] = field(default_factory=list)
    steps: list[tuple[int, list[bytes]]] = field(default_factory=list)
    min_index: int = 0
    body_min_index: int = 0
    signed: SignedHead | None = None

    def leaves(self, first: int = 0) -> list[bytes]:
        return [hash_leaf(entry.nonce + entry.body.encode()) for entry in self.entries[first:]]

    def seal(self, count: int, at: datetime = START) -> SignedHead:
        """A round with `count` new entries, beside two other workspaces."""
        for _ in range(count):
            index = len(self.entries)
            body = json.dumps({"action": "deal:read", "n": index, "text": "Ü"}, ensure_ascii=False)
            self.entries.append(SealedEntry(index, self.salt + index.to_bytes(16), body))
        self.tree.extend(self.leaves(self.tree.size))
        head = Head(self.tree.size, self.min_index, self.body_min_index, microseconds(at), self.tree.root())
        before = Tree(self.instance.size, self.instance.frontier)
        round_leaves = [hash_leaf(b"other"), hash_leaf(pack_head(ACME, head)), hash_leaf(b"third")]
        self.instance.extend(round_leaves)
        grown = Range(before.size)
        grown.extend(round_leaves)
        self.steps.append((self.instance.size, grown.nodes))
        checkpoint = note.Checkpoint(self.origin, self.instance.size, self.instance.root())
        self.signed = SignedHead(
            head=head,
            round_id=len(self.steps),
            index=before.size + 1,
            path=tuple(inclusion_path(before, round_leaves, before.size + 1)),
            note=note.sign_checkpoint(checkpoint, self.key),
            key=note.format_key(self.origin, note.public_bytes(self.key)),
            previous=self.previous,
        )
        return self.signed

    def anchor(self, day: date) -> None:
        """End a day."""
        last = self.anchors[-1].size if self.anchors else 0
        grown = Range(last)
        grown.extend(self.leaves(last))
        frontier = tuple(self.tree.frontier)
        self.anchors.append(AnchorRecord(day, self.tree.size, self.tree.root(), frontier, tuple(grown.nodes)))

    def proof(self) -> str:
        """What a reader keeps today."""
        assert self.signed
        packed = pack_head(ACME, self.signed.head)
        return note.format_proof(packed, self.signed.index, self.signed.path, self.signed.note)

    def export(self, *, chunk: int = 4, is_chained: bool = True) -> list[str]:
        """The file as lines."""
        assert self.signed
        start = Tree()
        start.extend(self.leaves()[: self.min_index])
        lines = [export_lines.header_line(ACME, self.signed, frontier=start.frontier)]
        lines += [export_lines.anchor_line(anchor) for anchor in self.anchors]
        if is_chained:
            lines += [export_lines.instance_line(size, nodes) for size, nodes in self.steps]
        leaves = self.leaves()
        for first in range(self.min_index, len(leaves), chunk):
            run = self.entries[first : first + chunk]
            kept = [entry for entry in run if entry.index >= self.body_min_index]
            lines += export_lines.run_lines(first, leaves[first : first + chunk], kept)
        return lines


def pruned_log() -> Log:
    """Three days of entries; the first has left ninety days later, and a hundred entries are kept."""
    log = Log()
    log.seal(40, START)
    log.anchor(START.date())
    log.seal(3, START + timedelta(days=1, minutes=1))
    log.seal(60, START + timedelta(days=1, hours=8))
    log.anchor(START.date() + timedelta(days=1))
    log.seal(40, START + timedelta(days=2))
    log.anchor(START.date() + timedelta(days=2))
    # Three entries of the first day were sealed after midnight: their leaves stay, their bodies have left.
    log.min_index, log.body_min_index = 40, 43
    log.seal(7, START + timedelta(days=90))
    return log


def codes(lines: list[str], *kept: str, key: str = "") -> set[str]:
    """What the verifier finds."""
    named = [(f"kept {number}", text) for number, text in enumerate(kept)]
    return {code for code, _ in check_lines(lines, named, key).findings}


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(lines), encoding="utf-8")
    return path


def change(line: str, **values: Any) -> str:
    """A header with other values."""
    return json.dumps({**json.loads(line), **values}, ensure_ascii=False) + "\n"
