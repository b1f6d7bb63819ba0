"""Signals: what is looked for, and the scans that look."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from ninja import Query, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from auctor.api.door import ApiRequest, Door, Strict
from auctor.api.values import SignalKey, known_signal
from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.risk import policies, queries, rescanning
from auctor.risk.records import MuteReason, PolicyRecord
from auctor.signals.catalog import SIGNALS, VERSION
from auctor.signals.policy import LATE_LIMITS
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


class MuteOut(Schema):
    """A signal that does not count in this workspace."""

    signal: str
    reason: str
    note: str
    member_id: UUID | None
    since: datetime


class PolicyOut(Schema):
    """How the signals are set. Number 0 are the defaults; every change makes the next number."""

    number: int
    thresholds: dict[str, float] = Field(description="What was chosen, by signal.parameter.")
    late_from: float = Field(description="The default probability from which a stage is late.")
    mutes: list[MuteOut]
    member_id: UUID | None
    made_at: datetime | None


class PolicyIn(Strict):
    """What to change; a threshold of null goes back to what is learnt, or to the default."""

    thresholds: dict[str, float | None] = Field(default_factory=dict, max_length=100)
    late_from: float | None = Field(None, ge=LATE_LIMITS[0], le=LATE_LIMITS[1])


class MuteIn(Strict):
    """Why a signal is not to count."""

    reason: Literal["track-record", "does-not-fit", "data-missing", "other"]
    note: str = Field("", max_length=1000)


@door.read("/signal-policies", permission=Permission.SIGNAL_READ, response=list[PolicyOut])
def list_signal_policies(request: ApiRequest, query: Query[ScanQuery]) -> list[PolicyOut]:
    """How the signals were set, the newest version first."""
    return [_to_policy(one) for one in policies.list_policies(request.actor, limit=query.limit)]


@door.read("/signal-policy", permission=Permission.RISK_READ, response=PolicyOut)
def read_signal_policy(request: ApiRequest) -> PolicyOut:
    """How the signals are set now."""
    return _to_policy(policies.get_policy(request.actor))


@door.write("/signal-policy", method="PATCH", permission=Permission.SIGNAL_WRITE, response=PolicyOut)
def tune_signals(request: ApiRequest, body: PolicyIn) -> PolicyOut:
    """Choose thresholds; everything is judged anew."""
    made = policies.tune_signals(
        request.actor, thresholds=body.thresholds, late_from=body.late_from, now=datetime.now(UTC)
    )
    return _to_policy(made)


@door.write("/signals/{signal}/mute", permission=Permission.SIGNAL_WRITE, response=PolicyOut)
def mute_signal(request: ApiRequest, signal: SignalKey, body: MuteIn) -> PolicyOut:
    """Let a signal count no more, as if it did not exist."""
    made = policies.mute_signal(
        request.actor,
        signal=known_signal(signal),
        reason=MuteReason(body.reason),
        note=body.note,
        now=datetime.now(UTC),
    )
    return _to_policy(made)


@door.write("/signals/{signal}/mute", method="DELETE", permission=Permission.SIGNAL_WRITE, response=PolicyOut)
def unmute_signal(request: ApiRequest, signal: SignalKey) -> PolicyOut:
    """Let a signal count again."""
    return _to_policy(policies.unmute_signal(request.actor, signal=known_signal(signal), now=datetime.now(UTC)))


def _to_policy(found: PolicyRecord) -> PolicyOut:
    return PolicyOut(
        number=found.number,
        thresholds=dict(found.thresholds),
        late_from=found.late_from,
        mutes=[
            MuteOut(signal=one.signal, reason=one.reason.value, note=one.note, member_id=one.member_id, since=one.since)
            for one in found.mutes
        ],
        member_id=found.member_id,
        made_at=found.made_at,
    )


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
    number = rescanning.ask_for_scan(request.actor)
    log.record(request.actor, AuditTag.RISK_SCANNED, subject_kind="scan", outcome="asked", now=datetime.now(UTC))
    return Status(202, AskedOut(job_id=number))
