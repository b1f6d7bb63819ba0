"""The log of one workspace as one file that anybody can verify offline."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TextIO
from uuid import UUID

from django.db import connection

from auctor.audit import lines, log
from auctor.audit.integrate import split
from auctor.audit.queries import NothingSealed, find_signed_head, list_anchors
from auctor.audit.records import AnchorRecord, SealedEntry, SignedHead
from auctor.audit.tags import AuditTag
from auctor.audit.tree import Range, inclusion_path
from auctor.audit.verify import Tree
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import INSTANCE_ID, Actor

RUN = 512

SEALED = """
SELECT s.first + o.place - 1, substr(s.leaves, (32 * (o.place - 1) + 1)::integer, 32), e.nonce, e.body
FROM audit.seal s CROSS JOIN unnest(s.entry_ids) WITH ORDINALITY o (id, place)
LEFT JOIN audit.entry e ON e.workspace_id = s.workspace_id AND e.id = o.id
WHERE s.workspace_id = %s AND s.first >= %s AND s.first + s.n <= %s ORDER BY 1
"""


def export_log(actor: Actor, file: TextIO, *, now: datetime) -> int:
    """Write everything that the log still holds of the workspace; returns the number of entries.

    Call inside a transaction. Raises `Forbidden` without `audit:export`, `NothingSealed` in a new workspace.
    """
    require(actor, Permission.AUDIT_EXPORT)
    workspace_id = actor.workspace_id or INSTANCE_ID
    signed = _signed(workspace_id)
    log.record(actor, AuditTag.AUDIT_EXPORTED, now=now, details={"round": signed.round_id})
    anchors = list_anchors(workspace_id, up_to=signed.head.size)
    file.write(lines.header_line(workspace_id, signed, frontier=_frontier(anchors, signed.head.min_index)))
    file.writelines(lines.anchor_line(anchor) for anchor in anchors)
    file.writelines(_instance_lines(signed))
    count = 0
    rows = _sealed_rows(workspace_id, signed)
    while run := list(islice(rows, RUN)):
        kept = [SealedEntry(row[0], bytes(row[2]), row[3]) for row in run if row[3] is not None]
        count += len(kept)
        file.writelines(lines.run_lines(run[0][0], [bytes(row[1]) for row in run], kept))
    return count


def export_selection(actor: Actor, entry_ids: Sequence[UUID], *, file: TextIO, now: datetime) -> int:
    """Write some entries, each with its path to the newest checkpoint; returns how many.

    Entries that are not this workspace's, not sealed or gone are left out. Raises as `export_log`.
    """
    require(actor, Permission.AUDIT_EXPORT)
    workspace_id = actor.workspace_id or INSTANCE_ID
    signed = _signed(workspace_id)
    log.record(actor, AuditTag.AUDIT_EXPORTED, now=now, details={"round": signed.round_id, "entries": len(entry_ids)})
    low = signed.head.min_index
    before = Tree(low, _frontier(list_anchors(workspace_id, up_to=signed.head.size), low))
    query = SEALED.replace("ORDER BY 1", "AND o.id = ANY(%s) ORDER BY 1")
    rows = _stream(query, [workspace_id, low, signed.head.size, list(entry_ids)])
    leaves = [leaf for part in _stream(LEAVES, [workspace_id, low, signed.head.size]) for leaf in split(bytes(part[0]))]
    file.write(lines.header_line(workspace_id, signed, kind="selection"))
    count = 0
    for index, _leaf, nonce, body in rows:
        if body is not None:
            path = inclusion_path(before, leaves, index)
            file.write(lines.proof_line(SealedEntry(index, bytes(nonce), body), path))
            count += 1
    return count


LEAVES = "SELECT leaves FROM audit.seal WHERE workspace_id = %s AND first >= %s AND first + n <= %s ORDER BY first"


def _signed(workspace_id: UUID) -> SignedHead:
    signed = find_signed_head(workspace_id)
    if signed is None:
        raise NothingSealed("Nothing was sealed in this workspace yet.", mend="Try again in a second.")
    return signed


def _frontier(anchors: Sequence[AnchorRecord], size: int) -> Sequence[bytes]:
    return next((anchor.frontier for anchor in anchors if anchor.size == size), ())


def _sealed_rows(workspace_id: UUID, signed: SignedHead) -> Iterator[Any]:
    # The planner takes a list of ids for a hundred and would look up each entry alone; one pass is what is needed.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    yield from _stream(SEALED, [workspace_id, signed.head.min_index, signed.head.size])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")


def _instance_lines(signed: SignedHead) -> Iterator[str]:
    """The ends of the days of this epoch, and how the instance's tree grew from the last one to the checkpoint."""
    origin, end = signed.note.split("\n")[0], int(signed.note.split("\n")[1])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.size, c.frontier, c.nodes FROM audit.checkpoint c JOIN audit.epoch e ON e.id = c.epoch"
            " WHERE e.origin = %s AND c.size <= %s ORDER BY c.day",
            [origin, end],
        )
        days = cursor.fetchall()
    last = 0
    for size, frontier, nodes in days:
        yield lines.instance_line(size, split(bytes(nodes if last else frontier)))
        last = size
    grown = Range(last)
    arguments = [origin, last, end]
    for first, leaves in _stream(ROUNDS, arguments):
        grown.extend(split(bytes(leaves))[max(0, last - first) :])
    if days and end > last:
        yield lines.instance_line(end, grown.nodes)


ROUNDS = """
SELECT r.before_size, r.leaves FROM audit.round r JOIN audit.epoch e ON e.id = r.epoch
WHERE e.origin = %s AND r.size > %s AND r.size <= %s ORDER BY r.id
"""


def _stream(query: str, arguments: Sequence[Any]) -> Iterator[Any]:
    """Rows through a cursor on the server: a log does not fit into memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, arguments)
        yield from cursor
