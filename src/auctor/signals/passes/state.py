"""What a deal was at a moment: stage, dates, amount, owner, forecast, next step."""

import numpy as np

from auctor.signals.calendar import civil_day
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import StateColumns
from auctor.signals.tables import Facts, Pairs, Stages
from auctor.signals.vocabulary import ABSENT, DAY, NO_ROW, UNKNOWN, Field, Phase, StageKind

STEP_FRESH = 14 * DAY


@kernel
def state_pass(facts: Facts, pairs: Pairs, out: StateColumns) -> None:
    """Write the state of every pair."""
    for i in range(len(pairs.at)):
        deal, t = pairs.deal[i], pairs.at[i]
        out.created_at[i] = facts.deals.created_at[deal]
        out.today[i] = civil_day(facts.calendar, t)
        out.age_days[i] = max(t - facts.deals.created_at[deal], 0) // DAY
        out.paused[i] = is_paused(facts, deal, t)
        write_stage(facts, pairs, i, out)
        write_values(facts, pairs, i, out)
        write_step(facts, pairs, i, out)
        if facts.deals.known_at[deal] > t:
            out.live[i] = 0


@kernel
def opens_at(facts: Facts, deal: int, field: int) -> int:
    """The moment from which the opening value of a field is known."""
    logged = facts.workspace.history_since[facts.deals.source[deal], field]
    since: int = max(facts.deals.known_at[deal], logged)
    return since


@kernel
def opening(facts: Facts, deal: int, field: int, t: int) -> int:
    """A field's value before its first logged change, UNKNOWN while the log has not begun."""
    value: int = facts.deals.opening[field, deal]
    return value if opens_at(facts, deal, field) <= t else UNKNOWN


@kernel
def is_logged(facts: Facts, deal: int, field: int, since: int) -> bool:
    """True if no change of the field after `since` can be missing."""
    logged = facts.workspace.history_since[facts.deals.source[deal], field]
    complete: bool = logged <= max(since, facts.deals.created_at[deal])
    return complete


@kernel
def last_row(facts: Facts, deal: int, field: int, t: int) -> int:
    """The row of the field's latest change known at `t`, or NO_ROW."""
    found = NO_ROW
    for row in range(facts.changes.first[deal], facts.changes.first[deal + 1]):
        if facts.changes.field[row] == field and facts.changes.known_at[row] <= t:
            found = row
    return found


@kernel
def value_of(facts: Facts, deal: int, field: int, t: int) -> int:
    """A field's value at a moment; ABSENT or UNKNOWN where there is none."""
    row = last_row(facts, deal, field, t)
    if row == NO_ROW:
        return opening(facts, deal, field, t)
    value: int = facts.changes.value[row]
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
        return Phase.LATE
    if np.isnan(probability):
        return Phase.UNKNOWN
    if probability >= 0.5 and stages.late[version] != 0:
        return Phase.LATE
    return Phase.EARLY if probability < 0.25 else Phase.MID


@kernel
def is_paused(facts: Facts, deal: int, t: int) -> bool:
    """True while a person has laid the deal to rest."""
    for row in range(facts.pauses.first[deal], facts.pauses.first[deal + 1]):
        if facts.pauses.since[row] <= t < facts.pauses.until[row]:
            return True
    return False


@kernel
def base_rate(facts: Facts, deal: int, t: int) -> float:
    """Workspace currency for one minor unit of the deal's, by the latest rate on record; NaN without one."""
    currency = value_of(facts, deal, Field.CURRENCY, t)
    rates = facts.rates
    if currency == 0:
        return 1.0
    if currency < 0 or currency + 1 >= len(rates.first):
        return np.nan
    found = np.nan
    for row in range(rates.first[currency], rates.first[currency + 1]):
        if rates.since[row] <= t:
            found = rates.rate[row]
    return found


