"""The three pipelines and what is usual in each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `days` is the median time a deal of average size stays; 0 for closed stages."""

    id: str
    name: str
    category: str
    probability: float
    days: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline. `share` of all deals; `amount` median in euros; `lean` shifts the odds of winning (log-odds)."""

    id: str
    name: str
    share: float
    amount: float
    lean: float
    stages: tuple[Stage, ...]

    @property
    def open(self) -> tuple[Stage, ...]:
        """The stages on the way, in order."""
        return tuple(s for s in self.stages if s.category == "open")

    def closed(self, *, won: bool) -> Stage:
        """Where deals end."""
        return next(s for s in self.stages if s.category == ("won" if won else "lost"))


def _closed(prefix: str) -> tuple[Stage, Stage]:
    return Stage(f"{prefix}-won", "Won", "won", 1.0, 0), Stage(f"{prefix}-lost", "Lost", "lost", 0.0, 0)


PIPELINES = (
    Pipeline(
        "new",
        "New business",
        share=0.55,
        amount=78_000,
        lean=-0.75,
        stages=(
            Stage("new-qualify", "Qualification", "open", 0.1, 14),
            Stage("new-discover", "Discovery", "open", 0.25, 21),
            Stage("new-propose", "Proposal", "open", 0.5, 24),
            Stage("new-negotiate", "Negotiation", "open", 0.75, 18),
            *_closed("new"),
        ),
    ),
    Pipeline(
        "expand",
        "Expansion",
        share=0.25,
        amount=46_000,
        lean=0.1,
        stages=(
            Stage("expand-scope", "Scoping", "open", 0.3, 15),
            Stage("expand-propose", "Proposal", "open", 0.55, 20),
            Stage("expand-negotiate", "Negotiation", "open", 0.8, 13),
            *_closed("expand"),
        ),
    ),
    Pipeline(
        "renew",
        "Renewals",
        share=0.20,
        amount=31_000,
        lean=1.1,
        stages=(
            Stage("renew-upcoming", "Upcoming", "open", 0.6, 30),
            Stage("renew-talks", "In talks", "open", 0.75, 21),
            Stage("renew-paper", "Paperwork", "open", 0.9, 12),
            *_closed("renew"),
        ),
    ),
)
