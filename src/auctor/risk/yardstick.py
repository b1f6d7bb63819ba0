"""What the deals of a day are measured against: learnt once a day, kept as packed columns, shared by every scan."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from auctor.crm import frames
from auctor.risk.models import Yardstick
from auctor.signals import frames as signal_frames
from auctor.signals.calendar import calendar, midnights, moment_of
from auctor.signals.catalog import VERSION
from auctor.signals.norms import Norms, Spread, learn
from auctor.signals.passes.closings import Closings
from auctor.signals.vocabulary import F64, I64
from auctor.tenancy.records import Actor

SPREADS = ("amount", "reply", "gap", "stay", "buyers")


@dataclass(frozen=True, slots=True)
class Measure:
    """The norms of one day, and the average severities of its open deals (empty: not known yet)."""

    norms: Norms
    codes: bytes
    average: F64


def learn_measure(actor: Actor, *, now: datetime) -> Measure:
    """The norms of `now`'s day from all deals of the workspace."""
    facts = frames.load(actor, deals=frames.ALL)
    loaded = signal_frames.build(facts.tables, facts.settings)
    return Measure(learn(loaded.facts, moments(now, 1)), codes_of(facts), np.zeros(0))


def find_measure(facts: frames.DealFacts, *, now: datetime) -> Measure | None:
    """The stored norms, if they are of `now`'s day, of these codes and of this version of the signals."""
    row, codes = Yardstick.objects.first(), codes_of(facts)
    day = int(midnights(calendar(facts.settings.zone, facts.settings.holidays), moments(now, 1))[0])
    if row is None or row.day_begins_at != day or bytes(row.codes) != codes or row.version != VERSION:
        return None
    return Measure(unpack(bytes(row.norms)), codes, np.array(row.average))


def find_average() -> F64 | None:
    """The average severities of the open deals at the last full scan; None before the first."""
    row = Yardstick.objects.only("average").first()
    return np.array(row.average) if row is not None and row.average else None


def keep_measure(actor: Actor, measure: Measure, *, now: datetime) -> None:
    """Keep the norms of the day in place of the last day's."""
    values = {
        "day_begins_at": int(measure.norms.days[0]),
        "made_at": now,
        "version": VERSION,
        "codes": measure.codes,
        "norms": pack(measure.norms),
        "average": measure.average.tolist(),
    }
    Yardstick.objects.update_or_create(
        defaults=values, create_defaults={**values, "workspace_id": actor.workspace_id}, workspace_id=actor.workspace_id
    )


def codes_of(facts: frames.DealFacts) -> bytes:
    """A digest of what the numbers of stages and pipelines stand for: norms speak in these numbers."""
    digest = hashlib.blake2b(digest_size=16)
    for ids in (facts.codes.stages, facts.codes.pipelines):
        digest.update(b"|".join(ids.to_list()))
    return digest.digest()


def moments(now: datetime, count: int) -> I64:
    """The moment, in microseconds, for each of so many deals."""
    return np.full(count, moment_of(now), dtype=np.int64)


def pack(norms: Norms) -> bytes:
    """The norms of one day as bytes that hold arrays and nothing else."""
    columns: dict[str, Any] = {"days": norms.days, "bounds": norms.bounds}
    for name in SPREADS:
        spread: Spread = getattr(norms, name)
        columns |= {f"{name}.keys": np.array(spread.keys), f"{name}.n": spread.n, f"{name}.at": spread.at}
    columns |= {f"closings.{name}": column for name, column in norms.closings(0)._asdict().items()}
    packed = io.BytesIO()
    np.savez(packed, **columns)
    return packed.getvalue()


def unpack(packed: bytes) -> Norms:
    """The inverse of `pack`."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as columns:
        spreads = {
            name: Spread(int(columns[f"{name}.keys"]), columns[f"{name}.n"], columns[f"{name}.at"]) for name in SPREADS
        }
        closings = Closings(*(columns[f"closings.{name}"] for name in Closings._fields))
        return Norms(columns["days"], columns["bounds"], None, kept={0: closings}, **spreads)
