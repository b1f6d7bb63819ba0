"""Since when a source has been read without a gap: only then does absence mean anything."""

from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import CoverColumns
from auctor.signals.tables import Coverage, Pairs
from auctor.signals.vocabulary import I64, NEVER, Source


@kernel
def cover_pass(coverage: Coverage, pairs: Pairs, owner: I64, patience: int, out: CoverColumns) -> None:
    """Write, for every pair, since when each source of the deal's owner is complete up to the moment."""
    for i in range(len(pairs.at)):
        t, who = pairs.at[i], owner[i]
        out.mail_since[i] = complete_since(coverage, who, Source.MAIL, t, patience)
        out.calendar_since[i] = complete_since(coverage, who, Source.CALENDAR, t, patience)
        out.tasks_since[i] = complete_since(coverage, who, Source.TASKS, t, patience)


@kernel
def complete_since(coverage: Coverage, owner: int, source: int, t: int, patience: int) -> int:
    """The start of the unbroken reading that reaches `t`, adjoining ones joined; NEVER if none does."""
    since, reached, everybody = NEVER, t - patience, owner * 0
    while True:
        earlier = min(reach_back(coverage, everybody, source, reached, t), since)
        if 0 <= owner < len(coverage.first) - 2:
            earlier = min(reach_back(coverage, owner + 1, source, reached, t), earlier)
        if earlier == since:
            return since
        since = reached = earlier


@kernel
def reach_back(coverage: Coverage, group: int, source: int, reached: int, t: int) -> int:
    """The earliest start among the readings of one group that hold at `reached`."""
    since = NEVER
    for row in range(coverage.first[group], coverage.first[group + 1]):
        if coverage.source[row] != source or coverage.known_at[row] > t:
            continue
        if coverage.since[row] <= t and coverage.until[row] >= reached and coverage.since[row] < since:
            since = coverage.since[row]
    return since