@kernel
def write_stage(facts: Facts, pairs: Pairs, i: int, out: StateColumns) -> None:
    """The stage, how long the deal has stood in it, and whether the deal is open."""
    deal, t, changes = pairs.deal[i], pairs.at[i], facts.changes
    stage, row = opening(facts, deal, Field.STAGE, t), NO_ROW
    entered = max(opens_at(facts, deal, Field.STAGE), facts.deals.created_at[deal])
    if is_logged(facts, deal, Field.STAGE, 0):
        entered = facts.deals.created_at[deal]
    for r in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[r] == Field.STAGE and changes.known_at[r] <= t and changes.value[r] != stage:
            stage, row, entered = changes.value[r], r, changes.effective_at[r]
    out.stage[i], out.stage_row[i], out.live[i] = max(stage, -1), row, 1
    out.pipeline[i], out.stage_days[i], out.stage_total_days[i] = -1, -1, -1
    if stage < 0:
        return
    out.stage_days[i] = max(t - entered, 0) // DAY
    out.stage_total_days[i] = time_in(facts, deal, stage, t) // DAY
    out.stage_exact[i] = row != NO_ROW or is_logged(facts, deal, Field.STAGE, 0)
    version = version_of(facts.stages, stage, t)
    out.pipeline[i] = facts.stages.pipeline[version]
    out.phase[i] = phase_of(facts.stages, version)
    out.live[i] = facts.stages.kind[version] == StageKind.OPEN


@kernel
def time_in(facts: Facts, deal: int, stage: int, t: int) -> int:
    """Microseconds in a stage, all visits together."""
    changes, total = facts.changes, 0
    current, since = opening(facts, deal, Field.STAGE, t), facts.deals.created_at[deal]
    for r in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[r] == Field.STAGE and changes.known_at[r] <= t:
            if current == stage:
                total += changes.effective_at[r] - since
            current, since = changes.value[r], changes.effective_at[r]
    return total + (t - since if current == stage else 0)


@kernel
def write_values(facts: Facts, pairs: Pairs, i: int, out: StateColumns) -> None:
    """Close date, amount, owner and forecast category with the rows they came from."""
    deal, t = pairs.deal[i], pairs.at[i]
    out.close_on[i] = value_of(facts, deal, Field.CLOSE_ON, t)
    out.close_row[i] = last_row(facts, deal, Field.CLOSE_ON, t)
    out.amount[i] = value_of(facts, deal, Field.AMOUNT, t)
    out.amount_row[i] = last_row(facts, deal, Field.AMOUNT, t)
    out.amount_base[i] = np.nan
    if out.amount[i] >= 0:
        out.amount_base[i] = out.amount[i] * base_rate(facts, deal, t)
    out.category[i] = value_of(facts, deal, Field.CATEGORY, t)
    out.category_row[i] = last_row(facts, deal, Field.CATEGORY, t)
    owner = value_of(facts, deal, Field.OWNER, t)
    out.owner[i], out.owner_active[i] = owner, -1
    if owner == ABSENT:
        out.owner_active[i] = 0
    elif owner >= 0:
        out.owner_active[i] = facts.workspace.inactive_at[owner] > t


@kernel
def write_step(facts: Facts, pairs: Pairs, i: int, out: StateColumns) -> None:
    """Whether the next-step field holds a date that is still to come and was set in the last 14 days."""
    deal, t = pairs.deal[i], pairs.at[i]
    out.step_row[i] = last_row(facts, deal, Field.NEXT_STEP_ON, t)
    out.step_fresh[i] = is_step_fresh(facts, deal, out.step_row[i], t)


@kernel
def is_step_fresh(facts: Facts, deal: int, row: int, t: int) -> int:
    """1 fresh, 0 not, -1 if the field, or the moment it was set, is unknown. `row` NO_ROW is the opening."""
    today = civil_day(facts.calendar, t)
    if row != NO_ROW:
        recent = facts.changes.effective_at[row] >= t - STEP_FRESH
        return 1 if recent and facts.changes.value[row] >= today else 0
    value = opening(facts, deal, Field.NEXT_STEP_ON, t)
    if value == UNKNOWN:
        return -1
    if value < today:
        return 0
    if not is_logged(facts, deal, Field.NEXT_STEP_ON, 0):
        return -1
    return 1 if facts.deals.created_at[deal] >= t - STEP_FRESH else 0
