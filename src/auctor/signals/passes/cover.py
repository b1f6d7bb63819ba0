"""Since when a source has been read without a gap: only then does absence mean anything."""

from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import CoverColumns
from auctor.signals.tables import Facts, Pairs
from auctor.signals.vocabulary import I64, NEVER, Source


@kernel
def cover_pass(facts: Facts, pairs: Pairs, owner: I64, out: CoverColumns) -> None:
    """Write, for every pair, since when each source of the deal's owner is complete up to the moment."""
    for i in range(len(pairs.at)):
        out.mail_since[i] = complete_since(facts, owner[i], Source.MAIL, pairs.at[i])
        out.calendar_since[i] = complete_since(facts, owner[i], Source.CALENDAR, pairs.at[i])
        out.tasks_since[i] = complete_since(facts, owner[i], Source.TASKS, pairs.at[i])


@kernel
def complete_since(facts: Facts, owner: int, source: int, t: int) -> int:
    """The start of the unbroken reading that reaches `t`, adjoining ones joined; NEVER if none does."""
    since = NEVER
    reached = t - facts.workspace.patience
    while True:
        earlier = min(reach_back(facts, 0, (source, reached, t)), since)
        if 0 <= owner < len(facts.coverage.first) - 2:
            earlier = min(reach_back(facts, owner + 1, (source, reached, t)), earlier)
        if earlier == since:
            return since
        since = reached = earlier


@kernel
def reach_back(facts: Facts, group: int, wanted: tuple[int, int, int]) -> int:
    """The earliest start among readings of one owner that hold at `reached`; `wanted` is source, reached, t."""
    coverage, since = facts.coverage, NEVER
    source, reached, t = wanted
    for row in range(coverage.first[group], coverage.first[group + 1]):
        if coverage.source[row] != source or coverage.known_at[row] > t:
            continue
        if coverage.since[row] <= t and coverage.until[row] >= reached and coverage.since[row] < since:
            since = coverage.since[row]
    return since
