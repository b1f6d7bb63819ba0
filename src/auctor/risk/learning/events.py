"""The facts of some deals as timelines, one for each thing that is counted. Pure.

Codes name things by ids and blind codes, so that a model that was learnt from all deals reads a single one:
`stages.<stage id>`, `label.<blind code>`, `kind.<kind and flow>`, `changed.<field>`.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from auctor.crm.frames import DealFacts, LearnerFacts
from auctor.crm.vocabulary import ActivityKind, Flow
from auctor.risk.learning.rows import Moves, moves_of
from auctor.risk.learning.timeline import Clock, Timeline
from auctor.signals.frames import Loaded
from auctor.signals.vocabulary import F64, I64, Field


@dataclass(slots=True)
class Values:
    """A custom field over time, from each change on: its blind code (0: none), and its number where it is one.

    A value that no change tells of counts from when it was first seen here. Nobody knows since when its source has
    had it, and what is filled in when a deal ends would tell the end.
    """

    line: Timeline
    code: I64
    number: F64


@dataclass(slots=True)
class Events:
    """Everything that is counted of some deals. `stage_ids` by the stage's number in the facts."""

    loaded: Loaded
    moves: Moves
    stage_ids: list[str]
    changes: Timeline
    stages: Timeline
    activities: Timeline
    counted: dict[str, Timeline] = field(default_factory=dict)
    custom: dict[str, Values] = field(default_factory=dict)


def read_events(loaded: Loaded, facts: DealFacts, learner: LearnerFacts) -> Events:
    """The timelines of all deals of the facts, which are numbered alike."""
    log, moves = loaded.facts.changes, moves_of(loaded.facts)
    owner = np.repeat(np.arange(len(log.first) - 1), np.diff(log.first)).astype(np.int64)
    known = log.known_at.astype(np.int64)
    done = _activities(learner)
    values = _values(learner)
    clock = Clock(np.concatenate([known, _moments(done["at"]), _moments(values["at"])]))
    changes, activities = Timeline(clock, owner, known), Timeline(clock, _deals(done), _moments(done["at"]))
    stages = Timeline(clock, moves.deal, moves.known_at)
    ids = [key.hex() for key in facts.codes.stages.to_list()]
    events = Events(loaded, moves, ids, changes, stages, activities)
    moved = moves.stage[stages.order]
    events.counted = {f"stages.{ids[code]}": stages.kept(moved == code) for code in np.unique(moved[moved >= 0])}
    fields = log.field[changes.order]
    for kind in (Field.AMOUNT, Field.CLOSE_ON, Field.OWNER, Field.CATEGORY):
        events.counted[f"changed.{kind.name.lower()}"] = changes.kept(fields == kind)
    for name in ("kind", "label"):
        events.counted |= _counted(activities, done[name])
    events.custom = {
        key[0].hex(): _over_time(clock, part) for key, part in values.partition_by("field_id", as_dict=True).items()
    }
    return events


def _activities(learner: LearnerFacts) -> pl.DataFrame:
    """deal, at, kind, label: an activity counts from when it took place and was on record, whatever its state is now:
    states change, and when they did is not told."""
    kinds = {int(kind): kind.name.lower() for kind in ActivityKind}
    flows = {int(flow): f"_{flow.name.lower()}" for flow in Flow} | {int(Flow.UNKNOWN): ""}
    return learner.activities.filter(pl.col("at").is_not_null()).select(
        "deal",
        at=pl.max_horizontal("at", "observed_at"),
        kind="kind."
        + pl.col("kind").replace_strict(kinds, return_dtype=pl.String)
        + pl.col("flow").replace_strict(flows, return_dtype=pl.String),
        label="label." + pl.col("label_code").cast(pl.String),
    )


def _values(learner: LearnerFacts) -> pl.DataFrame:
    """deal, field_id, at, code, number: what each custom field became, and when that was on record."""
    keys = ["deal", "field_id"]
    log = learner.custom_changes.sort("effective_at", "place")
    unlogged = learner.custom.join(log, on=keys, how="anti")
    present = unlogged.select(*keys, pl.col("observed_at").alias("at"), "code", pl.col("number").cast(pl.Float64))
    later = log.select(
        *keys,
        pl.max_horizontal("effective_at", "observed_at").alias("at"),
        code="new_code",
        number=pl.lit(None, pl.Float64),
    )
    return pl.concat([present, later], how="vertical_relaxed").with_columns(pl.col("code").fill_null(0))


def _over_time(clock: Clock, part: pl.DataFrame) -> Values:
    line = Timeline(clock, _deals(part), _moments(part["at"]))
    return Values(line, part["code"].to_numpy().astype(np.int64), part["number"].to_numpy().astype(np.float64))


def _counted(line: Timeline, codes: pl.Series) -> dict[str, Timeline]:
    """A timeline for each code; null is none."""
    ordered = codes.gather(line.order)
    names = ordered.drop_nulls().unique().sort().to_list()
    return {name: line.kept((ordered == name).fill_null(value=False).to_numpy()) for name in names}


def _deals(frame: pl.DataFrame) -> I64:
    return frame["deal"].to_numpy().astype(np.int64)


def _moments(at: pl.Series) -> I64:
    return at.to_physical().to_numpy().astype(np.int64)
