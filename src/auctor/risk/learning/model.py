"""A fitted model as plain arrays, and what it says. Pure; the library that fits it is not needed here.

log-odds = slope · (w · trees + (1 - w) · line) + shift. The line takes each input as sign(x)·log(1 + |x|), centred and
scaled, unknown as the centre; the trees take it as it is. All additive, so that what each input adds can be told.
"""

import io
import json
from typing import Any, Final, NamedTuple

import numpy as np

from auctor.signals.kernels import fast, kernel
from auctor.signals.vocabulary import F64, I8, I32

# Probabilities this close to 0 or 1 would be claims that no number of deals supports.
MOST_LOG_ODDS: Final = 7.0


class Trees(NamedTuple):
    """Nodes of all trees, one after the other; `first` are the roots. A leaf has `left` -1. `value` of an inner node is
    the mean of its leaves, by the rows that reached them."""

    first: I32
    feature: I32
    threshold: F64
    left: I32
    right: I32
    unknown_left: I8
    value: F64


class Line(NamedTuple):
    """Centre, scale and weight of every input."""

    centre: F64
    scale: F64
    weight: F64


class Model(NamedTuple):
    """`start` and `bias` are the log-odds that trees and line begin from; `share` is the trees' part."""

    codes: tuple[str, ...]
    trees: Trees
    start: float
    line: Line
    bias: float
    share: float
    slope: float
    shift: float


def no_trees() -> Trees:
    """Nothing but the line."""
    none, numbers = np.zeros(0, np.int32), np.zeros(0)
    return Trees(none, none, numbers, none, none, np.zeros(0, np.int8), numbers)


def probabilities(model: Model, inputs: F64) -> F64:
    """The probability of every row; `inputs` has a column for each code."""
    return to_probability(model.slope * raw(model, inputs) + model.shift)


def raw(model: Model, inputs: F64) -> F64:
    """Log-odds before calibration."""
    trees: F64 = model.start + added_by_trees(model, inputs).sum(axis=1)
    line: F64 = model.bias + added_by_line(model, inputs).sum(axis=1)
    return model.share * trees + (1 - model.share) * line


def contributions(model: Model, inputs: F64) -> F64:
    """What each input adds to the calibrated log-odds of each row, against the average row that was learnt from."""
    parts = model.share * added_by_trees(model, inputs) + (1 - model.share) * added_by_line(model, inputs)
    return model.slope * parts


def average(model: Model) -> float:
    """The calibrated log-odds of the average row."""
    return model.slope * (model.share * model.start + (1 - model.share) * model.bias) + model.shift


def to_probability(log_odds: F64) -> F64:
    """Probabilities, never quite 0 or 1."""
    found: F64 = 1 / (1 + np.exp(-np.clip(log_odds, -MOST_LOG_ODDS, MOST_LOG_ODDS)))
    return found


def squashed(inputs: F64) -> F64:
    """Inputs as the line takes them."""
    found: F64 = np.sign(inputs) * np.log1p(np.abs(inputs))
    return found


def added_by_line(model: Model, inputs: F64) -> F64:
    """What each input adds to the line."""
    centred = np.nan_to_num((squashed(inputs) - model.line.centre) / model.line.scale)
    found: F64 = centred * model.line.weight
    return found


def added_by_trees(model: Model, inputs: F64) -> F64:
    """What each input adds on the way from the roots to the leaves; the roots' means belong to `start`."""
    added = np.zeros(inputs.shape)
    if len(model.trees.first):
        fast(walk, len(inputs) * len(model.trees.first))(model.trees, np.ascontiguousarray(inputs), added)
    return added


@kernel
def walk(trees: Trees, inputs: F64, added: F64) -> None:
    """Add every step's change of the mean to the input that decided it."""
    for row in range(len(inputs)):
        for tree in range(len(trees.first)):
            node = trees.first[tree]
            while trees.left[node] >= 0:
                feature = trees.feature[node]
                value = inputs[row, feature]
                goes_left = trees.unknown_left[node] == 1 if np.isnan(value) else value <= trees.threshold[node]
                following = trees.left[node] if goes_left else trees.right[node]
                added[row, feature] += trees.value[following] - trees.value[node]
                node = following


def pack(model: Model) -> bytes:
    """The model as bytes that hold arrays and nothing else."""
    numbers = [model.start, model.bias, model.share, model.slope, model.shift]
    columns: dict[str, Any] = {"numbers": np.array(numbers)}
    columns["codes"] = np.frombuffer(json.dumps(model.codes).encode(), np.uint8)
    columns |= {f"trees.{name}": column for name, column in model.trees._asdict().items()}
    columns |= {f"line.{name}": column for name, column in model.line._asdict().items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, **columns)
    return packed.getvalue()


def unpack(packed: bytes) -> Model:
    """The inverse of `pack`."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as columns:
        start, bias, share, slope, shift = (float(number) for number in columns["numbers"])
        codes = tuple(json.loads(columns["codes"].tobytes()))
        trees = Trees(*(columns[f"trees.{name}"] for name in Trees._fields))
        line = Line(*(columns[f"line.{name}"] for name in Line._fields))
        return Model(codes, trees, start, line, bias, share, slope, shift)
