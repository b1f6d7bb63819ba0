"""Fits models. Only here scikit-learn is loaded, and only when something is fitted: in jobs and commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from auctor.risk.learning.inputs import SEVERITY
from auctor.risk.learning.model import Line, Model, Trees, no_trees, squashed
from auctor.signals.vocabulary import F64, I64

# Half of the answer is the trees', half the line's: together they did better than either on every slice tried.
TREES_SHARE: Final = 0.5
TREES: Final = 200
LEAVES: Final = 6
RATE: Final = 0.05
# A leaf rests on this share of the rows, within bounds.
LEAF_SHARE: Final = 0.005
LEAF_ROWS: Final = (20, 150)
PENALTY: Final = 0.05
# Ratios of n deals count n/(n + 50).
SHRINK: Final = 50.0


def fit_full(codes: list[str], inputs: F64, labels: F64, *, seed: int = 0) -> Model:
    """Trees and a penalised line, both falling in each severity. Not yet calibrated."""
    line, bias = fit_line(codes, inputs, labels)
    trees, start = fit_trees(codes, inputs, labels, seed=seed)
    return Model(tuple(codes), trees, start, line, bias, TREES_SHARE, 1.0, 0.0)


def fit_ratios(codes: list[str], inputs: F64, labels: F64, deals: I64) -> Model:
    """Log likelihood ratios of each answer of each signal, shrunken by n/(n + 50), n being deals that gave it.

    Each deal counts once, however many of its moments are judged.
    """
    weight = 1 / np.bincount(deals)[deals]
    won, lost = weight * labels, weight * (1 - labels)
    # Half a deal more on every side, so that nothing is impossible.
    among_won = (inputs.T @ won + 0.5) / (won.sum() + 1)
    among_lost = (inputs.T @ lost + 0.5) / (lost.sum() + 1)
    n = inputs.T @ weight
    # The line squashes what it takes: an indicator of 1 stands there as log 2.
    ratios = np.log(among_won / among_lost) * n / (n + SHRINK) / np.log(2)
    line = Line(np.zeros(len(codes)), np.ones(len(codes)), ratios)
    bias = float(np.log((won.sum() + 0.5) / (lost.sum() + 0.5)))
    return Model(tuple(codes), no_trees(), 0.0, line, bias, 0.0, 1.0, 0.0)


def asked_of(log_odds: F64, labels: F64) -> tuple[float, float]:
    """The slope and shift with which log-odds of rows that were held out fit best (Platt)."""
    from sklearn.linear_model import LogisticRegression

    with one_thread():
        fitted = LogisticRegression(C=10.0).fit(log_odds[:, None], labels)
    slope = float(fitted.coef_[0, 0])
    if slope > 0:
        return slope, float(fitted.intercept_[0])
    # A negative slope would turn every order around; such a model is worth its base rate.
    base = float(labels.mean())
    return 0.0, float(np.log(base / (1 - base)))


def fit_line(codes: list[str], inputs: F64, labels: F64) -> tuple[Line, float]:
    """A penalised logistic regression whose weights of severities are never above zero."""
    from sklearn.linear_model import LogisticRegression

    taken = squashed(inputs)
    known = ~np.isnan(taken)
    centre = np.where(known, taken, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, taken - centre, 0)
    scale = np.maximum(np.sqrt((centred**2).mean(axis=0)), 1e-6)
    severities = np.array([code.startswith(SEVERITY) for code in codes])
    kept, weight, bias = (centred != 0).any(axis=0), np.zeros(len(codes)), 0.0
    for _ in range(len(codes)):
        if not kept.any():
            break
        fitted = LogisticRegression(C=PENALTY, max_iter=300)
        with one_thread():
            fitted.fit((centred / scale)[:, kept], labels)
        weight[:], bias = 0.0, float(fitted.intercept_[0])
        weight[kept] = fitted.coef_[0]
        wrong = severities & (weight > 0)
        if not wrong.any():
            break
        kept &= ~wrong
    return Line(centre, scale, np.where(kept, weight, 0.0)), bias


def fit_trees(codes: list[str], inputs: F64, labels: F64, *, seed: int) -> tuple[Trees, float]:
    """Small boosted trees, each falling in every severity."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    falls = [-1 if code.startswith(SEVERITY) else 0 for code in codes]
    fitted = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=int(np.clip(LEAF_SHARE * len(labels), *LEAF_ROWS)),
        l2_regularization=5.0,
        max_features=0.3,
        monotonic_cst=falls,
        early_stopping=False,
        random_state=seed,
    )
    with one_thread():
        # A column of which nothing is known has no place to split.
        fitted.fit(np.where(np.isnan(inputs).all(axis=0), 0.0, inputs), labels)
    return to_trees(fitted)


@contextmanager
def one_thread() -> Iterator[None]:
    """The library's threads would wait for each other on cores that others use, and cost a hundred times the work."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        yield


def to_trees(fitted: Any) -> tuple[Trees, float]:
    """The nodes of the library's trees as plain columns, and the log-odds that they start from."""
    nodes = [stage[0].nodes for stage in fitted._predictors]
    first = np.concatenate([[0], np.cumsum([len(part) for part in nodes])])
    parts: list[tuple[Any, ...]] = []
    for offset, part in zip(first, nodes, strict=False):
        inner = part["is_leaf"] == 0
        left = np.where(inner, part["left"].astype(np.int64) + offset, -1)
        right = np.where(inner, part["right"].astype(np.int64) + offset, -1)
        threshold = np.where(inner, part["num_threshold"], 0.0)
        parts.append((part["feature_idx"], threshold, left, right, part["missing_go_to_left"], _means(part)))
    feature, threshold, left, right, unknown, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    kinds = (np.int32, np.int32, np.float64, np.int32, np.int32, np.int8, np.float64)
    columns = (first[:-1], feature, threshold, left, right, unknown, value)
    trees = Trees._make(column.astype(kind) for column, kind in zip(columns, kinds, strict=True))
    # Walking tells changes from the roots' means on, so the roots belong to the start.
    start = float(np.ravel(fitted._baseline_prediction)[0]) + float(trees.value[trees.first].sum())
    return trees, start


def _means(nodes: Any) -> F64:
    """The value of each leaf, and of each inner node the mean of its leaves; children stand behind their parents."""
    value: F64 = nodes["value"].astype(np.float64)
    count: F64 = nodes["count"].astype(np.float64)
    for place in reversed(np.flatnonzero(nodes["is_leaf"] == 0)):
        children = [int(nodes["left"][place]), int(nodes["right"][place])]
        value[place] = np.average(value[children], weights=np.maximum(count[children], 1))
    return value
