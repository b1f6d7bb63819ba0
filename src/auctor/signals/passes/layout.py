"""One deal's messages and meetings on one line of time, people and threads numbered from 0.

The layout is made once for a deal and then serves all its moments: whatever a moment asks about buyers is in it.
"""

from typing import NamedTuple

import numpy as np

from auctor.signals.calendar import Calendar, clock_in, day_row
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import room
from auctor.signals.tables import Contacts, Messages
from auctor.signals.vocabulary import F64, I8, I32, I64, NEVER, Direction

MEETING = 3
# Places in `Layout.tally`. Of the deal:
EVENTS, PEOPLE, THREADS, GUESTS, NAMED, ROLES = 0, 1, 2, 3, 4, 5
# Of one moment, from `TOUCHES` on: counts, and the day of the last *out*.
TOUCHES, RECENT, BEFORE, INS, MET, BROUGHT, OUT_DAY = 6, 7, 8, 9, 10, 11, 12


class Events(NamedTuple):
    """Messages and meetings by time. `first` and `last` are an event's guests, or those named in To and CC;
    `link` is, for an *out*, the unanswered *out* below it in its thread's pile."""

    at: I64
    known_at: I64
    clock: I64
    done_at: I64
    void_at: I64
    day: I64
    row: I32
    thread: I32
    who: I32
    link: I32
    first: I32
    last: I32
    kind: I8
    to_us: I8


class Threads(NamedTuple):
    """Of one moment: the pile of unanswered *outs*, the last *out*, the last buyer who wrote."""

    pile: I32
    last_out: I32
    last_writer: I32


class Members(NamedTuple):
    """The deal's buyers: who they are, and what they did up to one moment."""

    titled_at: I64
    left_at: I64
    touch_at: I64
    meeting_at: I64
    person: I32
    ins: I32
    ins_30: I32
    met: I32
    brought: I32
    touch_event: I32
    seniority: I8
    answer: I8
    seen: I8
    power: I8


class Guests(NamedTuple):
    """Answers to the deal's meetings."""

    answered_at: I64
    person: I32
    answer: I8


class Parts(NamedTuple):
    """Contact roles of the deal."""

    since: I64
    until: I64
    person: I32
    role: I8


class Touched(NamedTuple):
    """Who gave a sign of life in which event, up to one moment."""

    person: I32
    event: I32


class Gaps(NamedTuple):
    """Business hours that answers took, lately and before."""

    recent: F64
    before: F64


class Places(NamedTuple):
    """Two open-addressed tables, from persons and threads to their local numbers."""

    person_key: I32
    person_slot: I32
    thread_key: I32
    thread_slot: I32


class Layout(NamedTuple):
    """Room for the largest deal. The members of the tuple are records, see `columns.room`."""

    tally: I64
    events: Events
    threads: Threads
    members: Members
    guests: Guests
    named: I32
    parts: Parts
    touched: Touched
    gaps: Gaps
    places: Places
    calendar: Calendar


def make_room(contacts: Contacts, deals: I32, calendar: Calendar) -> Layout:
    """A layout that holds the largest of the given deals."""
    messages, meetings = contacts.messages, contacts.meetings
    events = _most(_rows(messages.first, deals) + _rows(meetings.first, deals))
    named = _most(_rows(messages.named_first, deals))
    guests = _most(_span(meetings.answer_first, meetings.first, deals))
    roles = _most(_rows(contacts.roles.first, deals))
    people = events + named + guests + roles
    return Layout(
        tally=np.zeros(OUT_DAY + 1, np.int64),
        events=room(Events, events),
        threads=room(Threads, events),
        members=room(Members, people),
        guests=room(Guests, guests),
        named=np.zeros(named, np.int32),
        parts=room(Parts, roles),
        touched=room(Touched, people),
        gaps=room(Gaps, events),
        places=room(Places, table_size(people)),
        calendar=calendar,
    )


def _most(counts: I64) -> int:
    return int(counts.max(initial=0)) + 1


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
    # Outside of the compiler the key is 32 bits wide, and the product is wider.
    place = (int(key) * 40503) & mask
    while keys[place] != -1 and keys[place] != key:
        place = (place + 1) & mask
    return place


@kernel
def number_person(contacts: Contacts, layout: Layout, person: int, mask: int) -> int:
    """The local number of a person, a new one at the first sight."""
    places, members = layout.places, layout.members
    place = slot_of(places.person_key, person, mask)
    if places.person_key[place] == -1:
        new = layout.tally[PEOPLE]
        places.person_key[place], places.person_slot[place] = person, new
        members.person[new] = person
        members.seniority[new] = contacts.people.seniority[person]
        members.titled_at[new] = contacts.people.titled_at[person]
        members.left_at[new] = contacts.people.left_at[person]
        layout.tally[PEOPLE] += 1
    number: int = places.person_slot[place]
    return number


@kernel
def number_thread(layout: Layout, thread: int, mask: int) -> int:
    """The local number of a thread, -1 for no thread."""
    if thread < 0:
        return -1
    places = layout.places
    place = slot_of(places.thread_key, thread, mask)
    if places.thread_key[place] == -1:
        places.thread_key[place], places.thread_slot[place] = thread, layout.tally[THREADS]
        layout.tally[THREADS] += 1
    number: int = places.thread_slot[place]
    return number


