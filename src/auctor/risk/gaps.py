"""What keeps open deals from being judged: which inputs are missing, of how many deals."""

from collections import Counter
from dataclasses import dataclass

from auctor.risk import models
from auctor.risk.shape import reason_name
from auctor.signals.catalog import BY_KEY, KEYS
from auctor.signals.score import Band
from auctor.signals.vocabulary import State
from auctor.tenancy.guard import require
from auctor.tenancy.permissions import Permission
from auctor.tenancy.records import Actor

# Reasons are counted over so many deals at most: they repeat, and the page should not wait for the rest.
MOST_DEALS = 5_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, on how many deals it silences a signal, and what mends it (empty: nothing to do)."""

    why: str
    mend: str
    deals: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How one signal stands over all open deals."""

    signal: str
    fired: int
    ok: int
    unknown: int


def list_gaps(actor: Actor) -> list[Gap]:
    """Why deals could not be judged, the most frequent reason first; a deal counts once for each reason."""
    require(actor, Permission.RISK_READ)
    found: Counter[tuple[str, str]] = Counter()
    rows = models.Judgement.objects.filter(band=Band.NOT_JUDGED).values_list("states", "reasons")[:MOST_DEALS]
    for states, reasons in rows:
        found.update({_told(place, reasons[place]) for place, state in enumerate(states) if state == State.UNKNOWN})
    return [Gap(why, mend, deals) for (why, mend), deals in found.most_common()]


def list_tallies(actor: Actor) -> list[Tally]:
    """How often each signal fires now, is clear, or could not be judged, in the order of the catalog."""
    require(actor, Permission.SIGNAL_READ)
    counts = [Counter[int]() for _ in KEYS]
    for (states,) in models.Judgement.objects.values_list("states").iterator(chunk_size=5_000):
        for count, state in zip(counts, states, strict=True):
            count[state] += 1
    return [
        Tally(key, count[State.FIRED], count[State.OK], count[State.UNKNOWN])
        for key, count in zip(KEYS, counts, strict=True)
    ]


def _told(place: int, number: int) -> tuple[str, str]:
    key = KEYS[place]
    reason = BY_KEY[key].reasons[reason_name(key, number)]
    return reason.sentence.removeprefix("Not judged: ").capitalize(), reason.clears
