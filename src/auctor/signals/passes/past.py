"""What happened to a deal's fields: pushed dates, steps back, edits made just before a forecast was taken."""

import numpy as np

from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import PastColumns
from auctor.signals.passes.state import (
    is_logged,
    is_step_fresh,
    last_row,
    opening,
    value_of,
    version_of,
)
from auctor.signals.tables import Log, Pairs
from auctor.signals.vocabulary import DAY, NO_ROW, SECOND, Field, StageKind

FIRST_DAYS = 7 * DAY
PUSH_DAYS = 7
MERGED_WITHIN = DAY
CORRECTED_WITHIN = DAY
WINDOW = 30 * DAY
# A switch of currency rewrites the amount a moment earlier or later.
CONVERTED_WITHIN = 600 * SECOND
BEFORE_FORECAST = DAY


@kernel
def past_pass(log: Log, pairs: Pairs, out: PastColumns) -> None:
    """Write the past of every pair."""
    for i in range(len(pairs.at)):
        write_pushes(log, pairs, i, out)
        write_steps(log, pairs, i, out)
        write_cut(log, pairs, i, out)
        write_downgrade(log, pairs, i, out)
        write_owner(log, pairs, i, out)
        write_settled(log, pairs, i, out)


@kernel
def is_bulk(log: Log, row: int, t: int) -> bool:
    """True if the change was one of many of the same kind at once, and that was on record."""
    seen_at: int = log.workspace.bulk_known_at[log.changes.bulk[row]]
    return seen_at <= t


@kernel
def write_pushes(log: Log, pairs: Pairs, i: int, out: PastColumns) -> None:
    """Count pushes by 7 days and more; edits within 24 hours of the one before are one push."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    logged = is_logged(log, deal, Field.CLOSE_ON, log.deals.created_at[deal])
    out.slips_known[i] = logged and value_of(log, deal, Field.CLOSE_ON, t) > 0
    out.push_row[i], out.earlier_push_row[i] = NO_ROW, NO_ROW
    before = opening(log, deal, Field.CLOSE_ON, t)
    moved, start, last, edit = 0, 0, -MERGED_WITHIN * 4, NO_ROW
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] != Field.CLOSE_ON or changes.known_at[row] > t or changes.value[row] < 0:
            continue
        at = changes.effective_at[row]
        counts = at >= log.deals.created_at[deal] + FIRST_DAYS and before >= 0 and not is_bulk(log, row, t)
        if counts:
            if at - last > MERGED_WITHIN:
                count_push(log, out, i, (moved, start, edit))
                moved, start = 0, before
            moved += changes.value[row] - before
            last, edit = at, row
        before = changes.value[row]
    count_push(log, out, i, (moved, start, edit))


@kernel
def count_push(log: Log, out: PastColumns, i: int, edit: tuple[int, int, int]) -> None:
    """Count one merged edit (days moved, day before, row) if it is a push."""
    moved, start, row = edit
    if moved < PUSH_DAYS:
        return
    out.pushes[i] += 1
    out.earlier_push_row[i], out.push_row[i] = out.push_row[i], row
    ends = log.workspace.period_ends
    if np.searchsorted(ends, start) < np.searchsorted(ends, start + moved):
        out.crossings[i] += 1


@kernel
def step_of(log: Log, before: int, after: int, at: int) -> int:
    """1 forward, -1 back, 0 neither, by the positions that the stages had at the time."""
    if before < 0 or after < 0:
        return 0
    stages = log.stages
    old, new = version_of(stages, before, at), version_of(stages, after, at)
    if stages.kind[new] == StageKind.LOST or stages.kind[old] == StageKind.LOST:
        return 0
    if stages.kind[new] != stages.kind[old]:
        return 1 if stages.kind[new] == StageKind.WON else -1
    if stages.pipeline[old] != stages.pipeline[new]:
        return 0
    step: int = np.sign(stages.position[new] - stages.position[old])
    return step


@kernel
def write_steps(log: Log, pairs: Pairs, i: int, out: PastColumns) -> None:
    """A step back in 30 days that nobody corrected."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    out.back_known[i] = is_logged(log, deal, Field.STAGE, t - WINDOW)
    out.back_row[i] = NO_ROW
    stage = opening(log, deal, Field.STAGE, t)
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] != Field.STAGE or changes.known_at[row] > t:
            continue
        at = changes.effective_at[row]
        recent = at > t - WINDOW and not is_bulk(log, row, t)
        if recent and step_of(log, stage, changes.value[row], at) < 0 and not is_corrected(log, deal, row, t):
            out.back[i], out.back_row[i] = 1, row
        stage = changes.value[row]


