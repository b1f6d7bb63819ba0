"""Learns one target, tests it on newer deals, and decides whether it is used. Pure but for the fitting library.

1. Closed deals in the order of their beginning; the last fifth of those that had time to end is the test.
2. Learn from the deals that began and ended before the first of them, and calibrate.
3. Test. Only where the whole interval of the Brier skill is above zero a model is used.
4. Then learn from everything, and calibrate, in the same way.

Calibrated is what the model says of deals that it was not shown: each third of the deals is judged by what the other
two teach. A slice of later deals would not do: of the newest deals only those that ended quickly have ended, and what
such a slice asks for is wrong for all others.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from auctor.risk.learning import fitting, model, testing
from auctor.risk.learning.events import Events
from auctor.risk.learning.inputs import PERIOD, Reader, Seen, full_codes, ratio_codes
from auctor.risk.learning.model import Model
from auctor.risk.learning.records import Figures, InputWeight, Method, ModelRecord, Standing, Target
from auctor.risk.learning.rows import Ends, labels
from auctor.risk.learning.wording import name_of
from auctor.signals.calendar import EPOCH, civil_days
from auctor.signals.vocabulary import F64, I64, Flags

FEW: Final = 40
ENOUGH: Final = 200
TESTED: Final = 0.2
FOLDS: Final = 3
# A deal that began later than this before the end of what is known may have ended only because it ended quickly.
MATURE: Final = 0.9
# Each side of a split needs so many deals of either end.
LEAST: Final = 8
MOST_INPUTS: Final = 12


@dataclass(frozen=True, slots=True)
class Study:
    """What is told of a target, and the model where one is used."""

    record: ModelRecord
    model: Model | None


class Matter(NamedTuple):
    """The labelled rows of a target: inputs by code, labels, the deals' numbers, and whether each was open.

    Rows stand in the order in which their deals began, then by moment.
    """

    codes: list[str]
    inputs: F64
    label: F64
    deal: I64
    is_open: Flags

    def some(self, chosen: Flags) -> "Matter":
        """Some of the rows."""
        inputs, label, deal, is_open = self.inputs[chosen], self.label[chosen], self.deal[chosen], self.is_open[chosen]
        return Matter(self.codes, inputs, label, deal, is_open)


Fit = Callable[[Matter], Model]


def study(events: Events, seen: Seen, ends: Ends, *, target: Target, until: int) -> Study:
    """Learn one target from what was known before `until`."""
    facts = events.loaded.facts
    label = labels(facts, ends, seen.rows, target=target, close_on=seen.close_on)
    chosen = ~np.isnan(label)
    seen, label = seen.some(chosen), label[chosen]
    positive, negative = (len(np.unique(seen.rows.deal[label == end])) for end in (1, 0))
    seen, label = _in_order(facts.deals.created_at, seen, label)
    counted = ModelRecord(target, Standing.TOO_FEW, Method.NONE, "", positive=positive, negative=negative)
    method = method_for(positive, negative)
    split = split_of(facts.deals.created_at, ends, np.unique(seen.rows.deal), until=until)
    if method is Method.NONE or split is None:
        return Study(counted, None)
    matter = _matter(events, seen, label, counted, until=until)
    trained, tested = matter.some(split.trained[matter.deal]), matter.some(split.tested[matter.deal])
    judged = tested.some(tested.is_open)
    if min(_least(trained), _least(judged)) < LEAST:
        return Study(counted, None)
    fit = _fit_full if method is Method.FULL else _fit_ratios
    first = _calibrated(fit, trained)
    figures = testing.measure(model.probabilities(first, judged.inputs), judged.label, _places(judged.deal))
    is_used = figures.skill.low > 0
    record = _told(counted, method, figures, is_used=is_used)
    record = _dated(record, events, trained, judged, rows=len(label))
    record = _with_inputs(record, first, judged)
    if not is_used:
        return Study(record, None)
    return Study(record, _calibrated(fit, matter))


def method_for(positive: int, negative: int) -> Method:
    """What so many deals of either end allow."""
    least = min(positive, negative)
    if least < FEW:
        return Method.NONE
    return Method.FULL if least >= ENOUGH else Method.RATIOS


class Split(NamedTuple):
    """For each deal whether it is learnt from, and whether it is tested on; never both."""

    trained: Flags
    tested: Flags


def split_of(created_at: I64, ends: Ends, deals: I64, *, until: int) -> Split | None:
    """The split by time of some closed deals; None where no deal ended before the test begins."""
    if len(deals) < 2:
        return None
    lasted = ends.closed_at[deals] - created_at[deals]
    mature = deals[created_at[deals] <= until - np.quantile(lasted, MATURE)]
    if len(mature) < len(deals) / 2:
        mature = deals
    mature = mature[np.argsort(created_at[mature], kind="stable")]
    newest = mature[-max(1, round(len(mature) * TESTED)) :]
    begins = created_at[newest[0]]
    tested, trained = np.zeros(len(created_at), np.bool_), np.zeros(len(created_at), np.bool_)
    tested[newest] = True
    trained[deals] = (created_at[deals] < begins) & (ends.closed_at[deals] < begins)
    return Split(trained, tested) if trained.any() else None


def _matter(events: Events, seen: Seen, label: F64, counted: ModelRecord, *, until: int) -> Matter:
    target, method = counted.target, method_for(counted.positive, counted.negative)
    codes = ratio_codes() if method is Method.RATIOS else full_codes(events, seen.rows, until=until)
    if target is not Target.WIN_IN_PERIOD and PERIOD in codes:
        codes.remove(PERIOD)
    inputs = Reader(events, seen).read(codes)
    kept = (np.nan_to_num(inputs, nan=-1.0) != np.nan_to_num(inputs[:1], nan=-1.0)).any(axis=0)
    kept |= np.array([code.startswith("severity.") for code in codes])
    codes = [code for code, keep in zip(codes, kept, strict=True) if keep]
    return Matter(codes, inputs[:, kept], label, seen.rows.deal, seen.open == 1)


def _fit_full(matter: Matter) -> Model:
    return fitting.fit_full(matter.codes, matter.inputs, matter.label)


def _fit_ratios(matter: Matter) -> Model:
    return fitting.fit_ratios(matter.codes, matter.inputs, matter.label, matter.deal)


def _calibrated(fit: Fit, matter: Matter) -> Model:
    """Learnt from all, with the slope and shift that each third of the deals asks of what the others teach."""
    whole = fit(matter)
    fold = _places(matter.deal) % FOLDS
    told = np.zeros(len(matter.label))
    for number in range(FOLDS):
        shown, hidden = matter.some(fold != number), fold == number
        if _least(shown) < LEAST or not hidden.any():
            return whole
        told[hidden] = model.raw(fit(shown), matter.inputs[hidden])
    slope, shift = fitting.asked_of(told, matter.label)
    return whole._replace(slope=slope, shift=shift)


def _in_order(created_at: I64, seen: Seen, label: F64) -> tuple[Seen, F64]:
    """The rows as their deals began: the numbers of deals are drawn, and the same past has to teach the same."""
    order = np.lexsort((seen.rows.at, seen.rows.deal, created_at[seen.rows.deal]))
    return seen.some(order), label[order]


def _places(deal: I64) -> I64:
    """The place of each row's deal among all of them, in the order of the rows."""
    starts = np.concatenate([[0], deal[1:] != deal[:-1]])
    found: I64 = np.cumsum(starts)
    return found


