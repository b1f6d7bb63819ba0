"""The scan: all signals for any deals at any moments. The live scan is this at now, a replay is this in the past.

`scan` answers completely and in the order asked; `severities` keeps only what a replay needs, in bounded memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from auctor.signals.catalog import BY_KEY, KEYS, SIGNALS
from auctor.signals.columns import Column, integers
from auctor.signals.frame import DealFrame, ask_shares, make_frame
from auctor.signals.frames import Loaded, pairs_of
from auctor.signals.norms import Norms, learn
from auctor.signals.passes.columns import pick
from auctor.signals.policy import DEFAULT, Policy, with_late_stages
from auctor.signals.records import Evidence, Proof, SignalRecord, Verdict
from auctor.signals.sentences import clearing, sentence
from auctor.signals.tables import Facts, Pairs
from auctor.signals.verdict import level_of, muted
from auctor.signals.vocabulary import F64, I8, I64, NO_ROW, Level, NormLevel, State, Table

# Pairs judged at once; their columns and answers take about a kilobyte each.
BLOCK: Final = 50_000


@dataclass(frozen=True, slots=True)
class Scan:
    """The frame and the verdict of every signal, rows in the order in which the pairs were asked."""

    frame: DealFrame
    verdicts: Mapping[str, Verdict]

    def severity(self) -> F64:
        """Severities, a row for each pair and a column for each signal of the catalog; NaN for unknown."""
        columns = [
            np.where(verdict.state == State.UNKNOWN, np.nan, verdict.severity)
            for verdict in (self.verdicts[key] for key in KEYS)
        ]
        return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Severities:
    """State and severity, a row for each pair in the order asked, a column for each signal of the catalog."""

    state: I8
    severity: F64


def scan(loaded: Loaded, deal: Column, at: Column, *, norms: Norms | None = None, policy: Policy = DEFAULT) -> Scan:
    """Judge pairs of deal (row numbers) and moment (microseconds) by all signals.

    `norms` are those of the moments' days, when they were learnt before or from more deals than these facts hold.
    Raises BadColumn for deals that are not among the facts and KeyError for days that the norms do not know.
    """
    facts = with_late_stages(loaded.facts, policy)
    pairs, order = pairs_of(deal, at, facts)
    norms = norms or learn(facts, pairs.at)
    shares = ask_shares(facts, pairs, norms, block=BLOCK)
    frame = replace(make_frame(facts, pairs, norms, shares), policy=policy)
    if order is not None:
        frame = frame.reordered(np.argsort(order))
    return Scan(frame, judge(frame))


def scans(
    loaded: Loaded, deal: Column, at: Column, *, norms: Norms | None = None, policy: Policy = DEFAULT
) -> Iterator[tuple[I64, Scan]]:
    """The same as `scan` block by block, for any number of pairs: which pairs were judged, and their answers."""
    facts = with_late_stages(loaded.facts, policy)
    pairs, order = pairs_of(deal, at, facts)
    norms = norms or learn(facts, pairs.at)
    for part, found in frames_of(facts, pairs, norms):
        frame = replace(found, policy=policy)
        rows = np.arange(part.start, part.start + len(frame))
        yield (rows if order is None else order[rows]), Scan(frame, judge(frame))


def severities(loaded: Loaded, deal: Column, at: Column, *, norms: Norms | None = None) -> Severities:
    """The severities of any number of pairs, block by block. Raises as `scan` does."""
    moments = integers(at, "at")
    shape = (len(moments), len(SIGNALS))
    found = Severities(np.zeros(shape, np.int8), np.zeros(shape, np.float64))
    for rows, some in scans(loaded, deal, moments, norms=norms):
        for column, verdict in enumerate(some.verdicts.values()):
            found.state[rows, column], found.severity[rows, column] = verdict.state, verdict.severity
    return found


def frames_of(facts: Facts, pairs: Pairs, norms: Norms) -> Iterator[tuple[slice, DealFrame]]:
    """The frames of sorted pairs, block by block."""
    shares = ask_shares(facts, pairs, norms, block=BLOCK)
    for start in range(0, len(pairs.at), BLOCK):
        part = slice(start, start + BLOCK)
        yield part, make_frame(facts, pick(pairs, part), norms, pick(shares, part))


def judge(frame: DealFrame) -> dict[str, Verdict]:
    """The verdict of every signal of the catalog; those that the policy mutes are unknown."""
    # Columns hold NaN where nothing is known; comparing them is meant.
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {signal.key: signal.compute(frame) for signal in SIGNALS}
    for key in frame.policy.muted:
        found[key] = muted(found[key], BY_KEY[key].reasons)
    return found


def record_of(found: Scan, loaded: Loaded, key: str, row: int) -> SignalRecord:
    """One answer in full: evidence as rows of the columns that were given, the sentence, and what clears it."""
    signal, verdict = BY_KEY[key], found.verdicts[key]
    reason = list(signal.reasons)[verdict.reason[row]]
    data: dict[str, float | None] = {name: number(column[row]) for name, column in verdict.details.items()}
    told: dict[str, Any] = {"value": number(verdict.value[row]), "threshold": number(verdict.threshold[row])}
    level, n = NormLevel(int(verdict.norm.level[row])), int(verdict.norm.n[row])
    severity = verdict.severity[row : row + 1]
    return SignalRecord(
        key=key,
        state=State(int(verdict.state[row])),
        severity=float(severity[0]),
        level=Level(int(level_of(severity)[0])),
        value=told["value"],
        threshold=told["threshold"],
        norm_level=level,
        norm_n=n,
        reason=reason,
        data=data,
        evidence=tuple(proofs(verdict.evidence, loaded, row)),
        sentence=sentence(signal, reason, {**data, **told}, (level, n)),
        clears=clearing(signal, reason),
    )


def number(value: Any) -> float | None:
    """A plain number, None for NaN."""
    return None if np.isnan(value) else float(value)


def proofs(evidence: tuple[Evidence, ...], loaded: Loaded, row: int) -> Iterator[Proof]:
    """The evidence of one answer, as rows of the columns that were given."""
    for piece in evidence:
        found = int(piece.rows[row])
        if found != NO_ROW:
            table = piece.table if isinstance(piece.table, Table) else Table(int(piece.table[row]))
            yield Proof(table, loaded.origin(table, found))
