"""What a deal was at a moment: stage, dates, amount, owner, forecast, next step."""

import numpy as np

from auctor.signals.calendar import civil_day
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import StateColumns
from auctor.signals.tables import Log, Pairs, Stages
from auctor.signals.vocabulary import (
    ABSENT,
    DAY,
    NO_ROW,
    SHORT_ABSENT,
    SHORT_UNKNOWN,
    UNKNOWN,
    Field,
    Phase,
    StageKind,
)

STEP_FRESH = 14 * DAY
# Compiled code cannot choose between members of an enum, but between their numbers.
NO_PHASE, IS_EARLY, IS_MID, IS_LATE = (int(phase) for phase in Phase)


@kernel
def state_pass(log: Log, pairs: Pairs, out: StateColumns) -> None:
    """Write the state of every pair."""
    for i in range(len(pairs.at)):
        deal, t = int(pairs.deal[i]), pairs.at[i]
        out.created_at[i] = log.deals.created_at[deal]
        out.today[i] = civil_day(log.calendar, t)
        out.age_days[i] = max(t - log.deals.created_at[deal], 0) // DAY
        out.paused[i] = is_paused(log, deal, t)
        write_stage(log, pairs, i, out)
        write_values(log, pairs, i, out)
        write_step(log, pairs, i, out)
        if log.deals.known_at[deal] > t:
            out.live[i] = 0


@kernel
def opens_at(log: Log, deal: int, field: int) -> int:
    """The moment from which the opening value of a field is known."""
    logged = log.workspace.history_since[log.deals.source[deal], field]
    since: int = max(log.deals.known_at[deal], logged)
    return since


@kernel
def opening(log: Log, deal: int, field: int, t: int) -> int:
    """A field's value before its first logged change, UNKNOWN while the log has not begun."""
    if opens_at(log, deal, field) > t:
        return UNKNOWN
    value: int = log.deals.amount[deal] if field == Field.AMOUNT else log.deals.opening[field, deal]
    if value == SHORT_ABSENT:
        return ABSENT
    return UNKNOWN if value == SHORT_UNKNOWN else value


@kernel
def is_logged(log: Log, deal: int, field: int, since: int) -> bool:
    """True if no change of the field after `since` can be missing."""
    logged = log.workspace.history_since[log.deals.source[deal], field]
    complete: bool = logged <= max(since, log.deals.created_at[deal])
    return complete


@kernel
def last_row(log: Log, deal: int, field: int, t: int) -> int:
    """The row of the field's latest change known at `t`, or NO_ROW."""
    found = NO_ROW
    for row in range(log.changes.first[deal], log.changes.first[deal + 1]):
        if log.changes.field[row] == field and log.changes.known_at[row] <= t:
            found = row
    return found


@kernel
def value_of(log: Log, deal: int, field: int, t: int) -> int:
    """A field's value at a moment; ABSENT or UNKNOWN where there is none."""
    row = last_row(log, deal, field, t)
    if row == NO_ROW:
        return opening(log, deal, field, t)
    value: int = log.changes.value[row]
    return value


@kernel
def version_of(stages: Stages, stage: int, at: int) -> int:
    """The row of the stage's version that held at a moment; before its first version, the first."""
    found: int = stages.first[stage]
    for row in range(stages.first[stage], stages.first[stage + 1]):
        if stages.since[row] <= at:
            found = row
    return found


@kernel
def phase_of(stages: Stages, version: int) -> int:
    """Early, mid or late; late from a default probability of one half, unless the workspace says otherwise."""
    probability = stages.probability[version]
    if stages.late[version] == 1:
        return IS_LATE
    if np.isnan(probability):
        return NO_PHASE
    if probability >= 0.5 and stages.late[version] != 0:
        return IS_LATE
    return IS_EARLY if probability < 0.25 else IS_MID


@kernel
def is_paused(log: Log, deal: int, t: int) -> bool:
    """True while a person has laid the deal to rest."""
    for row in range(log.pauses.first[deal], log.pauses.first[deal + 1]):
        if log.pauses.since[row] <= t < log.pauses.until[row]:
            return True
    return False


@kernel
def base_rate(log: Log, deal: int, t: int) -> float:
    """Workspace currency for one minor unit of the deal's, by the latest rate on record; NaN without one."""
    currency = value_of(log, deal, Field.CURRENCY, t)
    rates = log.rates
    if currency == 0:
        return 1.0
    if currency < 0 or currency + 1 >= len(rates.first):
        return np.nan
    found = np.nan
    for row in range(rates.first[currency], rates.first[currency + 1]):
        if rates.known_at[row] <= t:
            found = rates.rate[row]
    return found


