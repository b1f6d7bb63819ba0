"""What buyers and we did up to a moment: answers, silences, people, meetings ahead."""

import numpy as np

from auctor.signals.calendar import Calendar, business_days, working_clock
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import TouchColumns
from auctor.signals.passes.layout import BEFORE, EVENTS, MEETING, RECENT, Layout, clear, lay_out
from auctor.signals.passes.meetings import note_meeting
from auctor.signals.passes.messages import median, note_in, note_out
from auctor.signals.passes.people import write_people
from auctor.signals.tables import Absences, Contacts, Pairs, Tasks
from auctor.signals.vocabulary import DAY, HOUR, I8, NEVER, NO_ROW, Direction

LONGEST_PAUSE = 10
DUE_WITHIN = 14 * DAY


@kernel
def touch_pass(contacts: Contacts, pairs: Pairs, live: I8, layout: Layout, out: TouchColumns) -> None:
    """Write the touches of every pair that is live; pairs of a deal share its layout."""
    laid_out = -1
    for i in range(len(pairs.at)):
        blank(out, i)
        if not live[i]:
            continue
        if pairs.deal[i] != laid_out:
            laid_out = int(pairs.deal[i])
            lay_out(contacts, laid_out, layout)
        clear(layout)
        walk(layout, out, i, pairs.at[i])
        write_gaps(layout, out, i)
        write_owed(layout, out, i, pairs.at[i])
        write_people(layout, out, i, pairs.at[i])


@kernel
def quiet_pass(absences: Absences, pairs: Pairs, calendar: Calendar, out: TouchColumns) -> None:
    """Write business days since the buyer's last sign of life, less an absence that was announced."""
    for i in range(len(pairs.at)):
        since, t, deal, away = out.silent_since[i], pairs.at[i], pairs.deal[i], 0
        if since == NEVER:
            continue
        for row in range(absences.first[deal], absences.first[deal + 1]):
            start, end = max(absences.since[row], since), min(absences.until[row], t)
            if absences.known_at[row] <= t and start < end:
                away = max(away, business_days(calendar, start, end))
        out.silent_days[i] = max(business_days(calendar, since, t) - min(away, LONGEST_PAUSE), 0)


@kernel
def task_pass(tasks: Tasks, pairs: Pairs, out: TouchColumns) -> None:
    """Write the next open task of ours that is due within 14 days."""
    for i in range(len(pairs.at)):
        deal, t = pairs.deal[i], pairs.at[i]
        for row in range(tasks.first[deal], tasks.first[deal + 1]):
            due_soon = t <= tasks.due_at[row] <= t + DUE_WITHIN
            if due_soon and tasks.known_at[row] <= t < tasks.closed_at[row]:
                out.task_row[i] = row
                break


@kernel
def blank(out: TouchColumns, i: int) -> None:
    """Nothing found yet."""
    out.recent_gap[i], out.base_gap[i], out.owed_hours[i], out.champion_gap[i] = np.nan, np.nan, np.nan, np.nan
    out.touch_at[i], out.silent_since[i], out.senior_at[i], out.accepted_at[i] = NEVER, NEVER, NEVER, NEVER
    out.slow_row[i], out.owed_row[i], out.touch_row[i], out.out_row[i] = NO_ROW, NO_ROW, NO_ROW, NO_ROW
    out.accepted_row[i], out.senior_row[i], out.champion_row[i], out.task_row[i] = NO_ROW, NO_ROW, NO_ROW, NO_ROW
    out.silent_days[i], out.accepted_days[i], out.champion[i], out.champion_days[i] = -1, -1, -1, -1
    out.ins_30[i], out.outs_since[i], out.out_days_since[i], out.touches_14[i], out.touches_before[i] = 0, 0, 0, 0, 0


@kernel
def walk(layout: Layout, out: TouchColumns, i: int, t: int) -> None:
    """Note every event that was on record, in the order in which they happened."""
    for e in range(layout.tally[EVENTS]):
        if layout.events.known_at[e] > t:
            continue
        if layout.events.kind[e] == MEETING:
            note_meeting(layout, out, i, e, t)
        elif layout.events.kind[e] == Direction.IN:
            note_in(layout, out, i, e, t)
        else:
            note_out(layout, out, i, e)


@kernel
def write_gaps(layout: Layout, out: TouchColumns, i: int) -> None:
    """The buyer's median time to answer, lately and before."""
    recent, before = layout.tally[RECENT], layout.tally[BEFORE]
    out.recent_gaps[i], out.base_gaps[i] = recent, before
    if recent > 0:
        out.recent_gap[i] = median(layout.gaps.recent, recent)
    if before > 0:
        out.base_gap[i] = median(layout.gaps.before, before)


@kernel
def write_owed(layout: Layout, out: TouchColumns, i: int, t: int) -> None:
    """The oldest *in* addressed to us that nobody answered, by mail or by meeting its sender."""
    events = layout.events
    for e in range(layout.tally[EVENTS]):
        if events.known_at[e] > t or events.kind[e] != Direction.IN or events.to_us[e] == 0:
            continue
        thread, who = events.thread[e], events.who[e]
        if thread < 0 or layout.threads.last_out[thread] > e:
            continue
        if who >= 0 and layout.members.meeting_at[who] > events.at[e]:
            continue
        out.owed_hours[i] = (working_clock(layout.calendar, t) - events.clock[e]) / HOUR
        out.owed_row[i] = events.row[e]
        return
