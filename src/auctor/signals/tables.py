"""The columns that the passes read: one named tuple of numpy arrays for each kind of fact.

Rows of a deal stand together in the order of what happened; `first[d]` to `first[d + 1]` are the rows of deal
`d`. Every fact has two clocks: when it holds, and `known_at`, the moment from which both it holds and it is on
record. `frames.py` builds these tables from loose columns; nothing else should.
"""

from typing import NamedTuple

from auctor.signals.calendar import Calendar
from auctor.signals.vocabulary import F64, I8, I16, I32, I64


class Deals(NamedTuple):
    """One row a deal. `opening[field, deal]` is each field's value when its log begins, but for the amount, which
    has a column of its own; nothing is SHORT_ABSENT or SHORT_UNKNOWN there. `source` picks the deal's row of
    `Workspace.history_since`."""

    created_at: I64
    known_at: I64
    source: I8
    amount: I64
    opening: I32


class Changes(NamedTuple):
    """Field changes, by `effective_at`. `bulk` is 0 or names a bulk edit in `Workspace.bulk_known_at`."""

    first: I32
    field: I8
    effective_at: I64
    known_at: I64
    value: I64
    actor: I32
    bulk: I32


class Messages(NamedTuple):
    """Human e-mails and calls. `lag` is how many microseconds later a message came on record, or, from -1 down, its
    place in `late`, which holds such moments in full. `to_us` tells that one of ours stands in To; `thread` is -1
    outside of any thread; `sender` is the buyer who wrote, or -1. From `named_first[d]` on `named` are the buyers in
    To and CC of the deal's messages, `named_in` the messages."""

    first: I32
    at: I64
    lag: I32
    late: I64
    direction: I8
    to_us: I8
    thread: I32
    sender: I32
    named_first: I32
    named_in: I32
    named: I32


class Meetings(NamedTuple):
    """Meetings, past and planned, by start. `known_at` is when they were booked, `done_at` when it was on record
    that they took place, `void_at` when they were cancelled or missed. Answers are buyers', by `answered_at`."""

    first: I32
    at: I64
    known_at: I64
    done_at: I64
    void_at: I64
    answer_first: I32
    answer_person: I32
    answer: I8
    answered_at: I64


class Tasks(NamedTuple):
    """Our own tasks, by due moment. `closed_at` is when they were done or dropped."""

    first: I32
    due_at: I64
    known_at: I64
    closed_at: I64


class Roles(NamedTuple):
    """Contact roles with a life of their own: on record from `since` on, ended from `until` on."""

    first: I32
    person: I32
    role: I8
    since: I64
    until: I64


class Absences(NamedTuple):
    """Out-of-office notes of a deal's buyers."""

    first: I32
    since: I64
    until: I64
    known_at: I64


class Pauses(NamedTuple):
    """A person said that a deal rests: from the moment of saying so until the named one."""

    first: I32
    since: I64
    until: I64


class People(NamedTuple):
    """Buyers. Seniority is known from `titled_at` on; `left_at` is when a bounce or a move was on record."""

    seniority: I8
    titled_at: I64
    left_at: I64


class Stages(NamedTuple):
    """Versions of stages; `first` by stage. `late` overrides the phase: 1 late, 0 not late, -1 by probability."""

    first: I32
    since: I64
    pipeline: I16
    position: I16
    kind: I8
    probability: F64
    late: I8


class Coverage(NamedTuple):
    """What has been read completely, for how long: `first[owner + 1]`, and row 0 for everybody's."""

    first: I32
    source: I8
    since: I64
    until: I64
    known_at: I64


class Rates(NamedTuple):
    """Minor units of the workspace's currency for one minor unit of another; `first` by currency code."""

    first: I32
    since: I64
    known_at: I64
    rate: F64


class Workspace(NamedTuple):
    """Settings and small lists. `history_since[source, field]` is when a field's log begins (NEVER: no log).

    `inactive_at` by owner; `period_ends` are the last days of forecast periods; `snapshots` the moments at which
    forecasts were taken; `patience` microseconds is how long reading may lag before it counts as stale.
    """

    history_since: I64
    inactive_at: I64
    bulk_known_at: I64
    period_ends: I32
    snapshots: I64
    patience: int


class Facts(NamedTuple):
    """Everything that the twelve signals read about some deals of one workspace."""

    deals: Deals
    changes: Changes
    messages: Messages
    meetings: Meetings
    tasks: Tasks
    roles: Roles
    absences: Absences
    pauses: Pauses
    people: People
    stages: Stages
    coverage: Coverage
    rates: Rates
    workspace: Workspace
    calendar: Calendar

    @property
    def log(self) -> "Log":
        """What the passes over deals and their fields read."""
        return Log(self.deals, self.changes, self.pauses, self.stages, self.rates, self.workspace, self.calendar)

    @property
    def contacts(self) -> "Contacts":
        """What the pass over buyers reads."""
        return Contacts(self.messages, self.meetings, self.roles, self.people)


class Log(NamedTuple):
    """The part of the facts that tells of deals and their fields.

    Compiled code hands every array over one by one: a pass that takes what it reads, and no more, compiles in a
    tenth of the time.
    """

    deals: Deals
    changes: Changes
    pauses: Pauses
    stages: Stages
    rates: Rates
    workspace: Workspace
    calendar: Calendar


class Contacts(NamedTuple):
    """The part of the facts that tells of buyers."""

    messages: Messages
    meetings: Meetings
    roles: Roles
    people: People


class Pairs(NamedTuple):
    """Deals and the moments to judge them at, sorted by deal, then moment."""

    deal: I32
    at: I64
