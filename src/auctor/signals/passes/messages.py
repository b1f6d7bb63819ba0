"""One message, noted for one moment."""

import numpy as np

from auctor.signals.calendar import business_days
from auctor.signals.kernels import kernel
from auctor.signals.passes.layout import BASE, BROUGHT, INS, MEETING, OUT_DAY, RECENT, TO_BASE, TOUCHES, Layout, Work
from auctor.signals.vocabulary import DAY, F64, HOUR, NEVER

RECENT_ANSWERS = 21 * DAY
DROP_WINDOW = 14 * DAY
DROP_BASE = 56 * DAY
ACTIVE = 30 * DAY


@kernel
def median(values: F64, count: int) -> float:
    """The median of the first `count` values."""
    ordered = np.sort(values[:count])
    middle: float = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return middle


@kernel
def note_in(work: Work, i: int, e: int) -> None:
    """A buyer wrote."""
    layout, t = work.layout, work.pairs.at[i]
    who = layout.who[e]
    note_newcomers(work, e)
    pair_answer(work, i, e)
    layout.size[INS] += 1
    recent = layout.at[e] > t - ACTIVE
    if recent:
        work.out.ins_30[i] += 1
    if who >= 0:
        layout.ins[who] += 1
        layout.ins_30[who] += recent
        note_person(layout, who, e)
    else:
        list_touch(layout, who, e)
    note_touch(work, i, e)


@kernel
def note_out(work: Work, i: int, e: int) -> None:
    """We wrote."""
    layout, out = work.layout, work.out
    note_newcomers(work, e)
    out.outs_since[i] += 1
    out.out_row[i] = layout.row[e]
    if layout.day[e] != layout.size[OUT_DAY]:
        out.out_days_since[i] += 1
        layout.size[OUT_DAY] = layout.day[e]
    if out.silent_since[i] == NEVER:
        out.silent_since[i] = layout.at[e]
    thread = layout.thread[e]
    if thread >= 0:
        layout.link[e] = layout.pile[thread]
        layout.pile[thread] = e
        layout.last_out[thread] = e


@kernel
def note_touch(work: Work, i: int, e: int) -> None:
    """A sign of life from the buyers' side: the silence begins anew."""
    layout, out, at = work.layout, work.out, work.layout.at[e]
    age = work.pairs.at[i] - at
    out.touch_at[i], out.touch_row[i] = at, layout.row[e]
    out.touch_in_meeting[i] = layout.kind[e] == MEETING
    out.silent_since[i] = at
    out.outs_since[i], out.out_days_since[i] = 0, 0
    layout.size[OUT_DAY] = -1
    if age < DROP_WINDOW:
        out.touches_14[i] += 1
    elif age < DROP_BASE:
        out.touches_before[i] += 1


@kernel
def note_person(layout: Layout, who: int, e: int) -> None:
    """A person gave a sign of life."""
    layout.touch_at[who], layout.touch_event[who] = layout.at[e], e
    list_touch(layout, who, e)


@kernel
def list_touch(layout: Layout, who: int, e: int) -> None:
    """Append to the list of touches; -1 is a buyer whose name is not known."""
    layout.touched[layout.size[TOUCHES]], layout.touched_event[layout.size[TOUCHES]] = who, e
    layout.size[TOUCHES] += 1


@kernel
def pair_answer(work: Work, i: int, e: int) -> None:
    """Pair an *in* with the latest *out* of its thread that has no answer yet."""
    layout, thread = work.layout, work.layout.thread[e]
    if thread < 0 or layout.pile[thread] < 0:
        return
    asked = layout.pile[thread]
    layout.pile[thread] = layout.link[asked]
    gap = (layout.clock[e] - layout.clock[asked]) / HOUR
    if layout.at[e] > work.pairs.at[i] - RECENT_ANSWERS:
        layout.recent[layout.size[RECENT]] = gap
        layout.size[RECENT] += 1
        work.out.slow_row[i] = layout.row[e]
    else:
        layout.base[layout.size[BASE]] = gap
        layout.size[BASE] += 1


@kernel
def note_newcomers(work: Work, e: int) -> None:
    """Buyers first seen in a message are brought by its sender, else by the thread's latest earlier writer."""
    layout, messages, row = work.layout, work.facts.messages, work.layout.row[e]
    who, thread = layout.who[e], layout.thread[e]
    writer = layout.last_writer[thread] if thread >= 0 else -1
    if who >= 0 and layout.seen[who] == 0:
        credit(layout, who, writer)
    for r in range(messages.people_first[row], messages.people_first[row + 1]):
        person = layout.to_people[r - layout.size[TO_BASE]]
        if layout.seen[person] == 0:
            credit(layout, person, who if who >= 0 else writer)
    if thread >= 0 and who >= 0:
        layout.last_writer[thread] = who


@kernel
def credit(layout: Layout, newcomer: int, by: int) -> None:
    """Count a newcomer for the one who brought them."""
    layout.seen[newcomer] = 1
    if by >= 0:
        layout.brought[by] += 1
        layout.size[BROUGHT] += 1


@kernel
def gap_days(work: Work, earlier: int, later: int) -> int:
    """Business days between two events."""
    return business_days(work.facts.calendar, work.layout.at[earlier], work.layout.at[later])
