"""Who takes part on the buyers' side at a moment: how many, how senior, and the champion."""

from auctor.signals.calendar import business_days
from auctor.signals.kernels import kernel
from auctor.signals.passes.layout import BROUGHT, INS, MEETING, MET, PEOPLE, TOUCHES, Work
from auctor.signals.passes.messages import ACTIVE, gap_days, median
from auctor.signals.vocabulary import DAY, NEVER, Role, Seniority

OTHERS_ACTIVE = 14 * DAY
SMALL_ACCOUNT = 3
FEWEST_INS = 3
FEWEST_GAPS = 4
USUAL_GAP = 5.0


@kernel
def write_people(work: Work, i: int) -> None:
    """Write everything about people, once the walk is done."""
    mark_power(work, i)
    count_people(work, i)
    write_senior(work, i)
    write_champion(work, i)


@kernel
def mark_power(work: Work, i: int) -> None:
    """Mark those whom the CRM calls decision maker or economic buyer."""
    roles, layout = work.facts.roles, work.layout
    deal, t = work.pairs.deal[i], work.pairs.at[i]
    for r in range(roles.first[deal], roles.first[deal + 1]):
        decides = roles.role[r] == Role.DECISION_MAKER or roles.role[r] == Role.ECONOMIC_BUYER
        if decides and roles.since[r] <= t < roles.until[r]:
            layout.power[layout.role_people[r - roles.first[deal]]] = 1


@kernel
def rank_of(work: Work, i: int, person: int) -> int:
    """A person's seniority as far as it was on record; who decides by role counts as senior."""
    people, who = work.facts.people, work.layout.person[person]
    if work.layout.power[person] == 1:
        return Seniority.CHIEF
    return people.seniority[who] if people.titled_at[who] <= work.pairs.at[i] else Seniority.UNKNOWN


@kernel
def count_people(work: Work, i: int) -> None:
    """Buyers seen ever; active in 30 days, with a title, and the busiest writer among them."""
    layout, out, t = work.layout, work.out, work.pairs.at[i]
    for person in range(layout.size[PEOPLE]):
        out.people_seen[i] += layout.seen[person]
        out.top_ins_30[i] = max(out.top_ins_30[i], layout.ins_30[person])
        if layout.touch_at[person] > t - ACTIVE:
            out.buyers_30[i] += 1
            out.titled_30[i] += rank_of(work, i, person) != Seniority.UNKNOWN


@kernel
def write_senior(work: Work, i: int) -> None:
    """The latest touch of someone with power: heads and chiefs, in small accounts directors too."""
    layout, out = work.layout, work.out
    needed = Seniority.DIRECTOR if out.people_seen[i] <= SMALL_ACCOUNT else Seniority.HEAD
    latest = -1
    for person in range(layout.size[PEOPLE]):
        if layout.touch_event[person] > latest and rank_of(work, i, person) >= needed:
            latest = layout.touch_event[person]
    if latest >= 0:
        out.senior_at[i], out.senior_row[i] = layout.at[latest], layout.row[latest]
        out.senior_in_meeting[i] = layout.kind[latest] == MEETING


@kernel
def write_champion(work: Work, i: int) -> None:
    """The champion, named by the CRM or inferred, and how long they have been quiet by their own measure."""
    layout, out, t = work.layout, work.out, work.pairs.at[i]
    champion, since = named_champion(work, i)
    if champion < 0:
        champion, since = inferred_champion(work), 0
        out.champion_inferred[i] = champion >= 0
    if champion < 0:
        return
    out.champion[i] = layout.person[champion]
    event = layout.touch_event[champion]
    if event >= 0:
        since = layout.at[event]
        out.champion_row[i], out.champion_in_meeting[i] = layout.row[event], layout.kind[event] == MEETING
    out.champion_at[i] = since
    out.champion_days[i] = business_days(work.facts.calendar, since, t)
    out.champion_gap[i] = usual_gap(work, champion)
    left_at = work.facts.people.left_at[out.champion[i]]
    out.champion_left[i] = left_at <= t and layout.touch_at[champion] < left_at
    for person in range(layout.size[PEOPLE]):
        if person != champion and layout.touch_at[person] > t - OTHERS_ACTIVE:
            out.others_active[i] = 1


@kernel
def named_champion(work: Work, i: int) -> tuple[int, int]:
    """The champion by role (the latest heard of, if several) and the moment of the role; -1 for none."""
    roles, layout = work.facts.roles, work.layout
    deal, t = work.pairs.deal[i], work.pairs.at[i]
    found, since, latest = -1, 0, -NEVER
    for r in range(roles.first[deal], roles.first[deal + 1]):
        if roles.role[r] != Role.CHAMPION or not roles.since[r] <= t < roles.until[r]:
            continue
        person = layout.role_people[r - roles.first[deal]]
        if found < 0 or layout.touch_at[person] > latest:
            found, latest = person, layout.touch_at[person]
            since = max(roles.since[r], work.facts.deals.created_at[deal])
    return found, since


@kernel
def inferred_champion(work: Work) -> int:
    """Who writes, meets and brings others in most, with three *in* at least; -1 for nobody."""
    layout, best, found = work.layout, -1.0, -1
    ins, met, brought = layout.size[INS], max(layout.size[MET], 1), max(layout.size[BROUGHT], 1)
    for person in range(layout.size[PEOPLE]):
        if layout.ins[person] < FEWEST_INS:
            continue
        weight = 0.5 * layout.ins[person] / ins + 0.3 * layout.met[person] / met
        weight += 0.2 * layout.brought[person] / brought
        tied = weight == best and layout.person[person] < layout.person[found]
        if weight > best or tied:
            best, found = weight, person
    return found


@kernel
def usual_gap(work: Work, person: int) -> float:
    """The median of a person's own gaps in business days, the usual five if they are too few."""
    layout, before, gaps = work.layout, -1, 0
    for n in range(layout.size[TOUCHES]):
        if layout.touched[n] != person:
            continue
        if before >= 0:
            layout.base[gaps] = gap_days(work, before, layout.touched_event[n])
            gaps += 1
        before = layout.touched_event[n]
    return median(layout.base, gaps) if gaps >= FEWEST_GAPS else USUAL_GAP
