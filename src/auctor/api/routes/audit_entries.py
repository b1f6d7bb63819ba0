"""The audit log."""

from datetime import UTC, datetime
from uuid import UUID

from ninja import Field, Query, Schema

from auctor.api.door import ApiRequest, Door
from auctor.api.paging import Paging
from auctor.api.values import Id, Moment
from auctor.audit import log, queries
from auctor.audit.records import EntryRecord
from auctor.audit.tags import AuditTag
from auctor.tenancy.permissions import Permission

door = Door(tags=["audit"])


class EntryOut(Schema):
    """One entry. `index` is its place in the workspace's tree; empty until it is sealed."""

    id: UUID
    at: datetime
    action: str
    outcome: str
    actor_kind: str
    actor_id: UUID | None
    subject: str
    subject_kind: str
    fields: list[str]
    details: dict[str, str | int | bool]
    request_id: str
    index: int | None
    body: str = Field(description="The canonical JSON that was hashed.")


class EntryPage(Schema):
    """A page of entries, the newest first."""

    items: list[EntryOut]
    next_cursor: str = Field(description="Empty on the last page.")


class EntryQuery(Paging):
    """Which entries; what is left out does not narrow."""

    action: str = Field("", max_length=64, description="A tag such as role:changed.")
    actor_id: Id | None = Field(None, description="A user's, member's or token's id.")
    subject: str = Field("", max_length=64, description="Id of what was touched.")
    since: Moment | None = None
    until: Moment | None = None


class CheckpointOut(Schema):
    """The newest signed checkpoint with the proof that this workspace's log is in it."""

    proof: str = Field(description="A tlog-proof; keep it to catch a rewritten past.")


@door.read("/audit/entries", permission=Permission.AUDIT_READ, response=EntryPage)
def list_entries(request: ApiRequest, query: Query[EntryQuery]) -> EntryPage:
    """What happened in the workspace."""
    filters = queries.EntryFilter(
        action=query.action, actor_id=query.actor_id, subject=query.subject, since=query.since, until=query.until
    )
    page = queries.list_entries(request.actor, filters=filters, cursor=query.cursor, limit=query.limit)
    log.record(request.actor, AuditTag.AUDIT_READ, now=datetime.now(UTC))
    return EntryPage(items=[_to_out(entry) for entry in page.entries], next_cursor=page.next_cursor)


@door.read("/audit/checkpoint", permission=Permission.AUDIT_READ, response=CheckpointOut)
def read_checkpoint(request: ApiRequest) -> CheckpointOut:
    """What to keep elsewhere, so that nobody can rewrite the log behind your back."""
    return CheckpointOut(proof=queries.checkpoint_proof(request.actor))


def _to_out(entry: EntryRecord) -> EntryOut:
    return EntryOut(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        outcome=entry.outcome,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        subject=entry.subject,
        subject_kind=entry.subject_kind,
        fields=list(entry.fields),
        details=entry.details,
        request_id=entry.request_id,
        index=entry.index,
        body=entry.body,
    )