def _least(matter: Matter) -> int:
    """Deals of the rarer end."""
    return min(len(np.unique(matter.deal[matter.label == end])) for end in (1, 0))


def _told(counted: ModelRecord, method: Method, figures: Figures, *, is_used: bool) -> ModelRecord:
    standing = Standing.USED if is_used else Standing.NO_SKILL
    return replace(counted, standing=standing, method=method, figures=figures)


def _dated(record: ModelRecord, events: Events, trained: Matter, judged: Matter, *, rows: int) -> ModelRecord:
    created = events.loaded.facts.deals.created_at
    calendar = events.loaded.facts.calendar
    days = [
        date.fromordinal(int(day) + EPOCH.toordinal())
        for matter in (trained, judged)
        for day in civil_days(calendar, np.array([created[matter.deal].min(), created[matter.deal].max()]))
    ]
    return replace(
        record,
        rows=rows,
        test_deals=len(np.unique(judged.deal)),
        test_rows=len(judged.label),
        trained_from=days[0],
        trained_to=days[1],
        tested_from=days[2],
        tested_to=days[3],
    )


def _with_inputs(record: ModelRecord, fitted: Model, judged: Matter) -> ModelRecord:
    """The inputs that matter most: how much AUC is lost on the test when their values change places."""
    moved = np.abs(model.contributions(fitted, judged.inputs)).mean(axis=0)
    whole, chance = testing.auc(model.raw(fitted, judged.inputs), judged.label), np.random.default_rng(0)
    told = []
    for place in np.argsort(-moved, kind="stable")[:MOST_INPUTS]:
        shuffled = judged.inputs.copy()
        shuffled[:, place] = chance.permutation(shuffled[:, place])
        lost = whole - testing.auc(model.raw(fitted, shuffled), judged.label)
        code = judged.codes[place]
        told.append(InputWeight(code, name_of(code), round(100 * lost, 2)))
    return replace(record, inputs=tuple(sorted(told, key=lambda one: -one.weight)))