@kernel
def write_stage(log: Log, pairs: Pairs, i: int, out: StateColumns) -> None:
    """The stage, how long the deal has stood in it, and whether the deal is open."""
    deal, t, changes = int(pairs.deal[i]), pairs.at[i], log.changes
    stage, row = opening(log, deal, Field.STAGE, t), NO_ROW
    entered = max(opens_at(log, deal, Field.STAGE), log.deals.created_at[deal])
    if is_logged(log, deal, Field.STAGE, log.deals.created_at[deal]):
        entered = log.deals.created_at[deal]
    for r in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[r] == Field.STAGE and changes.known_at[r] <= t and changes.value[r] != stage:
            stage, row, entered = changes.value[r], r, changes.effective_at[r]
    out.stage[i], out.stage_row[i], out.live[i] = max(stage, -1), row, 1
    out.pipeline[i], out.stage_days[i], out.stage_total_days[i] = -1, -1, -1
    if stage < 0:
        return
    out.stage_days[i] = max(t - entered, 0) // DAY
    out.stage_total_days[i] = time_in(log, deal, stage, t) // DAY
    out.stage_exact[i] = row != NO_ROW or is_logged(log, deal, Field.STAGE, log.deals.created_at[deal])
    version = version_of(log.stages, stage, t)
    out.pipeline[i] = log.stages.pipeline[version]
    out.phase[i] = phase_of(log.stages, version)
    out.live[i] = log.stages.kind[version] == StageKind.OPEN


@kernel
def time_in(log: Log, deal: int, stage: int, t: int) -> int:
    """Microseconds in a stage, all visits together."""
    changes, total = log.changes, 0
    current, since = opening(log, deal, Field.STAGE, t), log.deals.created_at[deal]
    for r in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[r] == Field.STAGE and changes.known_at[r] <= t:
            if current == stage:
                total += changes.effective_at[r] - since
            current, since = changes.value[r], changes.effective_at[r]
    return total + (t - since if current == stage else 0)


@kernel
def write_values(log: Log, pairs: Pairs, i: int, out: StateColumns) -> None:
    """Close date, amount, owner and forecast category with the rows they came from."""
    deal, t = int(pairs.deal[i]), pairs.at[i]
    out.close_on[i] = value_of(log, deal, Field.CLOSE_ON, t)
    out.close_row[i] = last_row(log, deal, Field.CLOSE_ON, t)
    out.amount[i] = value_of(log, deal, Field.AMOUNT, t)
    out.amount_row[i] = last_row(log, deal, Field.AMOUNT, t)
    out.amount_base[i] = np.nan
    if out.amount[i] >= 0:
        out.amount_base[i] = out.amount[i] * base_rate(log, deal, t)
    out.category[i] = value_of(log, deal, Field.CATEGORY, t)
    out.category_row[i] = last_row(log, deal, Field.CATEGORY, t)
    owner = value_of(log, deal, Field.OWNER, t)
    out.owner[i], out.owner_active[i] = owner, -1
    if owner == ABSENT:
        out.owner_active[i] = 0
    elif owner >= 0:
        out.owner_active[i] = log.workspace.inactive_at[owner] > t


@kernel
def write_step(log: Log, pairs: Pairs, i: int, out: StateColumns) -> None:
    """Whether the next-step field holds a date that is still to come and was set in the last 14 days."""
    deal, t = int(pairs.deal[i]), pairs.at[i]
    row = last_row(log, deal, Field.NEXT_STEP_ON, t)
    out.step_row[i] = row
    out.step_fresh[i] = is_step_fresh(log, deal, row, t)


@kernel
def is_step_fresh(log: Log, deal: int, row: int, t: int) -> int:
    """1 fresh, 0 not, -1 if the field, or the moment it was set, is unknown. `row` NO_ROW is the opening."""
    today = civil_day(log.calendar, t)
    if row != NO_ROW:
        recent = log.changes.effective_at[row] >= t - STEP_FRESH
        return 1 if recent and log.changes.value[row] >= today else 0
    value = opening(log, deal, Field.NEXT_STEP_ON, t)
    if value == UNKNOWN:
        return -1
    if value < today:
        return 0
    if not is_logged(log, deal, Field.NEXT_STEP_ON, log.deals.created_at[deal]):
        return -1
    return 1 if log.deals.created_at[deal] >= t - STEP_FRESH else 0
