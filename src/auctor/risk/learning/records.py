"""What is told of a learnt model."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum


class Target(IntEnum):
    """The three things that are learnt, each by itself."""

    WIN = 0
    WIN_IN_PERIOD = 1
    CLOSE_HOLDS = 2


class Standing(StrEnum):
    """Whether a model is used, and why not."""

    USED = "used"
    NOT_LEARNT = "not-learnt"
    TOO_FEW = "too-few"
    NO_SKILL = "no-skill"


class Method(StrEnum):
    """How it was learnt: shrunken likelihood ratios of the signals, or the full model with all inputs."""

    NONE = "none"
    RATIOS = "ratios"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval, from resampled deals."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Of `count` judged moments with this mean `predicted` probability the share `observed` came true."""

    predicted: float
    observed: float
    count: int


@dataclass(frozen=True, slots=True)
class InputWeight:
    """How much an input matters: how many points of AUC (0.01) are lost when its values are shuffled.

    `code` names it for machines (`severity.stage_stall`, `label.8137…`), `name` for people.
    """

    code: str
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class InputPoints:
    """How many percentage points an input adds to a deal's probability against the average deal."""

    code: str
    name: str
    points: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model did on deals that began after all that it had learnt from."""

    base_rate: float
    base_brier: float
    auc: Figure
    brier: Figure
    skill: Figure
    precision_top: Figure
    calibration_error: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model with everything that is published of it; `reason` says in a sentence why it is used or not.

    `positive` and `negative` count closed deals by what became of them; `figures` is None where there was nothing to
    test. Dates are those of the beginnings of the deals.
    """

    target: Target
    standing: Standing
    method: Method
    reason: str
    learnt_at: datetime | None = None
    learn_until: datetime | None = None
    positive: int = 0
    negative: int = 0
    rows: int = 0
    test_deals: int = 0
    test_rows: int = 0
    trained_from: date | None = None
    trained_to: date | None = None
    tested_from: date | None = None
    tested_to: date | None = None
    figures: Figures | None = None
    inputs: tuple[InputWeight, ...] = ()

    @property
    def is_used(self) -> bool:
        """True where its probabilities are shown."""
        return self.standing is Standing.USED
