"""One message, noted for one moment."""

import numpy as np

from auctor.signals.calendar import days_between
from auctor.signals.kernels import kernel, roomy
from auctor.signals.passes.columns import TouchColumns
from auctor.signals.passes.layout import BEFORE, BROUGHT, INS, MEETING, OUT_DAY, RECENT, TOUCHES, Layout
from auctor.signals.vocabulary import DAY, F64, HOUR, NEVER

RECENT_ANSWERS = 21 * DAY
DROP_WINDOW = 14 * DAY
DROP_BASE = 56 * DAY
ACTIVE = 30 * DAY


@roomy
def median(values: F64, count: int) -> float:
    """The median of the first `count` values."""
    ordered = np.sort(values[:count])
    middle: float = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return middle


@kernel
def note_in(layout: Layout, out: TouchColumns, i: int, e: int, t: int) -> None:
    """A buyer wrote."""
    who = layout.events.who[e]
    note_newcomers(layout, e)
    pair_answer(layout, out, i, e, t)
    layout.tally[INS] += 1
    recent = layout.events.at[e] > t - ACTIVE
    out.ins_30[i] += recent
    if who >= 0:
        layout.members.ins[who] += 1
        layout.members.ins_30[who] += recent
        note_person(layout, who, e)
    else:
        list_touch(layout, who, e)
    note_touch(layout, out, i, e, t)


@kernel
def note_out(layout: Layout, out: TouchColumns, i: int, e: int) -> None:
    """We wrote."""
    events, threads = layout.events, layout.threads
    note_newcomers(layout, e)
    out.outs_since[i] += 1
    out.out_row[i] = events.row[e]
    if events.day[e] != layout.tally[OUT_DAY]:
        out.out_days_since[i] += 1
        layout.tally[OUT_DAY] = events.day[e]
    if out.silent_since[i] == NEVER:
        out.silent_since[i] = events.at[e]
    thread = events.thread[e]
    if thread >= 0:
        events.link[e] = threads.pile[thread]
        threads.pile[thread], threads.last_out[thread] = e, e


@kernel
def note_touch(layout: Layout, out: TouchColumns, i: int, e: int, t: int) -> None:
    """A sign of life from the buyers' side: the silence begins anew."""
    at = layout.events.at[e]
    out.touch_at[i], out.touch_row[i] = at, layout.events.row[e]
    out.touch_in_meeting[i] = layout.events.kind[e] == MEETING
    out.silent_since[i] = at
    out.outs_since[i], out.out_days_since[i] = 0, 0
    layout.tally[OUT_DAY] = -1
    if t - at < DROP_WINDOW:
        out.touches_14[i] += 1
    elif t - at < DROP_BASE:
        out.touches_before[i] += 1


@kernel
def note_person(layout: Layout, who: int, e: int) -> None:
    """A person gave a sign of life."""
    layout.members.touch_at[who], layout.members.touch_event[who] = layout.events.at[e], e
    list_touch(layout, who, e)


@kernel
def list_touch(layout: Layout, who: int, e: int) -> None:
    """Append to the list of touches; -1 is a buyer whose name is not known."""
    n = layout.tally[TOUCHES]
    layout.touched.person[n], layout.touched.event[n] = who, e
    layout.tally[TOUCHES] += 1


@kernel
def pair_answer(layout: Layout, out: TouchColumns, i: int, e: int, t: int) -> None:
    """Pair an *in* with the latest *out* of its thread that has no answer yet."""
    events, threads, thread = layout.events, layout.threads, layout.events.thread[e]
    if thread < 0 or threads.pile[thread] < 0:
        return
    asked = threads.pile[thread]
    threads.pile[thread] = events.link[asked]
    gap = (events.clock[e] - events.clock[asked]) / HOUR
    if events.at[e] > t - RECENT_ANSWERS:
        layout.gaps.recent[layout.tally[RECENT]] = gap
        layout.tally[RECENT] += 1
        out.slow_row[i] = events.row[e]
    else:
        layout.gaps.before[layout.tally[BEFORE]] = gap
        layout.tally[BEFORE] += 1


@kernel
def note_newcomers(layout: Layout, e: int) -> None:
    """Buyers first seen in a message are brought by its sender, else by the thread's latest earlier writer."""
    who, thread = layout.events.who[e], layout.events.thread[e]
    writer = layout.threads.last_writer[thread] if thread >= 0 else -1
    if who >= 0 and layout.members.seen[who] == 0:
        credit(layout, who, writer)
    for n in range(layout.events.first[e], layout.events.last[e]):
        person = layout.named[n]
        if layout.members.seen[person] == 0:
            credit(layout, person, who if who >= 0 else writer)
    if thread >= 0 and who >= 0:
        layout.threads.last_writer[thread] = who


@kernel
def credit(layout: Layout, newcomer: int, by: int) -> None:
    """Count a newcomer for the one who brought them."""
    layout.members.seen[newcomer] = 1
    if by >= 0:
        layout.members.brought[by] += 1
        layout.tally[BROUGHT] += 1


@kernel
def gap_days(layout: Layout, earlier: int, later: int) -> int:
    """Business days between two events."""
    return days_between(layout.calendar, layout.events.day[earlier], layout.events.day[later])
