"""What the models of a workspace say of deals: columns beside the rules score."""

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from django.db.models import QuerySet

from auctor.crm.frames import DealFacts
from auctor.risk import models
from auctor.risk.learning import model
from auctor.risk.learning.events import Events, read_events
from auctor.risk.learning.inputs import Reader, Seen, seen_of
from auctor.risk.learning.model import Model, unpack
from auctor.risk.learning.records import Standing, Target
from auctor.risk.learning.rows import Rows, has_date
from auctor.signals.frames import Loaded
from auctor.signals.scan import Scan
from auctor.signals.vocabulary import F64, I64

# Raised whenever inputs or fitting change: models of another version are not asked.
VERSION: Final = 2
COLUMNS: Final = {Target.WIN: "p_win", Target.WIN_IN_PERIOD: "p_win_period", Target.CLOSE_HOLDS: "p_close_holds"}
MOST_REASONS: Final = 3


class Chances(NamedTuple):
    """A probability for each row by target (NaN: none), and for `WIN` what each input adds, in percentage points."""

    probability: Mapping[Target, F64]
    codes: tuple[str, ...]
    points: F64


def find_used() -> dict[Target, Model]:
    """The models of the workspace that are used."""
    return {Target(row.target): unpack(bytes(row.model)) for row in _rows() if row.model is not None}


def _rows() -> QuerySet[models.Learned]:
    return models.Learned.objects.filter(standing=Standing.USED.value, version=VERSION)


def ask(events: Events, seen: Seen, used: Mapping[Target, Model]) -> Chances:
    """The answers of all models for some rows."""
    reader = Reader(events, seen)
    probability: dict[Target, F64] = {}
    codes: tuple[str, ...] = ()
    points = np.zeros((len(seen.rows.at), 0))
    for target, fitted in used.items():
        inputs = reader.read(list(fitted.codes))
        found = model.probabilities(fitted, inputs)
        if target is Target.CLOSE_HOLDS:
            found = np.where(has_date(seen.close_on, seen.today), found, np.nan)
        if target is Target.WIN:
            codes, points = fitted.codes, points_of(fitted, inputs, found)
        probability[target] = found
    return Chances(probability, codes, points)


def points_of(fitted: Model, inputs: F64, probability: F64) -> F64:
    """Percentage points that each input adds to each row against the average row.

    Inputs add up in log-odds; a row's points are their parts in the same proportion, so that they add up, too. Where
    parts cancel each other out, the slope of the probability tells what one of them is worth.
    """
    parts = model.contributions(fitted, inputs)
    whole = parts.sum(axis=1)
    middle = float(model.to_probability(np.array([model.average(fitted)]))[0])
    apart = np.abs(whole) > 0.05
    worth = np.where(apart, (probability - middle) / np.where(apart, whole, 1), probability * (1 - probability))
    found: F64 = 100 * parts * worth[:, None]
    return found


def is_used() -> bool:
    """Whether any model of the workspace is used, so that its counts are worth reading."""
    return bool(_rows().exists())


def columns(facts: DealFacts, loaded: Loaded, found: Scan, at: I64) -> list[pl.Series]:
    """The columns of a judgement, empty where no model is used; a row for each deal of the facts."""
    used = find_used() if facts.counted is not None else {}
    if not used or facts.counted is None:
        empty = [pl.Series(name, [None] * len(at), dtype=pl.Float64) for name in COLUMNS.values()]
        return [*empty, pl.Series("p_win_inputs", [None] * len(at), dtype=pl.String)]
    rows = Rows(np.arange(facts.deals.height), at)
    told = ask(read_events(loaded, facts, facts.counted), seen_of(rows, found.severity(), found.frame), used)
    nothing = np.full(len(at), np.nan)
    numbers = [
        pl.Series(name, told.probability.get(target, nothing)).fill_nan(None) for target, name in COLUMNS.items()
    ]
    return [*numbers, pl.Series("p_win_inputs", _reasons(told), dtype=pl.String)]


def _reasons(told: Chances) -> list[str | None]:
    """The inputs that add most and take most, as JSON."""
    if not told.codes:
        return [None] * len(told.points)
    order = np.argsort(told.points, axis=1, kind="stable")
    chosen = np.concatenate([order[:, : -MOST_REASONS - 1 : -1], order[:, :MOST_REASONS]], axis=1)
    texts: list[str | None] = []
    for row, places in enumerate(chosen):
        pairs = [[told.codes[place], round(float(told.points[row, place]), 1)] for place in dict.fromkeys(places)]
        texts.append(json.dumps([pair for pair in pairs if pair[1]]))
    return texts
