"""Learns the three probabilities of a workspace, keeps them, and asks them of deals."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np

from auctor.audit import log
from auctor.audit.tags import AuditTag
from auctor.crm import frames
from auctor.crm.frames import DealFacts
from auctor.jobs.queue import defer
from auctor.risk import models
from auctor.risk.chances import VERSION
from auctor.risk.learning import telling
from auctor.risk.learning.events import Events, read_events
from auctor.risk.learning.freezing import norms_until
from auctor.risk.learning.inputs import Seen, joined, seen_of
from auctor.risk.learning.model import pack
from auctor.risk.learning.records import ModelRecord, Target
from auctor.risk.learning.rows import Ends, Rows, ends_of, rows_of
from auctor.risk.learning.study import Study, study
from auctor.risk.policies import get_policy
from auctor.signals import frames as signal_frames
from auctor.signals.calendar import moment_of
from auctor.signals.kernels import compiled_for
from auctor.signals.policy import Policy
from auctor.signals.scan import scans
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

RESCAN: Final = "risk.rescan"


@dataclass(frozen=True, slots=True)
class Ground:
    """Facts of a workspace that are learnt from, read once for all three targets."""

    events: Events
    facts: DealFacts
    policy: Policy


def learn(actor: Actor, *, now: datetime) -> tuple[ModelRecord, ...]:
    """Learn anew from every closed deal, keep what came of it, and judge all open deals. Needs `signal:write`."""
    require(actor, Permission.SIGNAL_WRITE)
    ground = read_ground(actor)
    studies = study_all(ground, until=now)
    for one in studies:
        _keep(actor, one, now=now)
    used = sum(one.model is not None for one in studies)
    log.record(
        actor, AuditTag.RISK_LEARNT, subject_kind="model", details={"used": used, "learnt": len(studies)}, now=now
    )
    defer(actor, RESCAN)
    return tuple(one.record for one in studies)


def read_ground(actor: Actor) -> Ground:
    """The facts of all deals."""
    return ground_of(frames.load(actor, deals=frames.ALL, with_counts=True), get_policy(actor).policy)


def ground_of(facts: DealFacts, policy: Policy) -> Ground:
    """The same from facts that were read, counts and all."""
    assert facts.counted is not None
    loaded = signal_frames.build(facts.tables, facts.settings)
    return Ground(read_events(loaded, facts, facts.counted), facts, policy)


def study_all(
    ground: Ground, *, until: datetime, ends: Ends | None = None, targets: Collection[Target] = tuple(Target)
) -> tuple[Study, ...]:
    """Learn targets from what was on record before `until`; `ends` are the deals' ends as far as known then."""
    moment, facts = moment_of(until), ground.events.loaded.facts
    ends = ends or ends_of(facts, ground.events.moves, until=moment)
    rows = rows_of(facts, ground.events.moves, ends)
    if not len(rows.deal):
        return tuple(Study(telling.empty(target), None) for target in targets)
    seen = see(ground, rows, until=moment)
    found = (study(ground.events, seen, ends, target=target, until=moment) for target in targets)
    return tuple(replace(one, record=telling.with_reason(_at(one.record, until))) for one in found)


def see(ground: Ground, rows: Rows, *, until: int) -> Seen:
    """What the signals say of some rows, by norms that stop at `until`."""
    loaded = ground.events.loaded
    norms = norms_until(loaded.facts, rows.at, until=until)
    parts: list[tuple[Any, Seen]] = []
    # Many moments mean many days, and each day's kernels run over few rows.
    with compiled_for(len(rows.at)):
        for places, some in scans(loaded, rows.deal, rows.at, norms=norms, policy=ground.policy):
            whole = np.arange(len(rows.at))[places]
            part = Rows(rows.deal[whole], rows.at[whole])
            parts.append((whole, seen_of(part, some.severity(), some.frame)))
    return joined(parts)


def _at(record: ModelRecord, until: datetime) -> ModelRecord:
    return replace(record, learnt_at=until, learn_until=until)


def _keep(actor: Actor, one: Study, *, now: datetime) -> None:
    record = one.record
    values: dict[str, Any] = {
        "standing": record.standing.value,
        "method": record.method.value,
        "learnt_at": now,
        "learn_until": now,
        "version": VERSION,
        "told": telling.to_told(record),
        "model": pack(one.model) if one.model is not None else None,
    }
    models.Learned.objects.update_or_create(
        workspace_id=actor.workspace_id,
        target=int(record.target),
        defaults=values,
        create_defaults={**values, "workspace_id": actor.workspace_id, "target": int(record.target)},
    )
