"""The lines of an exported file, made from records; `verify.py` reads them back with its own code."""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from auctor.audit.records import AnchorRecord, SealedEntry, SignedHead
from auctor.audit.verify import FORMAT


def header_line(workspace: UUID, signed: SignedHead, *, kind: str = "log", frontier: Sequence[bytes] = ()) -> str:
    """The first line. `frontier` is that of the workspace's tree at `head.min_index`; a selection has none."""
    head = signed.head
    return _line(
        {
            "format": FORMAT,
            "kind": kind,
            "workspace": str(workspace),
            "key": signed.key,
            "checkpoint": signed.note,
            "previous": list(signed.previous),
            "head": {**head._asdict(), "root": to64(head.root)},
            "index": signed.index,
            "path": _list64(signed.path),
            "frontier": _list64(frontier),
        }
    )


def anchor_line(anchor: AnchorRecord) -> str:
    """The end of one day."""
    day, root = anchor.day.isoformat(), to64(anchor.root)
    return _line(["anchor", day, anchor.size, root, _list64(anchor.frontier), _list64(anchor.nodes)])


def instance_line(size: int, nodes: Sequence[bytes]) -> str:
    """A size of the instance's tree: its frontier in the first such line, then what it grew by."""
    return _line(["instance", size, _list64(nodes)])


def run_lines(first: int, leaves: Sequence[bytes], entries: Iterable[SealedEntry]) -> Iterator[str]:
    """A run of leaves and those of its entries that are kept."""
    yield _line(["leaves", first, _list64(leaves)])
    for entry in entries:
        yield _line(["entry", entry.index, to64(entry.nonce), entry.body])


def proof_line(entry: SealedEntry, path: Sequence[bytes]) -> str:
    """One entry of a selection with its path to the head."""
    return _line(["entry", entry.index, to64(entry.nonce), entry.body, _list64(path)])


def to64(raw: bytes) -> str:
    """Base64 as text."""
    return base64.b64encode(raw).decode("ascii")


def _list64(hashes: Iterable[bytes]) -> list[str]:
    return [to64(node) for node in hashes]


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
