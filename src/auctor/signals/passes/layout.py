"""One deal's messages and meetings on one line of time, people and threads numbered from 0.

The layout is made once for a deal and then serves all its moments.
"""

from typing import NamedTuple

import numpy as np

from auctor.signals.calendar import clock_in, day_row
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import TouchColumns
from auctor.signals.tables import Facts, Pairs
from auctor.signals.vocabulary import F64, I8, I32, I64, Direction

MEETING = 3
# Places in `Layout.size`. Of the deal: counts, the first row of its recipients and of its meeting answers.
EVENTS, PEOPLE, THREADS, TO_BASE, MET_BASE = 0, 1, 2, 3, 4
# Of one moment, from `TOUCHES` on: counts, and the day of the last *out*.
TOUCHES, RECENT, BASE, INS, MET, BROUGHT, OUT_DAY = 5, 6, 7, 8, 9, 10, 11


class Layout(NamedTuple):
    """Room for the largest deal: events, threads, people; and lists that a judgement of one moment fills.

    `link` is, for an *out*, the unanswered *out* below it in its thread's pile. `met_people` and `to_people` are
    the local numbers of the deal's meeting answers and message recipients. `touched` and `touched_at` list who
    touched in which event.
    """

    size: I32
    at: I64
    known_at: I64
    clock: I64
    day: I32
    kind: I8
    row: I32
    thread: I32
    who: I32
    link: I32
    pile: I32
    last_out: I32
    last_writer: I32
    person: I32
    ins: I32
    ins_30: I32
    met: I32
    brought: I32
    touch_at: I64
    touch_event: I32
    meeting_at: I64
    answer: I8
    seen: I8
    power: I8
    met_people: I32
    to_people: I32
    role_people: I32
    touched: I32
    touched_event: I32
    recent: F64
    base: F64
    thread_key: I32
    thread_slot: I32
    person_key: I32
    person_slot: I32


class Work(NamedTuple):
    """All that the touch pass works with."""

    facts: Facts
    pairs: Pairs
    layout: Layout
    out: TouchColumns


def make_room(facts: Facts, deals: I32) -> Layout:
    """A layout that holds the largest of the given deals."""
    messages, meetings = facts.messages, facts.meetings
    per_deal = {
        "events": _rows(messages.first, deals) + _rows(meetings.first, deals),
        "to": _span(messages.people_first, messages.first, deals),
        "met": _span(meetings.answer_first, meetings.first, deals),
        "roles": _rows(facts.roles.first, deals),
    }
    most = {name: int(counts.max(initial=0)) for name, counts in per_deal.items()}
    events, people = most["events"], sum(most.values())
    table = table_size(people)
    sizes = dict.fromkeys(("pile", "last_out", "last_writer"), events)
    sizes |= dict.fromkeys(Layout._fields[Layout._fields.index("person") : Layout._fields.index("met_people")], people)
    sizes |= {"met_people": most["met"], "to_people": most["to"], "role_people": most["roles"], "size": OUT_DAY}
    sizes |= dict.fromkeys(("touched", "touched_event"), people)
    sizes |= dict.fromkeys(("thread_key", "thread_slot", "person_key", "person_slot"), table)
    dtypes = {I8: np.int8, I32: np.int32, I64: np.int64, F64: np.float64}
    kinds = Layout.__annotations__
    return Layout(*(np.zeros(sizes.get(name, events) + 1, dtypes[kinds[name]]) for name in Layout._fields))


def _rows(first: I32, deals: I32) -> I64:
    return (first[deals + 1] - first[deals]).astype(np.int64)


def _span(inner: I32, first: I32, deals: I32) -> I64:
    return (inner[first[deals + 1]] - inner[first[deals]]).astype(np.int64)


@kernel
def table_size(entries: int) -> int:
    """The power of two that leaves a hash table at least half empty."""
    size = 4
    while size < 2 * entries + 2:
        size *= 2
    return size


