"""How well probabilities did: AUC, Brier, reliability, precision at the top, with intervals by deal. Pure."""

from collections.abc import Callable
from typing import Final

import numpy as np

from auctor.risk.learning.records import Figure, Figures, ReliabilityBin
from auctor.signals.vocabulary import F64, I64

RESAMPLES: Final = 200
BINS: Final = 10
TOP: Final = 0.1
INTERVAL: Final = (2.5, 97.5)


def measure(probability: F64, label: F64, deal: I64, *, seed: int = 0) -> Figures:
    """All figures of some judged moments; intervals from resampling deals with all their moments.

    Brier skill is measured against the best constant: the share that came true in the same moments.
    """
    base = float(label.mean())
    bins = reliability(probability, label)
    asked: dict[str, Callable[[F64, F64], float]] = {
        "auc": auc, "brier": brier, "skill": skill, "precision_top": precision_top,
    }  # fmt: skip
    drawn: dict[str, list[float]] = {name: [] for name in asked}
    for rows in _resampled(deal, seed):
        for name, one in asked.items():
            drawn[name].append(one(probability[rows], label[rows]))
    figures = {name: _figure(one(probability, label), drawn[name]) for name, one in asked.items()}
    error = sum(abs(one.predicted - one.observed) * one.count for one in bins) / len(label)
    return Figures(base, base * (1 - base), figures["auc"], figures["brier"], figures["skill"],
                   figures["precision_top"], float(error), bins)  # fmt: skip


def auc(probability: F64, label: F64) -> float:
    """The share of pairs of one that came true and one that did not in which the former was judged likelier."""
    positive = float(label.sum())
    negative = len(label) - positive
    if not positive or not negative:
        return 0.5
    _, place, count = np.unique(probability, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((rank[label == 1].sum() - positive * (positive + 1) / 2) / (positive * negative))


def brier(probability: F64, label: F64) -> float:
    """The mean squared distance of probability and what happened."""
    return float(((probability - label) ** 2).mean())


def skill(probability: F64, label: F64) -> float:
    """1 - Brier / Brier of the base rate; 0 where all ended alike."""
    base = float(label.mean())
    return 1 - brier(probability, label) / (base * (1 - base)) if 0 < base < 1 else 0.0


def precision_top(probability: F64, label: F64) -> float:
    """Of the tenth that was judged likeliest, the share that came true."""
    count = max(1, round(len(label) * TOP))
    return float(label[np.argsort(-probability, kind="stable")[:count]].mean())


def reliability(probability: F64, label: F64) -> tuple[ReliabilityBin, ...]:
    """Ten bins of about equal size, from the least likely on."""
    parts = np.array_split(np.argsort(probability, kind="stable"), BINS)
    return tuple(
        ReliabilityBin(float(probability[part].mean()), float(label[part].mean()), len(part))
        for part in parts
        if len(part)
    )


def _resampled(deal: I64, seed: int) -> list[I64]:
    """Row numbers of as many deals as there are, drawn with repetition, so many times."""
    chance = np.random.default_rng(seed)
    order = np.argsort(deal, kind="stable")
    _, first, count = np.unique(deal[order], return_index=True, return_counts=True)
    found = []
    for _ in range(RESAMPLES):
        drawn = chance.integers(0, len(first), len(first))
        sizes = count[drawn]
        start = np.repeat(first[drawn] - (np.cumsum(sizes) - sizes), sizes)
        found.append(order[start + np.arange(int(sizes.sum()))])
    return found


def _figure(value: float, drawn: list[float]) -> Figure:
    low, high = np.percentile(drawn, INTERVAL)
    return Figure(value, float(low), float(high))
