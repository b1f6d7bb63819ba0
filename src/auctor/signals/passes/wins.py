"""What won deals looked like, each frozen at the moment of its win: later edits of a closed deal change nothing."""

from typing import NamedTuple

import numpy as np

from auctor.signals.calendar import business_days
from auctor.signals.kernels import fast, kernel
from auctor.signals.passes.columns import CoverColumns, TouchColumns, head, room
from auctor.signals.passes.cover import cover_pass
from auctor.signals.passes.layout import BEFORE, PEOPLE, RECENT, TOUCHES, Layout, clear, lay_out, make_room
from auctor.signals.passes.messages import gap_days, median
from auctor.signals.passes.state import base_rate, is_logged, last_row, opening, value_of, version_of
from auctor.signals.passes.touches import blank, walk
from auctor.signals.tables import Contacts, Facts, Log, Pairs
from auctor.signals.vocabulary import DAY, F64, I16, I32, I64, NEVER, Field, Flags, StageKind

BEFORE_EXIT = 30 * DAY


class Wins(NamedTuple):
    """Won deals by deal: the moment of the win and of the reopening (NEVER), pipeline, owner, amount in the
    workspace's currency, median hours to answer, longest silence in business days (-1: mail was not read)."""

    won_at: I64
    until: I64
    owner: I64
    amount_base: F64
    reply_hours: F64
    deal: I32
    longest_gap: I32
    pipeline: I16


class Visits(NamedTuple):
    """The stages that a won deal stood in: the longest stay in days, when it last left, and how many buyers took
    part in the 30 days before (-1: mail was not read)."""

    left_at: I64
    win: I32
    stage: I32
    stay: I32
    buyers: I32


class Scratch(NamedTuple):
    """Whose mail was read, and one row of touches that all wins share."""

    is_read: Flags
    touches: TouchColumns


def read_wins(facts: Facts, after: int, until: int) -> tuple[Wins, Visits]:
    """Wins on record after one moment and up to another; both are records, see `columns.room`."""
    log, changes = facts.log, facts.changes
    found = room(Wins, int((changes.field == Field.STAGE).sum()))
    size = fast(find_wins, len(changes.field))(log, (after, until), found)
    wins = head(found, size)
    rows = int((changes.first[wins.deal + 1] - changes.first[wins.deal]).sum()) + size
    visits = room(Visits, rows)
    fast(describe_wins, rows)(log, wins)
    count = fast(find_visits, rows)(log, wins, visits)
    visits = head(visits, count)
    read_buyers(facts, wins, visits)
    return wins, visits


def read_buyers(facts: Facts, wins: Wins, visits: Visits) -> None:
    """Fill in everything about buyers, where the owner's mail was read from the deal's first day to its win."""
    pairs = Pairs(np.ascontiguousarray(wins.deal), np.ascontiguousarray(wins.won_at))
    cover, owner = room(CoverColumns, len(pairs.at)), np.ascontiguousarray(wins.owner)
    fast(cover_pass, len(pairs.at))(facts.coverage, pairs, owner, facts.workspace.patience, cover)
    is_read = cover.mail_since <= facts.deals.created_at[pairs.deal]
    layout = make_room(facts.contacts, pairs.deal, facts.calendar)
    messages = int((facts.messages.first[pairs.deal + 1] - facts.messages.first[pairs.deal]).sum())
    fast(buyers_pass, messages)(facts.contacts, layout, wins, visits, Scratch(is_read, room(TouchColumns, 1)))


@kernel
def find_wins(log: Log, span: tuple[int, int], out: Wins) -> int:
    """Write deal, moment and end of every win within the span; return how many.

    Each deal is followed through what was on record, not through what happened: a change that is learnt late neither
    undoes nor moves the win that was on record before.
    """
    count = 0
    for deal in range(len(log.deals.created_at)):
        is_won, moment = False, next_news(log, deal, -NEVER)
        while moment != NEVER:
            row = last_row(log, deal, Field.STAGE, moment)
            stage = log.changes.value[row]
            version = version_of(log.stages, max(stage, 0), log.changes.effective_at[row])
            wins = stage >= 0 and log.stages.kind[version] == StageKind.WON
            if wins and not is_won and span[0] < moment <= span[1]:
                out.deal[count], out.won_at[count], out.until[count] = deal, moment, NEVER
                count += 1
            if is_won and not wins and count > 0 and out.deal[count - 1] == deal:
                out.until[count - 1] = min(out.until[count - 1], moment)
            is_won, moment = wins, next_news(log, deal, moment)
    return count


