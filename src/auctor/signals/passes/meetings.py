"""One meeting, noted for one moment: past ones are touches, accepted ones ahead are agreements."""

from auctor.signals.calendar import business_days
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import TouchColumns
from auctor.signals.passes.layout import MET, Layout
from auctor.signals.passes.messages import note_person, note_touch
from auctor.signals.vocabulary import NEVER, Answer


@kernel
def note_meeting(layout: Layout, out: TouchColumns, i: int, e: int, t: int) -> None:
    """A meeting that was booked and neither cancelled nor missed, as far as was on record."""
    if layout.events.void_at[e] <= t:
        return
    read_answers(layout, e, t)
    if layout.events.at[e] <= t:
        note_past(layout, out, i, e, t)
    else:
        note_ahead(layout, out, i, e, t)


@kernel
def read_answers(layout: Layout, e: int, t: int) -> None:
    """Put everybody's latest answer, as far as it was on record, into `Members.answer`."""
    for g in range(layout.events.first[e], layout.events.last[e]):
        if layout.guests.answered_at[g] <= t:
            layout.members.answer[layout.guests.person[g]] = layout.guests.answer[g]


@kernel
def take_answer(layout: Layout, e: int, g: int) -> int:
    """A guest's answer, -1 if none was on record or it was taken before; an invitation alone shows the person."""
    members, person = layout.members, layout.guests.person[g]
    answer: int = members.answer[person]
    members.answer[person] = -1
    if answer >= 0:
        members.seen[person] = 1
        if answer != Answer.DECLINED:
            members.meeting_at[person] = max(members.meeting_at[person], layout.events.at[e])
    return answer


@kernel
def note_past(layout: Layout, out: TouchColumns, i: int, e: int, t: int) -> None:
    """Who attended or had accepted was there; a meeting with at least one buyer is one touch."""
    took_place, there = layout.events.done_at[e] <= t, 0
    for g in range(layout.events.first[e], layout.events.last[e]):
        answer, person = take_answer(layout, e, g), layout.guests.person[g]
        if answer == Answer.ACCEPTED or (took_place and answer >= 0 and answer != Answer.DECLINED):
            layout.members.met[person] += 1
            note_person(layout, person, e)
            there += 1
    if there > 0:
        layout.tally[MET] += 1
        note_touch(layout, out, i, e, t)


@kernel
def note_ahead(layout: Layout, out: TouchColumns, i: int, e: int, t: int) -> None:
    """A planned meeting answers those invited; accepted by a buyer it is an agreement and a sign of life."""
    accepted = False
    for g in range(layout.events.first[e], layout.events.last[e]):
        accepted |= take_answer(layout, e, g) == Answer.ACCEPTED
    if not accepted:
        return
    if out.silent_since[i] != NEVER:
        out.silent_since[i] = max(out.silent_since[i], last_acceptance(layout, e, t))
    if out.accepted_at[i] == NEVER:
        out.accepted_at[i], out.accepted_row[i] = layout.events.at[e], layout.events.row[e]
        out.accepted_days[i] = business_days(layout.calendar, t, layout.events.at[e])


@kernel
def last_acceptance(layout: Layout, e: int, t: int) -> int:
    """When a buyer last accepted the meeting."""
    guests, latest = layout.guests, -NEVER
    for g in range(layout.events.first[e], layout.events.last[e]):
        if guests.answer[g] == Answer.ACCEPTED and guests.answered_at[g] <= t:
            latest = max(latest, guests.answered_at[g])
    return latest
