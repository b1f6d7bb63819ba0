"""One sentence for a person, and what clears it."""

from collections.abc import Mapping
from typing import Any

from auctor.signals.records import Signal
from auctor.signals.vocabulary import NormLevel

NORMS = {
    NormLevel.FIXED: "its own measure",
    NormLevel.DEFAULT: "default",
    NormLevel.WORKSPACE: "{n} won deals of the workspace",
    NormLevel.PIPELINE: "{n} won deals of the pipeline",
    NormLevel.SEGMENT: "{n} won deals of this pipeline and size",
    NormLevel.CHOSEN: "chosen in this workspace",
}


class Told(dict[str, Any]):
    """Data of a sentence; what is not known reads as "an unknown number of"."""

    def __missing__(self, name: str) -> "Unsaid":
        return Unsaid()


class Unsaid:
    """A number that is not known, in whatever format a sentence asks for it."""

    def __format__(self, spec: str) -> str:
        return "an unknown number of"


def norm_phrase(level: NormLevel, n: int) -> str:
    """Where a threshold came from, with the number of won deals behind it."""
    return NORMS[level].format(n=n)


def sentence(signal: Signal, reason: str, data: Mapping[str, float | None], norm: tuple[NormLevel, int]) -> str:
    """The sentence of a reason with its data. Raises KeyError for a reason that the signal does not have."""
    told = Told({name: value for name, value in data.items() if value is not None})
    told["norm"] = norm_phrase(*norm)
    told["guess"] = ", as inferred from mail," if data.get("inferred") else ""
    edits = data.get("late_edits") or 0
    told["late_edits"] = f" ({edits:.0f} edits of the last day before the forecast are not counted)" if edits else ""
    return signal.reasons[reason].sentence.format_map(told)


def clearing(signal: Signal, reason: str) -> str:
    """What clears a reason; empty where nothing has to be done."""
    return signal.reasons[reason].clears
