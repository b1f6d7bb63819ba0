"""One meeting, noted for one moment: past ones are touches, accepted ones ahead are agreements."""

from auctor.signals.calendar import business_days
from auctor.signals.kernels import kernel
from auctor.signals.passes.layout import MET, MET_BASE, Work
from auctor.signals.passes.messages import note_person, note_touch
from auctor.signals.vocabulary import NEVER, Answer


@kernel
def note_meeting(work: Work, i: int, e: int) -> None:
    """A meeting that was booked and neither cancelled nor missed, as far as was on record."""
    row, t = work.layout.row[e], work.pairs.at[i]
    if work.facts.meetings.void_at[row] <= t:
        return
    read_answers(work, row, t)
    if work.layout.at[e] <= t:
        note_past(work, i, e)
    else:
        note_ahead(work, i, e)


@kernel
def read_answers(work: Work, row: int, t: int) -> None:
    """Put everybody's latest answer, as far as it was on record, into `Layout.answer`."""
    meetings, layout = work.facts.meetings, work.layout
    for r in range(meetings.answer_first[row], meetings.answer_first[row + 1]):
        if meetings.answered_at[r] <= t:
            layout.answer[layout.met_people[r - layout.size[MET_BASE]]] = meetings.answer[r]


@kernel
def note_past(work: Work, i: int, e: int) -> None:
    """Who attended or had accepted was there; a meeting with at least one buyer is one touch."""
    meetings, layout, row = work.facts.meetings, work.layout, work.layout.row[e]
    took_place = meetings.done_at[row] <= work.pairs.at[i]
    there = 0
    for r in range(meetings.answer_first[row], meetings.answer_first[row + 1]):
        person = layout.met_people[r - layout.size[MET_BASE]]
        answer = layout.answer[person]
        layout.answer[person] = -1
        if answer < 0:
            continue
        layout.seen[person] = 1
        if answer != Answer.DECLINED:
            layout.meeting_at[person] = max(layout.meeting_at[person], layout.at[e])
        if answer == Answer.ACCEPTED or (took_place and answer != Answer.DECLINED):
            layout.met[person] += 1
            note_person(layout, person, e)
            there += 1
    if there > 0:
        layout.size[MET] += 1
        note_touch(work, i, e)


@kernel
def note_ahead(work: Work, i: int, e: int) -> None:
    """A planned meeting answers those invited; accepted by a buyer it is an agreement and a sign of life."""
    meetings, layout, out, row = work.facts.meetings, work.layout, work.out, work.layout.row[e]
    for r in range(meetings.answer_first[row], meetings.answer_first[row + 1]):
        person = layout.met_people[r - layout.size[MET_BASE]]
        answer = layout.answer[person]
        layout.answer[person] = -1
        if answer < 0:
            continue
        layout.seen[person] = 1
        if answer != Answer.DECLINED:
            layout.meeting_at[person] = max(layout.meeting_at[person], layout.at[e])
        if answer != Answer.ACCEPTED:
            continue
        if out.silent_since[i] != NEVER:
            out.silent_since[i] = max(out.silent_since[i], last_acceptance(work, row, work.pairs.at[i]))
        if out.accepted_at[i] == NEVER:
            out.accepted_at[i], out.accepted_row[i] = layout.at[e], row
            out.accepted_days[i] = business_days(work.facts.calendar, work.pairs.at[i], layout.at[e])


@kernel
def last_acceptance(work: Work, row: int, t: int) -> int:
    """When a buyer last accepted the meeting."""
    meetings, latest = work.facts.meetings, -NEVER
    for r in range(meetings.answer_first[row], meetings.answer_first[row + 1]):
        if meetings.answer[r] == Answer.ACCEPTED and meetings.answered_at[r] <= t:
            latest = max(latest, meetings.answered_at[r])
    return latest