@kernel
def next_news(log: Log, deal: int, after: int) -> int:
    """The first moment after another at which a change of the deal's stage came on record; NEVER if none did."""
    changes, known_at = log.changes, log.deals.known_at[deal]
    found = NEVER
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] == Field.STAGE and after < max(changes.known_at[row], known_at) < found:
            found = max(changes.known_at[row], known_at)
    return found


@kernel
def describe_wins(log: Log, wins: Wins) -> None:
    """Fill in pipeline, owner and amount as they were at the win."""
    for w in range(len(wins.deal)):
        deal, t = int(wins.deal[w]), wins.won_at[w]
        stage, amount = value_of(log, deal, Field.STAGE, t), value_of(log, deal, Field.AMOUNT, t)
        wins.pipeline[w] = log.stages.pipeline[version_of(log.stages, max(stage, 0), t)]
        wins.owner[w] = value_of(log, deal, Field.OWNER, t)
        wins.amount_base[w] = amount * base_rate(log, deal, t) if amount >= 0 else np.nan


@kernel
def find_visits(log: Log, wins: Wins, visits: Visits) -> int:
    """Write the visits of every win whose stages are all on record; return how many."""
    count = 0
    for w in range(len(wins.deal)):
        if is_logged(log, wins.deal[w], Field.STAGE, log.deals.created_at[wins.deal[w]]):
            count = write_visits(log, wins, visits, w, count)
    return count


@kernel
def write_visits(log: Log, wins: Wins, visits: Visits, w: int, first: int) -> int:
    """Write one row for every open stage that the deal stood in before its win; return the rows written so far."""
    changes, deal, t, count = log.changes, int(wins.deal[w]), wins.won_at[w], first
    stage, entered = opening(log, deal, Field.STAGE, t), log.deals.created_at[deal]
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] != Field.STAGE or changes.known_at[row] > t or changes.value[row] == stage:
            continue
        left = changes.effective_at[row]
        if stage >= 0 and log.stages.kind[version_of(log.stages, stage, left)] == StageKind.OPEN:
            slot = first
            while slot < count and visits.stage[slot] != stage:
                slot += 1
            if slot == count:
                visits.win[slot], visits.stage[slot], visits.stay[slot] = w, stage, 0
                count += 1
            visits.stay[slot] = max(visits.stay[slot], (left - entered) // DAY)
            visits.left_at[slot] = left
        stage, entered = changes.value[row], left
    return count


@kernel
def buyers_pass(contacts: Contacts, layout: Layout, wins: Wins, visits: Visits, scratch: Scratch) -> None:
    """Fill in answers and silences of every win, and the buyers of its visits."""
    laid_out, v = -1, 0
    for w in range(len(wins.deal)):
        # All wins share the first row; a number that is no constant spares a second compilation of the walk.
        shared = w * 0
        wins.reply_hours[w], wins.longest_gap[w] = np.nan, -1
        if scratch.is_read[w]:
            if wins.deal[w] != laid_out:
                laid_out = int(wins.deal[w])
                lay_out(contacts, laid_out, layout)
            clear(layout)
            blank(scratch.touches, shared)
            walk(layout, scratch.touches, shared, wins.won_at[w])
            write_gaps(layout, wins, w)
        while v < len(visits.win) and visits.win[v] == w:
            visits.buyers[v] = buyers_before(layout, visits.left_at[v]) if wins.longest_gap[w] >= 0 else -1
            v += 1


@kernel
def write_gaps(layout: Layout, wins: Wins, w: int) -> None:
    """The median time to answer, and the longest silence of the buyers from their first touch to the win."""
    recent, base, gaps = layout.tally[RECENT], layout.tally[BEFORE], layout.gaps
    for n in range(recent):
        gaps.before[base + n] = gaps.recent[n]
    if recent + base > 0:
        wins.reply_hours[w] = median(gaps.before, recent + base)
    before = -1
    for n in range(layout.tally[TOUCHES]):
        if before >= 0:
            wins.longest_gap[w] = max(wins.longest_gap[w], gap_days(layout, before, layout.touched.event[n]))
        before = layout.touched.event[n]
    if before >= 0:
        last = business_days(layout.calendar, layout.events.at[before], wins.won_at[w])
        wins.longest_gap[w] = max(wins.longest_gap[w], last)


@kernel
def buyers_before(layout: Layout, left: int) -> int:
    """Distinct buyers with a touch in the 30 days before a moment."""
    members, count = layout.members, 0
    for m in range(layout.tally[PEOPLE]):
        members.met[m] = 0
    for n in range(layout.tally[TOUCHES]):
        person, at = layout.touched.person[n], layout.events.at[layout.touched.event[n]]
        if person >= 0 and left - BEFORE_EXIT < at <= left and members.met[person] == 0:
            members.met[person] = 1
            count += 1
    return count