@kernel
def is_corrected(log: Log, deal: int, back: int, t: int) -> bool:
    """True if the same person moved the deal forward within 24 hours before or after the step back."""
    changes = log.changes
    stage = opening(log, deal, Field.STAGE, t)
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] != Field.STAGE or changes.known_at[row] > t:
            continue
        at = changes.effective_at[row]
        near = abs(at - changes.effective_at[back]) <= CORRECTED_WITHIN
        same = changes.actor[row] >= 0 and changes.actor[row] == changes.actor[back]
        if near and same and step_of(log, stage, changes.value[row], at) > 0:
            return True
        stage = changes.value[row]
    return False


@kernel
def base_moment(log: Log, pairs: Pairs, i: int, field: int) -> int:
    """30 days ago, or a later bulk edit of the field or switch of currency, after which comparing begins anew."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    base: int = t - WINDOW
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.known_at[row] > t:
            continue
        if changes.field[row] == field and is_bulk(log, row, t):
            base = max(base, changes.effective_at[row])
        if field == Field.AMOUNT and changes.field[row] == Field.CURRENCY:
            base = max(base, changes.effective_at[row] + CONVERTED_WITHIN)
    return base


@kernel
def write_cut(log: Log, pairs: Pairs, i: int, out: PastColumns) -> None:
    """The share by which the amount, in the deal's own currency, stands below what it was 30 days ago."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    base_at = base_moment(log, pairs, i, Field.AMOUNT)
    base = opening(log, deal, Field.AMOUNT, t)
    now = base
    out.cut_row[i] = last_row(log, deal, Field.AMOUNT, t)
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] == Field.AMOUNT and changes.known_at[row] <= t:
            now = changes.value[row]
            if changes.effective_at[row] <= base_at:
                base = now
    if base > 0 and now >= 0:
        out.cut[i] = max(1.0 - now / base, 0.0)


@kernel
def write_downgrade(log: Log, pairs: Pairs, i: int, out: PastColumns) -> None:
    """Whether the forecast category stands below the highest of the last 30 days."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    base_at = base_moment(log, pairs, i, Field.CATEGORY)
    peak = opening(log, deal, Field.CATEGORY, t)
    now = peak
    out.down_row[i] = last_row(log, deal, Field.CATEGORY, t)
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] == Field.CATEGORY and changes.known_at[row] <= t:
            now = changes.value[row]
            peak = now if changes.effective_at[row] <= base_at else max(peak, now)
    out.category_down[i] = 0 <= now < peak


@kernel
def write_owner(log: Log, pairs: Pairs, i: int, out: PastColumns) -> None:
    """Whether the deal passed from one owner to another in 30 days."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    owner = opening(log, deal, Field.OWNER, t)
    out.owner_row[i] = NO_ROW
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] != Field.OWNER or changes.known_at[row] > t:
            continue
        recent = changes.effective_at[row] > t - WINDOW and not is_bulk(log, row, t)
        if recent and owner >= 0 and changes.value[row] >= 0 and changes.value[row] != owner:
            out.owner_changed[i], out.owner_row[i] = 1, row
        owner = changes.value[row]


@kernel
def write_settled(log: Log, pairs: Pairs, i: int, out: PastColumns) -> None:
    """Values without the edits of the last 24 hours before the latest forecast was taken."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    taken = np.searchsorted(log.workspace.snapshots, t, side="right")
    until = log.workspace.snapshots[taken - 1] if taken > 0 else 0
    amount, close_on = opening(log, deal, Field.AMOUNT, t), opening(log, deal, Field.CLOSE_ON, t)
    step_row = NO_ROW
    for row in range(changes.first[deal], changes.first[deal + 1]):
        field = changes.field[row]
        if changes.known_at[row] > t:
            continue
        if taken > 0 and until - BEFORE_FORECAST < changes.effective_at[row] <= until:
            if field in (Field.AMOUNT, Field.CLOSE_ON, Field.NEXT_STEP_ON, Field.CATEGORY):
                out.late_edits[i] += 1
        elif field == Field.AMOUNT:
            amount = changes.value[row]
        elif field == Field.CLOSE_ON:
            close_on = changes.value[row]
        elif field == Field.NEXT_STEP_ON:
            step_row = row
    out.settled_amount[i], out.settled_close_on[i] = amount, close_on
    out.settled_step_fresh[i] = is_step_fresh(log, deal, step_row, t)
