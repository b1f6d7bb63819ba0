"""Who takes part on the buyers' side at a moment: how many, how senior, and the champion."""

from auctor.signals.calendar import business_days
from auctor.signals.kernels import kernel
from auctor.signals.passes.columns import TouchColumns
from auctor.signals.passes.layout import BROUGHT, INS, MEETING, MET, PEOPLE, ROLES, TOUCHES, Layout
from auctor.signals.passes.messages import ACTIVE, gap_days, median
from auctor.signals.vocabulary import DAY, NEVER, Role, Seniority

OTHERS_ACTIVE = 14 * DAY
SMALL_ACCOUNT = 3
FEWEST_INS = 3
FEWEST_GAPS = 4
USUAL_GAP = 5.0
# Compiled code cannot choose between members of an enum, but between their numbers.
UNTITLED, DIRECTOR = int(Seniority.UNKNOWN), int(Seniority.DIRECTOR)
HEAD, CHIEF = int(Seniority.HEAD), int(Seniority.CHIEF)


@kernel
def write_people(layout: Layout, out: TouchColumns, i: int, t: int) -> None:
    """Write everything about people, once the walk is done."""
    mark_power(layout, t)
    count_people(layout, out, i, t)
    write_senior(layout, out, i, t)
    write_champion(layout, out, i, t)


@kernel
def mark_power(layout: Layout, t: int) -> None:
    """Mark those whom the CRM calls decision maker or economic buyer."""
    parts = layout.parts
    for p in range(layout.tally[ROLES]):
        decides = parts.role[p] == Role.DECISION_MAKER or parts.role[p] == Role.ECONOMIC_BUYER
        if decides and parts.since[p] <= t < parts.until[p]:
            layout.members.power[parts.person[p]] = 1


@kernel
def rank_of(layout: Layout, person: int, t: int) -> int:
    """A person's seniority as far as it was on record; who decides by role counts as senior."""
    members = layout.members
    if members.power[person] == 1:
        return CHIEF
    rank: int = members.seniority[person]
    return rank if members.titled_at[person] <= t else UNTITLED


@kernel
def count_people(layout: Layout, out: TouchColumns, i: int, t: int) -> None:
    """Buyers seen ever; active in 30 days, with a title, and the busiest writer among them."""
    members = layout.members
    for person in range(layout.tally[PEOPLE]):
        out.people_seen[i] += members.seen[person]
        out.top_ins_30[i] = max(out.top_ins_30[i], members.ins_30[person])
        if members.touch_at[person] > t - ACTIVE:
            out.buyers_30[i] += 1
            out.titled_30[i] += rank_of(layout, person, t) != UNTITLED


@kernel
def write_senior(layout: Layout, out: TouchColumns, i: int, t: int) -> None:
    """The latest touch of someone with power: heads and chiefs, in small accounts directors too."""
    events, members, latest = layout.events, layout.members, -1
    needed = DIRECTOR if out.people_seen[i] <= SMALL_ACCOUNT else HEAD
    for person in range(layout.tally[PEOPLE]):
        if members.touch_event[person] > latest and rank_of(layout, person, t) >= needed:
            latest = members.touch_event[person]
    if latest >= 0:
        out.senior_at[i], out.senior_row[i] = events.at[latest], events.row[latest]
        out.senior_in_meeting[i] = events.kind[latest] == MEETING


@kernel
def write_champion(layout: Layout, out: TouchColumns, i: int, t: int) -> None:
    """The champion, named by the CRM or inferred, and how long they have been quiet by their own measure."""
    events, members = layout.events, layout.members
    champion, since = named_champion(layout, t)
    if champion < 0:
        champion, since = inferred_champion(layout), 0
        out.champion_inferred[i] = champion >= 0
    if champion < 0:
        return
    out.champion[i] = members.person[champion]
    event = members.touch_event[champion]
    if event >= 0:
        since = events.at[event]
        out.champion_row[i], out.champion_in_meeting[i] = events.row[event], events.kind[event] == MEETING
    out.champion_at[i] = since
    out.champion_days[i] = business_days(layout.calendar, since, t)
    out.champion_gap[i] = usual_gap(layout, champion)
    left_at = members.left_at[champion]
    out.champion_left[i] = left_at <= t and members.touch_at[champion] < left_at
    for person in range(layout.tally[PEOPLE]):
        if person != champion and members.touch_at[person] > t - OTHERS_ACTIVE:
            out.others_active[i] = 1


@kernel
def named_champion(layout: Layout, t: int) -> tuple[int, int]:
    """The champion by role (the latest heard of, if several) and the moment of the role; -1 for none."""
    parts = layout.parts
    found, since, latest = -1, 0, -NEVER
    for p in range(layout.tally[ROLES]):
        if parts.role[p] != Role.CHAMPION or not parts.since[p] <= t < parts.until[p]:
            continue
        person = parts.person[p]
        if found < 0 or layout.members.touch_at[person] > latest:
            found, since, latest = person, parts.since[p], layout.members.touch_at[person]
    return found, since


@kernel
def inferred_champion(layout: Layout) -> int:
    """Who writes, meets and brings others in most, with three *in* at least; -1 for nobody."""
    members, best, found = layout.members, -1.0, -1
    ins, met, brought = layout.tally[INS], max(layout.tally[MET], 1), max(layout.tally[BROUGHT], 1)
    for person in range(layout.tally[PEOPLE]):
        if members.ins[person] < FEWEST_INS:
            continue
        weight = 0.5 * members.ins[person] / ins + 0.3 * members.met[person] / met
        weight += 0.2 * members.brought[person] / brought
        tied = weight == best and members.person[person] < members.person[found]
        if weight > best or tied:
            best, found = weight, person
    return found


@kernel
def usual_gap(layout: Layout, person: int) -> float:
    """The median of a person's own gaps in business days, the usual five if they are too few."""
    touched, before, gaps = layout.touched, -1, 0
    for n in range(layout.tally[TOUCHES]):
        if touched.person[n] != person:
            continue
        if before >= 0:
            layout.gaps.before[gaps] = gap_days(layout, before, touched.event[n])
            gaps += 1
        before = touched.event[n]
    return median(layout.gaps.before, gaps) if gaps >= FEWEST_GAPS else USUAL_GAP
