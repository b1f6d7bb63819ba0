"""Signals: what is looked for, and the scans that look."""

from datetime import UTC, datetime
from uuid import UUID

from ninja import Query, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from auctor.api.door import ApiRequest, Door
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.risk import asking, queries
from auctor.signals.catalog import SIGNALS, VERSION
from auctor.tenancy.permissions import Permission

door = Door(tags=["signals"])


class SignalOut(Schema):
    """One signal of the catalog."""

    key: str
    question: str
    definition: str
    defaults: str
    clears: list[str]
    version: int


class ScanOut(Schema):
    """One scan: how many deals it looked at, how many of them could be judged, and how long it took."""

    id: UUID
    started_at: datetime
    is_full: bool
    deals: int
    judged: int
    seconds: float
    version: int


class ScanQuery(Schema):
    """How many of the newest scans."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(25, ge=1, le=200)


class AskedOut(Schema):
    """The job that does it; a scan that waits already is not asked for twice."""

    job_id: int


@door.read("/signals", permission=Permission.SIGNAL_READ, response=list[SignalOut])
def list_signals(request: ApiRequest) -> list[SignalOut]:  # noqa: ARG001 - the form of an operation
    """Everything that is looked for."""
    return [
        SignalOut(
            key=one.key,
            question=one.question,
            definition=one.definition,
            defaults=one.defaults,
            clears=list(one.clears),
            version=VERSION,
        )
        for one in SIGNALS
    ]


@door.read("/scans", permission=Permission.RISK_READ, response=list[ScanOut])
def list_scans(request: ApiRequest, query: Query[ScanQuery]) -> list[ScanOut]:
    """The newest scans."""
    return [
        ScanOut(
            id=one.id,
            started_at=one.started_at,
            is_full=one.is_full,
            deals=one.deals,
            judged=one.judged,
            seconds=one.seconds,
            version=one.version,
        )
        for one in queries.list_scans(request.actor, limit=query.limit)
    ]


@door.write("/scans", permission=Permission.SIGNAL_WRITE, response={202: AskedOut})
def start_scan(request: ApiRequest) -> Status[AskedOut]:
    """Judge all open deals anew, in the background."""
    number = asking.ask_for_scan(request.actor)
    log.record(request.actor, AuditTag.RISK_SCANNED, subject_kind="scan", outcome="asked", now=datetime.now(UTC))
    return Status(202, AskedOut(job_id=number))
