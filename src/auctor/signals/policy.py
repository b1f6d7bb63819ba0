"""How a workspace sets its signals: thresholds within limits, signals that do not count, when a stage is late. Pure.

A parameter is declared in its signal's file, beside the default that it had always. One that a workspace chose holds
before anything that was learnt from won deals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from auctor.signals.kernels import closed
from auctor.signals.tables import Facts
from auctor.signals.vocabulary import F64, I8, Flags, NormLevel

LATE_FROM: Final = 0.5
LATE_LIMITS: Final = (0.05, 0.95)


class Parameter(NamedTuple):
    """A threshold that a workspace may choose, between `least` and `most`. `above` names the parameter of the same
    signal that it must exceed."""

    signal: str
    name: str
    unit: str
    default: float
    least: float
    most: float
    meaning: str
    above: str = ""

    @property
    def code(self) -> str:
        """What it is called among the parameters of all signals."""
        return f"{self.signal}.{self.name}"


@dataclass(frozen=True, slots=True)
class Policy:
    """`thresholds` by `Parameter.code`; what is missing has its default, or is learnt."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    late_from: float = LATE_FROM

    def value(self, parameter: Parameter) -> float:
        """The chosen value, else the default."""
        return self.thresholds.get(parameter.code, parameter.default)

    def is_chosen(self, *parameters: Parameter) -> bool:
        """Whether the workspace chose one of them."""
        return any(parameter.code in self.thresholds for parameter in parameters)

    def learnt(self, parameter: Parameter, is_learnt: Flags, values: F64) -> F64:
        """What was learnt, where it was and nothing was chosen; else the chosen value or the default."""
        told = np.full(len(values), self.value(parameter))
        return told if self.is_chosen(parameter) else np.where(is_learnt, values, told)

    def level(self, found: I8, *parameters: Parameter) -> I8:
        """Where a threshold came from: the workspace's choice comes before everything."""
        return np.full_like(found, NormLevel.CHOSEN) if self.is_chosen(*parameters) else found


DEFAULT: Final = Policy()


def with_late_stages(facts: Facts, policy: Policy) -> Facts:
    """The facts with the stages late that are late by the policy; a stage that was named late or not stays so."""
    if policy.late_from == LATE_FROM:
        return facts
    stages = facts.stages
    by_probability = (stages.late == -1) & ~np.isnan(stages.probability)
    late = np.where(by_probability, stages.probability >= policy.late_from, stages.late).astype(np.int8)
    return facts._replace(stages=closed(stages._replace(late=late)))
