"""Reads of the log: entries, the newest signed head, how far sealing is."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection

from auctor.audit.body import address_context
from auctor.audit.integrate import split, to_microseconds
from auctor.audit.note import format_proof
from auctor.audit.records import AnchorRecord, EntryPage, EntryRecord, SealStatus, SignedHead
from auctor.audit.tree import inclusion_path
from auctor.audit.verify import Head, Tree, pack_head
from auctor.kit.errors import AuctorError
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import INSTANCE_ID, Actor
from auctor.vault import keyring

MOST_ROWS = 200

# An entry's round is the first whose horizon lies above its transaction.
LIST = """
SELECT e.id, e.at, e.action, e.body, r.id, s.first + array_position(s.entry_ids, e.id) - 1
FROM audit.entry e
LEFT JOIN LATERAL (
    SELECT r.id FROM audit.round r WHERE r.horizon > e.xid AND r.at >= e.at - interval '5 minutes'
    ORDER BY r.horizon, r.id LIMIT 1
) r ON true
LEFT JOIN audit.seal s ON s.workspace_id = e.workspace_id AND s.round = r.id AND e.id = ANY(s.entry_ids)
WHERE {} ORDER BY e.at DESC, e.id DESC LIMIT %s
"""

SIGNED = """
SELECT s.size, s.min_index, s.body_min_index, s.root, s.leaf_index, r.id, r.at, r.before_size, r.before_frontier,
       r.leaves, r.note, e.key, e.id
FROM ({}) s JOIN audit.round r ON r.id = s.round AND r.at = s.at JOIN audit.epoch e ON e.id = r.epoch
"""
FROM_HEAD = """
SELECT size, min_index, body_min_index, root, leaf_index, round, round_at AS at FROM audit.head
WHERE workspace_id = %s
"""
FROM_DAY_END = """
SELECT s.first + s.n AS size, s.min_index, s.body_min_index, s.root, s.leaf_index, s.round, s.at FROM audit.seal s
JOIN audit.anchor a ON a.workspace_id = s.workspace_id AND a.size = s.first + s.n
WHERE s.workspace_id = %s ORDER BY s.round DESC LIMIT 1
"""


class CursorRefused(AuctorError):
    """The cursor of a page was not one of ours."""

    code: ClassVar[str] = "audit.cursor_refused"
    status: ClassVar[int] = 400


class NothingSealed(AuctorError):
    """There is no checkpoint yet: nothing of this workspace was sealed."""

    code: ClassVar[str] = "audit.nothing_sealed"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to list; what is empty does not narrow. `actor_id` is a user's, member's or token's id."""

    action: str = ""
    actor_id: UUID | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_entries(actor: Actor, *, filters: EntryFilter | None = None, cursor: str = "", limit: int = 50) -> EntryPage:
    """A page of the workspace's entries, newest first; at most 200.

    Raises `Forbidden` without `audit:read`, `CursorRefused` for a cursor that no page gave.
    """
    require(actor, Permission.AUDIT_READ)
    limit = max(1, min(limit, MOST_ROWS))
    conditions, arguments = _conditions(actor, filters or EntryFilter(), cursor)
    rows = _rows(LIST.format(" AND ".join(conditions)), [*arguments, limit + 1])
    entries = tuple(_to_entry(actor.workspace_id or INSTANCE_ID, row) for row in rows[:limit])
    more = _cursor(entries[-1]) if len(rows) > limit else ""
    return EntryPage(entries, more)


def find_checkpoint(actor: Actor) -> SignedHead | None:
    """The newest signed state of the workspace's log; None when nothing was sealed yet. Needs `audit:read`."""
    require(actor, Permission.AUDIT_READ)
    return find_signed_head(actor.workspace_id or INSTANCE_ID)


def checkpoint_proof(actor: Actor) -> str:
    """The text that a reader keeps: the newest checkpoint with the workspace's head and path (tlog-proof).

    Raises `Forbidden` without `audit:read`, `NothingSealed` in a new workspace.
    """
    found = find_checkpoint(actor)
    if found is None:
        raise NothingSealed("Nothing was sealed in this workspace yet.", mend="Try again in a second.")
    return to_proof(actor.workspace_id or INSTANCE_ID, found)


def seal_status(actor: Actor) -> SealStatus:
    """How many entries are sealed, how many wait, and since when. Needs `audit:read`."""
    require(actor, Permission.AUDIT_READ)
    workspace_id = actor.workspace_id or INSTANCE_ID
    last = _rows("SELECT r.horizon::text, r.at, r.size, e.origin FROM audit.round r JOIN audit.epoch e"
                 " ON e.id = r.epoch ORDER BY r.id DESC LIMIT 1", [])  # fmt: skip
    horizon, at, size, origin = last[0] if last else ("0", None, 0, "")
    waiting = _rows(
        "SELECT count(*), min(at) FROM audit.entry WHERE workspace_id = %s AND xid >= %s::text::xid8",
        [workspace_id, horizon],
    )[0]
    sealed = _rows("SELECT size FROM audit.head WHERE workspace_id = %s", [workspace_id])
    return SealStatus(sealed[0][0] if sealed else 0, waiting[0], waiting[1], at, origin, size)


