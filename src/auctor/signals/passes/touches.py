"""What buyers and we did up to a moment: answers, silences, people, meetings ahead."""

import numpy as np

from auctor.signals.calendar import business_days, clock_in, day_row
from auctor.signals.kernels import kernel
from auctor.signals.passes.layout import (
    BASE,
    EVENTS,
    MEETING,
    OUT_DAY,
    PEOPLE,
    RECENT,
    THREADS,
    TOUCHES,
    Layout,
    Work,
    lay_out,
)
from auctor.signals.passes.meetings import note_meeting
from auctor.signals.passes.messages import median, note_in, note_out
from auctor.signals.passes.people import write_people
from auctor.signals.vocabulary import DAY, HOUR, I8, NEVER, NO_ROW, Direction

LONGEST_PAUSE = 10
DUE_WITHIN = 14 * DAY


@kernel
def touch_pass(work: Work, live: I8) -> None:
    """Write the touches of every pair that is live; pairs of a deal share its layout."""
    laid_out = -1
    for i in range(len(work.pairs.at)):
        blank(work, i)
        if not live[i]:
            continue
        if work.pairs.deal[i] != laid_out:
            laid_out = work.pairs.deal[i]
            lay_out(work.facts, laid_out, work.layout)
        clear(work.layout)
        walk(work, i)
        write_gaps(work, i)
        write_owed(work, i)
        write_silence(work, i)
        write_task(work, i)
        write_people(work, i)


@kernel
def blank(work: Work, i: int) -> None:
    """Nothing found yet."""
    out = work.out
    out.recent_gap[i], out.base_gap[i], out.owed_hours[i], out.champion_gap[i] = np.nan, np.nan, np.nan, np.nan
    out.touch_at[i], out.silent_since[i], out.senior_at[i], out.accepted_at[i] = NEVER, NEVER, NEVER, NEVER
    out.slow_row[i], out.owed_row[i], out.touch_row[i], out.out_row[i] = NO_ROW, NO_ROW, NO_ROW, NO_ROW
    out.accepted_row[i], out.senior_row[i], out.champion_row[i], out.task_row[i] = NO_ROW, NO_ROW, NO_ROW, NO_ROW
    out.silent_days[i], out.accepted_days[i], out.champion[i], out.champion_days[i] = -1, -1, -1, -1


@kernel
def clear(layout: Layout) -> None:
    """Forget the moment before."""
    layout.size[TOUCHES:] = 0
    layout.size[OUT_DAY] = -1
    threads, people = layout.size[THREADS], layout.size[PEOPLE]
    layout.pile[:threads], layout.last_out[:threads], layout.last_writer[:threads] = -1, -1, -1
    layout.ins[:people], layout.ins_30[:people], layout.met[:people], layout.brought[:people] = 0, 0, 0, 0
    layout.touch_at[:people], layout.meeting_at[:people] = -NEVER, -NEVER
    layout.touch_event[:people], layout.answer[:people] = -1, -1
    layout.seen[:people], layout.power[:people] = 0, 0


@kernel
def walk(work: Work, i: int) -> None:
    """Note every event that was on record, in the order in which they happened."""
    layout, t = work.layout, work.pairs.at[i]
    for e in range(layout.size[EVENTS]):
        if layout.known_at[e] > t:
            continue
        if layout.kind[e] == MEETING:
            note_meeting(work, i, e)
        elif layout.kind[e] == Direction.IN:
            note_in(work, i, e)
        else:
            note_out(work, i, e)


@kernel
def write_gaps(work: Work, i: int) -> None:
    """The buyer's median time to answer, lately and before."""
    layout, out = work.layout, work.out
    recent, base = layout.size[RECENT], layout.size[BASE]
    out.recent_gaps[i], out.base_gaps[i] = recent, base
    if recent > 0:
        out.recent_gap[i] = median(layout.recent, recent)
    if base > 0:
        out.base_gap[i] = median(layout.base, base)


@kernel
def write_owed(work: Work, i: int) -> None:
    """The oldest *in* addressed to us that nobody answered, by mail or by meeting its sender."""
    layout, t, calendar = work.layout, work.pairs.at[i], work.facts.calendar
    for e in range(layout.size[EVENTS]):
        if layout.known_at[e] > t or layout.kind[e] != Direction.IN:
            continue
        thread, who, row = layout.thread[e], layout.who[e], layout.row[e]
        if thread < 0 or work.facts.messages.to_us[row] == 0 or layout.last_out[thread] > e:
            continue
        if who >= 0 and layout.meeting_at[who] > layout.at[e]:
            continue
        now = clock_in(calendar, day_row(calendar, t), t)
        work.out.owed_hours[i] = (now - layout.clock[e]) / HOUR
        work.out.owed_row[i] = row
        return


@kernel
def write_silence(work: Work, i: int) -> None:
    """Business days since the buyer's last sign of life, less an absence that was announced."""
    out, calendar, t = work.out, work.facts.calendar, work.pairs.at[i]
    absences, deal = work.facts.absences, work.pairs.deal[i]
    since = out.silent_since[i]
    if since == NEVER:
        return
    away = 0
    for row in range(absences.first[deal], absences.first[deal + 1]):
        start, end = max(absences.since[row], since), min(absences.until[row], t)
        if absences.known_at[row] <= t and start < end:
            away = max(away, business_days(calendar, start, end))
    silent = business_days(calendar, since, t) - min(away, LONGEST_PAUSE)
    out.silent_days[i] = max(silent, 0)


@kernel
def write_task(work: Work, i: int) -> None:
    """The next open task of ours that is due within 14 days."""
    tasks, deal, t = work.facts.tasks, work.pairs.deal[i], work.pairs.at[i]
    for row in range(tasks.first[deal], tasks.first[deal + 1]):
        due_soon = t <= tasks.due_at[row] <= t + DUE_WITHIN
        if due_soon and tasks.known_at[row] <= t < tasks.closed_at[row]:
            work.out.task_row[i] = row
            return