@kernel
def slot_of(keys: I32, key: int, mask: int) -> int:
    """The place of a key in an open-addressed table: where it stands, or the free one where it belongs."""
    place = (key * 40503) & mask
    while keys[place] != -1 and keys[place] != key:
        place = (place + 1) & mask
    return place


@kernel
def number_person(layout: Layout, person: int, mask: int) -> int:
    """The local number of a person, a new one at the first sight."""
    place = slot_of(layout.person_key, person, mask)
    if layout.person_key[place] == -1:
        layout.person_key[place] = person
        layout.person_slot[place] = layout.size[PEOPLE]
        layout.person[layout.size[PEOPLE]] = person
        layout.size[PEOPLE] += 1
    number: int = layout.person_slot[place]
    return number


@kernel
def number_thread(layout: Layout, thread: int, mask: int) -> int:
    """The local number of a thread, -1 for no thread."""
    if thread < 0:
        return -1
    place = slot_of(layout.thread_key, thread, mask)
    if layout.thread_key[place] == -1:
        layout.thread_key[place] = thread
        layout.thread_slot[place] = layout.size[THREADS]
        layout.size[THREADS] += 1
    number: int = layout.thread_slot[place]
    return number


@kernel
def lay_out(facts: Facts, deal: int, layout: Layout) -> None:
    """Fill the layout for a deal: number everybody, then merge messages and meetings by time."""
    messages, meetings, roles = facts.messages, facts.meetings, facts.roles
    m, last_m = messages.first[deal], messages.first[deal + 1]
    g, last_g = meetings.first[deal], meetings.first[deal + 1]
    people = messages.people_first[last_m] - messages.people_first[m] + last_m - m
    people += meetings.answer_first[last_g] - meetings.answer_first[g] + roles.first[deal + 1] - roles.first[deal]
    mask = table_size(people) - 1
    layout.person_key[: mask + 1] = -1
    layout.thread_key[: mask + 1] = -1
    layout.size[:] = 0
    layout.size[TO_BASE], layout.size[MET_BASE] = messages.people_first[m], meetings.answer_first[g]
    while m < last_m or g < last_g:
        e = layout.size[EVENTS]
        if g >= last_g or (m < last_m and messages.at[m] <= meetings.at[g]):
            place_message(facts, m, layout, mask)
            m += 1
        else:
            place_meeting(facts, g, layout, mask)
            g += 1
        layout.day[e] = day_row(facts.calendar, layout.at[e])
        layout.clock[e] = clock_in(facts.calendar, layout.day[e], layout.at[e])
        layout.size[EVENTS] += 1
    for r in range(roles.first[deal], roles.first[deal + 1]):
        layout.role_people[r - roles.first[deal]] = number_person(layout, roles.person[r], mask)


@kernel
def place_message(facts: Facts, m: int, layout: Layout, mask: int) -> None:
    """Append one message with its sender and recipients."""
    messages, e = facts.messages, layout.size[EVENTS]
    layout.at[e], layout.known_at[e], layout.row[e] = messages.at[m], messages.known_at[m], m
    layout.kind[e] = messages.direction[m]
    layout.thread[e] = number_thread(layout, messages.thread[m], mask)
    layout.who[e] = -1
    if messages.direction[m] == Direction.IN and messages.sender[m] >= 0:
        layout.who[e] = number_person(layout, messages.sender[m], mask)
    for r in range(messages.people_first[m], messages.people_first[m + 1]):
        layout.to_people[r - layout.size[TO_BASE]] = number_person(layout, messages.people[r], mask)


@kernel
def place_meeting(facts: Facts, g: int, layout: Layout, mask: int) -> None:
    """Append one meeting with everybody invited."""
    meetings, e = facts.meetings, layout.size[EVENTS]
    layout.at[e], layout.known_at[e], layout.row[e] = meetings.at[g], meetings.known_at[g], g
    layout.kind[e], layout.thread[e], layout.who[e] = MEETING, -1, -1
    for r in range(meetings.answer_first[g], meetings.answer_first[g + 1]):
        layout.met_people[r - layout.size[MET_BASE]] = number_person(layout, meetings.answer_person[r], mask)