def find_signed_head(workspace_id: UUID, *, at_day_end: bool = False) -> SignedHead | None:
    """The newest signed head, or the one at the newest anchor. Trusted: asks no permission."""
    rows = _rows(SIGNED.format(FROM_DAY_END if at_day_end else FROM_HEAD), [workspace_id])
    if not rows:
        return None
    size, low, body_low, root, place, round_id, at, before, frontier, leaves, note, key, epoch = rows[0]
    path = inclusion_path(Tree(before, split(bytes(frontier))), split(bytes(leaves)), place)
    previous = _rows("SELECT previous_note FROM audit.epoch WHERE id <= %s AND id > 1 ORDER BY id DESC", [epoch])
    return SignedHead(
        head=Head(size, low, body_low, to_microseconds(at), bytes(root)),
        round_id=round_id,
        index=place,
        path=tuple(path),
        note=note,
        key=key,
        previous=tuple(row[0] for row in previous),
    )


def to_proof(workspace_id: UUID, signed: SignedHead) -> str:
    """A signed head as the text of a tlog-proof."""
    return format_proof(pack_head(workspace_id, signed.head), signed.index, signed.path, signed.note)


def list_anchors(workspace_id: UUID, *, up_to: int) -> list[AnchorRecord]:
    """All anchors of a workspace up to a size of its tree, the oldest first. Trusted."""
    rows = _rows(
        "SELECT day, size, root, frontier, nodes FROM audit.anchor WHERE workspace_id = %s AND size <= %s ORDER BY day",
        [workspace_id, up_to],
    )
    return [
        AnchorRecord(day, size, bytes(root), _hashes(edge), _hashes(nodes)) for day, size, root, edge, nodes in rows
    ]


def _conditions(actor: Actor, filters: EntryFilter, cursor: str) -> tuple[list[str], list[Any]]:
    found: list[tuple[str, list[Any]]] = [("e.workspace_id = %s", [actor.workspace_id or INSTANCE_ID])]
    if filters.action:
        found.append(("e.action = %s", [filters.action]))
    if filters.actor_id:
        found.append(("%s IN (e.body::json #>> '{actor,user}', e.body::json #>> '{actor,member}',"
                      " e.body::json #>> '{actor,token}')", [str(filters.actor_id)]))  # fmt: skip
    if filters.subject:
        found.append(("e.body::json ->> 'subject' = %s", [filters.subject]))
    if filters.since:
        found.append(("e.at >= %s", [filters.since]))
    if filters.until:
        found.append(("e.at < %s", [filters.until]))
    if cursor:
        found.append(("(e.at, e.id) < (%s, %s)", list(_parse_cursor(cursor))))
    return [text for text, _ in found], [value for _, values in found for value in values]


def _cursor(entry: EntryRecord) -> str:
    return base64.urlsafe_b64encode(f"{to_microseconds(entry.at)}.{entry.id.hex}".encode()).decode().rstrip("=")


def _parse_cursor(text: str) -> tuple[datetime, UUID]:
    try:
        moment, _, entry_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").partition(".")
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(moment)), UUID(entry_id)
    except (ValueError, OverflowError) as error:
        raise CursorRefused(
            "The cursor is not one that a page of entries gave.", mend="Start at the first page."
        ) from error


def _to_entry(workspace_id: UUID, row: Sequence[Any]) -> EntryRecord:
    entry_id, at, action, body, round_id, index = row
    found = json.loads(body)
    who = found.get("actor", {})
    person = who.get("user") or who.get("token")
    return EntryRecord(
        id=entry_id,
        at=at,
        action=action,
        outcome=found.get("outcome", ""),
        actor_kind=who.get("kind", ""),
        actor_id=UUID(person) if person else None,
        actor_name=who.get("name", ""),
        subject=found.get("subject", ""),
        subject_kind=found.get("kind", ""),
        fields=tuple(found.get("fields", ())),
        details=found.get("details", {}),
        request_id=found.get("request", ""),
        address=_open_address(workspace_id, found.get("address", "")),
        body=body,
        index=index,
        round_id=None if index is None else round_id,
    )


def _open_address(workspace_id: UUID, sealed: str) -> str:
    if not sealed:
        return ""
    context = address_context(workspace_id)
    try:
        return keyring.open_(workspace_id, keyring.Purpose.AUDIT, bytes.fromhex(sealed), context=context).decode()
    except AuctorError:
        # The key was destroyed with the workspace, as promised; the entry itself stays until its day leaves.
        return ""


def _hashes(column: Any) -> tuple[bytes, ...]:
    return tuple(split(bytes(column)))


def _rows(query: str, arguments: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return list(cursor.fetchall())
