"""What leaves the package."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from auctor.crm.importing.problems import Problem
from auctor.crm.vocabulary import ActivityKind, ActivityState, ChangedField, Flow, RecordState, UploadState
from auctor.signals.vocabulary import Forecast, Role, Seniority, StageKind


@dataclass(frozen=True, slots=True)
class FileCount:
    """What an import does, or did, with the lines of one file."""

    create: int = 0
    update: int = 0
    unchanged: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of an import or its rehearsal. With problems nothing was written.

    `problems` are bounded, `problem_count` is not. `notices` count by file what was kept as unknown or set right.
    """

    files: dict[str, FileCount]
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    notices: tuple[tuple[str, str, int], ...] = ()
    is_rehearsal: bool = False
    import_id: UUID | None = None
    touched_deals: int = 0
    seconds: float = 0.0

    @property
    def is_refused(self) -> bool:
        """Whether a problem kept everything out."""
        return self.problem_count > 0

    @property
    def writes(self) -> int:
        """Rows that are new or changed."""
        return sum(count.create + count.update for count in self.files.values())


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work on an upload is: rows done of rows in all, each counted when read, checked and written."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """Files that somebody sent. `mapping` names how a plain export is read, empty for a history folder.

    `refusal` says in a sentence what kept everything out where no cell did; `has_files` whether they are still kept.
    """

    id: UUID
    state: UploadState
    files: tuple[tuple[str, int], ...]
    member_id: UUID | None
    received_at: datetime
    ended_at: datetime | None
    mapping: str
    report: ImportReport | None
    refusal: str
    import_id: UUID | None
    step: Step | None
    has_files: bool

    @property
    def is_busy(self) -> bool:
        """Whether a job is at work."""
        return self.state in (UploadState.CHECKING, UploadState.IMPORTING)

    @property
    def is_export(self) -> bool:
        """Whether it is the plain export of a CRM."""
        return bool(self.mapping)


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units and their ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Converted:
    """Money in the workspace's currency, with the rate that was used, its day and who said so."""

    money: Money
    rate: float
    on_day: date
    source: str


@dataclass(frozen=True, slots=True)
class RateRecord:
    """What one unit of a currency is worth in the workspace's currency from a day on."""

    currency: str
    on_day: date
    rate: float
    source: str


@dataclass(frozen=True, slots=True)
class StageRecord:
    """A stage as it is now."""

    id: UUID
    pipeline_id: UUID
    name: str
    position: int
    kind: StageKind
    probability: float | None


@dataclass(frozen=True, slots=True)
class PipelineRecord:
    """A pipeline with its present stages in their order."""

    id: UUID
    name: str
    stages: tuple[StageRecord, ...]


@dataclass(frozen=True, slots=True)
class OwnerRecord:
    """A vendor's user."""

    id: UUID
    remote_id: str
    name: str
    email: str
    is_active: bool | None
    member_id: UUID | None


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal in a list. Values in force: overrides before the vendor's."""

    id: UUID
    remote_id: str
    name: str
    company: str
    owner: str
    owner_id: UUID | None
    stage: str
    stage_kind: StageKind
    pipeline: str
    amount: Money | None
    close_on: date | None
    created_at: datetime
    closed_at: datetime | None
    stage_since: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class DealPage:
    """A page of deals; `next_cursor` is empty on the last one."""

    deals: tuple[DealLine, ...]
    next_cursor: str
    total: int


@dataclass(frozen=True, slots=True)
class DealRecord:
    """A deal with the vendor's values, the overrides beside them, and what its source has shown."""

    line: DealLine
    record_state: RecordState
    company_id: UUID | None
    pipeline_id: UUID
    stage_id: UUID | None
    vendor_amount: Money | None
    amount_override: Money | None
    vendor_close_on: date | None
    close_on_override: date | None
    close_zone: str
    forecast: Forecast | None
    forecast_override: Forecast | None
    next_step: str
    next_step_on: date | None
    unknown_fields: tuple[str, ...]
    custom: dict[str, str]
    first_seen_at: datetime
    observed_at: datetime
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A person on a deal."""

    id: UUID
    name: str
    title: str
    seniority: Seniority | None
    addresses: tuple[str, ...]
    role: Role
    role_text: str
    since: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParticipantRecord:
    """Somebody in an activity."""

    name: str
    part: str
    reply: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """Something that happened or is planned."""

    id: UUID
    kind: ActivityKind
    flow: Flow
    state: ActivityState
    label: str
    at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    recorded_at: datetime
    is_automatic: bool
    participants: tuple[ParticipantRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A field that went from old to new, in words."""

    id: UUID
    field: ChangedField
    label: str
    at: datetime
    observed_at: datetime
    old: str
    new: str
    actor: str


@dataclass(frozen=True, slots=True)
class IntervalRecord:
    """A stay in a stage."""

    stage: str
    kind: StageKind
    entered_at: datetime
    left_at: datetime | None
    is_inferred: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened on a deal, newest first; `next_cursor` is empty where nothing older follows."""

    activities: tuple[ActivityRecord, ...]
    changes: tuple[ChangeRecord, ...]
    intervals: tuple[IntervalRecord, ...]
    next_cursor: str = ""


@dataclass(frozen=True, slots=True)
class CoverageRecord:
    """How far an input has been read completely."""

    input: str
    kind: str
    since: datetime | None
    until: datetime
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh the workspace is: the inputs that were read, and those that never came."""

    coverage: tuple[CoverageRecord, ...]
    missing: tuple[str, ...]
