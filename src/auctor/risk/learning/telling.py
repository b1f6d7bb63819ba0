"""Records of models to the numbers that are stored, and back. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from auctor.risk.learning.records import (
    Figure,
    Figures,
    InputWeight,
    Method,
    ModelRecord,
    ReliabilityBin,
    Standing,
    Target,
)

DAYS: Final = ("trained_from", "trained_to", "tested_from", "tested_to")
COUNTS: Final = ("positive", "negative", "rows", "test_deals", "test_rows")
FIGURES: Final = ("auc", "brier", "skill", "precision_top")
Namer = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """What a stored model says of itself, besides its arrays."""

    target: Target
    standing: Standing
    method: Method
    learnt_at: datetime
    learn_until: datetime
    told: Mapping[str, Any]


def to_told(record: ModelRecord) -> dict[str, Any]:
    """Counts, dates, figures and the codes of inputs: what JSON can hold, and no text of a customer."""
    told: dict[str, Any] = {name: getattr(record, name) for name in COUNTS}
    told |= {name: str(day) for name in DAYS if (day := getattr(record, name)) is not None}
    if record.figures is not None:
        told["figures"] = asdict(record.figures)
    told["inputs"] = [[one.code, one.weight] for one in record.inputs]
    return told


def to_record(row: Row, *, name_of: Namer) -> ModelRecord:
    """The record of a stored model; `name_of` names the codes of inputs."""
    told = row.told
    plain: dict[str, Any] = {name: int(told[name]) for name in COUNTS}
    plain |= {name: date.fromisoformat(told[name]) for name in DAYS if name in told}
    made = ModelRecord(
        target=row.target,
        standing=row.standing,
        method=row.method,
        reason="",
        learnt_at=row.learnt_at,
        learn_until=row.learn_until,
        figures=_figures(told["figures"]) if "figures" in told else None,
        inputs=tuple(InputWeight(code, name_of(code), weight) for code, weight in told["inputs"]),
        **plain,
    )
    return with_reason(made)


def nothing(target: Target) -> ModelRecord:
    """What is told before anything was learnt."""
    return with_reason(ModelRecord(target, Standing.NOT_LEARNT, Method.NONE, ""))


def empty(target: Target) -> ModelRecord:
    """What is told where no deal has ended yet."""
    return with_reason(ModelRecord(target, Standing.TOO_FEW, Method.NONE, ""))


def _figures(told: Mapping[str, Any]) -> Figures:
    return Figures(
        base_rate=told["base_rate"],
        base_brier=told["base_brier"],
        calibration_error=told["calibration_error"],
        bins=tuple(ReliabilityBin(**one) for one in told["bins"]),
        **{name: Figure(**told[name]) for name in FIGURES},
    )


def with_reason(record: ModelRecord) -> ModelRecord:
    """The same record with its sentence."""
    values = {name: getattr(record, name) for name in ModelRecord.__dataclass_fields__}
    return ModelRecord(**{**values, "reason": _reason(record)})


ENDS: Final = {
    Target.WIN: ("won", "lost"),
    Target.WIN_IN_PERIOD: ("won within the period", "not won within it"),
    Target.CLOSE_HOLDS: ("closed by their date", "not closed by it"),
}


def _reason(record: ModelRecord) -> str:
    yes, no = ENDS[record.target]
    if record.standing is Standing.NOT_LEARNT:
        return "Nothing was learnt yet; the rules score stands alone."
    if record.standing is Standing.TOO_FEW:
        seen = f"{record.positive} deals {yes} and {record.negative} {no} are on record"
        return f"Not used: {seen}; learning needs 40 of each."
    assert record.figures is not None
    skill = record.figures.skill
    span = f"Brier skill over the base rate on the {record.test_deals} newest deals: {skill.value:.3f}"
    interval = f"{span} (95 % interval {skill.low:.3f} to {skill.high:.3f})"
    if record.standing is Standing.NO_SKILL:
        return f"Not used: it does not beat the base rate. {interval}."
    return f"Used: it beats the base rate. {interval}."