@kernel
def lay_out(contacts: Contacts, deal: int, layout: Layout) -> None:
    """Fill the layout for a deal: number everybody, then merge messages and meetings by time."""
    messages, meetings, roles = contacts.messages, contacts.meetings, contacts.roles
    m, last_m = int(messages.first[deal]), messages.first[deal + 1]
    g, last_g = int(meetings.first[deal]), meetings.first[deal + 1]
    people = messages.named_first[deal + 1] - messages.named_first[deal] + last_m - m
    people += meetings.answer_first[last_g] - meetings.answer_first[g] + roles.first[deal + 1] - roles.first[deal]
    mask = table_size(people) - 1
    for place in range(mask + 1):
        layout.places.person_key[place], layout.places.thread_key[place] = -1, -1
    layout.tally[:] = 0
    while m < last_m or g < last_g:
        if g >= last_g or (m < last_m and messages.at[m] <= meetings.at[g]):
            place_message(contacts, deal, m, layout, mask)
            m += 1
        else:
            place_meeting(contacts, g, layout, mask)
            g += 1
        e = layout.tally[EVENTS]
        layout.events.day[e] = day_row(layout.calendar, layout.events.at[e])
        layout.events.clock[e] = clock_in(layout.calendar, layout.events.day[e], layout.events.at[e])
        layout.tally[EVENTS] += 1
    place_roles(contacts, deal, layout, mask)


@kernel
def known_at(messages: Messages, m: int) -> int:
    """When a message came on record."""
    lag = messages.lag[m]
    moment: int = messages.at[m] + lag if lag >= 0 else messages.late[-lag - 1]
    return moment


@kernel
def place_message(contacts: Contacts, deal: int, m: int, layout: Layout, mask: int) -> None:
    """Append one message with its sender and recipients."""
    messages, events, e = contacts.messages, layout.events, layout.tally[EVENTS]
    events.at[e], events.known_at[e], events.row[e] = messages.at[m], known_at(messages, m), m
    events.kind[e], events.to_us[e] = messages.direction[m], messages.to_us[m]
    events.thread[e] = number_thread(layout, messages.thread[m], mask)
    events.who[e] = -1
    if messages.direction[m] == Direction.IN and messages.sender[m] >= 0:
        events.who[e] = number_person(contacts, layout, messages.sender[m], mask)
    events.first[e] = layout.tally[NAMED]
    r, last = messages.named_first[deal] + layout.tally[NAMED], messages.named_first[deal + 1]
    while r < last and messages.named_in[r] == m:
        layout.named[layout.tally[NAMED]] = number_person(contacts, layout, messages.named[r], mask)
        layout.tally[NAMED] += 1
        r += 1
    events.last[e] = layout.tally[NAMED]


@kernel
def place_meeting(contacts: Contacts, g: int, layout: Layout, mask: int) -> None:
    """Append one meeting with everybody invited."""
    meetings, events, e, guests = contacts.meetings, layout.events, layout.tally[EVENTS], layout.guests
    events.at[e], events.known_at[e], events.row[e] = meetings.at[g], meetings.known_at[g], g
    events.done_at[e], events.void_at[e] = meetings.done_at[g], meetings.void_at[g]
    events.kind[e], events.to_us[e], events.thread[e], events.who[e] = MEETING, 0, -1, -1
    events.first[e] = layout.tally[GUESTS]
    for r in range(meetings.answer_first[g], meetings.answer_first[g + 1]):
        guest = layout.tally[GUESTS]
        guests.person[guest] = number_person(contacts, layout, meetings.answer_person[r], mask)
        guests.answer[guest], guests.answered_at[guest] = meetings.answer[r], meetings.answered_at[r]
        layout.tally[GUESTS] += 1
    events.last[e] = layout.tally[GUESTS]


@kernel
def place_roles(contacts: Contacts, deal: int, layout: Layout, mask: int) -> None:
    """Append the deal's contact roles."""
    roles, parts = contacts.roles, layout.parts
    for r in range(roles.first[deal], roles.first[deal + 1]):
        part = layout.tally[ROLES]
        parts.person[part] = number_person(contacts, layout, roles.person[r], mask)
        parts.role[part], parts.since[part], parts.until[part] = roles.role[r], roles.since[r], roles.until[r]
        layout.tally[ROLES] += 1


@kernel
def clear(layout: Layout) -> None:
    """Forget the moment before."""
    threads, members = layout.threads, layout.members
    for register in range(TOUCHES, OUT_DAY):
        layout.tally[register] = 0
    layout.tally[OUT_DAY] = -1
    for thread in range(layout.tally[THREADS]):
        threads.pile[thread], threads.last_out[thread], threads.last_writer[thread] = -1, -1, -1
    for m in range(layout.tally[PEOPLE]):
        members.ins[m], members.ins_30[m], members.met[m], members.brought[m] = 0, 0, 0, 0
        members.touch_at[m], members.meeting_at[m] = -NEVER, -NEVER
        members.touch_event[m], members.answer[m], members.seen[m], members.power[m] = -1, -1, 0, 0
