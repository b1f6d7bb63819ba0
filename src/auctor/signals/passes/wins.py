"""What won deals looked like, each frozen at the moment of its win: later edits of a closed deal change nothing."""

from typing import NamedTuple

import numpy as np

from auctor.signals.calendar import business_days
from auctor.signals.kernels import fast, kernel
from auctor.signals.passes.columns import TouchColumns, allocate, pick
from auctor.signals.passes.cover import complete_since
from auctor.signals.passes.layout import BASE, PEOPLE, RECENT, TOUCHES, Work, lay_out, make_room
from auctor.signals.passes.messages import gap_days, median
from auctor.signals.passes.state import base_rate, is_logged, opening, value_of, version_of
from auctor.signals.passes.touches import blank, clear, walk
from auctor.signals.tables import Facts, Pairs
from auctor.signals.vocabulary import DAY, F64, I16, I32, I64, NEVER, Field, Source, StageKind

BEFORE_EXIT = 30 * DAY


class Wins(NamedTuple):
    """Won deals by deal: the moment of the win and of the reopening (NEVER), pipeline, amount in the workspace's
    currency, median hours to answer, longest silence in business days (-1: mail was not read completely)."""

    deal: I32
    won_at: I64
    until: I64
    pipeline: I16
    amount_base: F64
    reply_hours: F64
    longest_gap: I32


class Visits(NamedTuple):
    """The stages that a won deal stood in: the longest stay in days, and the active buyers when it last left."""

    win: I32
    stage: I32
    stay: I32
    buyers: I32


def read_wins(facts: Facts, after: int, until: int) -> tuple[Wins, Visits]:
    """Wins on record after one moment and up to another."""
    changes = facts.changes
    stage_rows = int((changes.field == Field.STAGE).sum())
    found = allocate(Wins, stage_rows)
    size = fast(find_wins, len(changes.field))(facts, (after, until), found)
    wins = pick(found, np.arange(size))
    room = allocate(Visits, int((changes.first[wins.deal + 1] - changes.first[wins.deal]).sum()) + size)
    pairs = Pairs(wins.deal, wins.won_at)
    layout = make_room(facts, wins.deal)
    rows = size * 16 + int(_messages_of(facts, wins.deal))
    work = Work(facts, pairs, layout, allocate(TouchColumns, 1))
    count = fast(win_pass, rows)(work, wins, room)
    return wins, pick(room, np.arange(count))


def _messages_of(facts: Facts, deals: I32) -> int:
    return int((facts.messages.first[deals + 1] - facts.messages.first[deals]).sum())


@kernel
def find_wins(facts: Facts, span: tuple[int, int], out: Wins) -> int:
    """Write deal, moment and end of every win within the span; return how many."""
    changes, stages, count = facts.changes, facts.stages, 0
    for deal in range(len(facts.deals.created_at)):
        is_won = False
        for row in range(changes.first[deal], changes.first[deal + 1]):
            if changes.field[row] != Field.STAGE:
                continue
            stage, at = changes.value[row], changes.effective_at[row]
            wins = stage >= 0 and stages.kind[version_of(stages, stage, at)] == StageKind.WON
            if wins and not is_won and span[0] < changes.known_at[row] <= span[1]:
                out.deal[count], out.won_at[count], out.until[count] = deal, changes.known_at[row], NEVER
                count += 1
            if is_won and not wins and count > 0 and out.deal[count - 1] == deal:
                out.until[count - 1] = min(out.until[count - 1], changes.known_at[row])
            is_won = wins
    return count


@kernel
def win_pass(work: Work, wins: Wins, visits: Visits) -> int:
    """Fill in the columns of every win and its visits; return how many visits."""
    count, laid_out = 0, -1
    for w in range(len(wins.deal)):
        deal = wins.deal[w]
        if deal != laid_out:
            laid_out = deal
            lay_out(work.facts, deal, work.layout)
        clear(work.layout)
        blank(work, 0)
        walk_until(work, w)
        write_win(work, wins, w)
        if is_logged(work.facts, deal, Field.STAGE, 0):
            count = write_visits(work, wins, visits, (w, count))
    return count


@kernel
def walk_until(work: Work, w: int) -> None:
    """Walk through the events of a win with the single row of columns that wins share."""
    one = Pairs(work.pairs.deal[w : w + 1], work.pairs.at[w : w + 1])
    walk(Work(work.facts, one, work.layout, work.out), 0)


@kernel
def is_mail_read(work: Work, w: int) -> bool:
    """True if the owner's mail was complete from the deal's first day to its win."""
    deal, t = work.pairs.deal[w], work.pairs.at[w]
    owner = value_of(work.facts, deal, Field.OWNER, t)
    created_at: int = work.facts.deals.created_at[deal]
    return complete_since(work.facts, owner, Source.MAIL, t) <= created_at


@kernel
def write_win(work: Work, wins: Wins, w: int) -> None:
    """Pipeline, amount, answers and silences as they were at the win."""
    facts, layout = work.facts, work.layout
    deal, t = wins.deal[w], wins.won_at[w]
    stage = value_of(facts, deal, Field.STAGE, t)
    wins.pipeline[w] = facts.stages.pipeline[version_of(facts.stages, max(stage, 0), t)]
    amount = value_of(facts, deal, Field.AMOUNT, t)
    wins.amount_base[w] = amount * base_rate(facts, deal, t) if amount >= 0 else np.nan
    wins.reply_hours[w], wins.longest_gap[w] = np.nan, -1
    if not is_mail_read(work, w):
        return
    recent, base = layout.size[RECENT], layout.size[BASE]
    for n in range(recent):
        layout.base[base + n] = layout.recent[n]
    if recent + base > 0:
        wins.reply_hours[w] = median(layout.base, recent + base)
    before = -1
    for n in range(layout.size[TOUCHES]):
        if before >= 0:
            wins.longest_gap[w] = max(wins.longest_gap[w], gap_days(work, before, layout.touched_event[n]))
        before = layout.touched_event[n]
    if before >= 0:
        last = business_days(facts.calendar, layout.at[before], t)
        wins.longest_gap[w] = max(wins.longest_gap[w], last)


@kernel
def write_visits(work: Work, wins: Wins, visits: Visits, place: tuple[int, int]) -> int:
    """Write one row for every open stage that the deal stood in before its win; return the rows written so far."""
    facts, (w, count) = work.facts, place
    deal, t, changes, first = wins.deal[w], wins.won_at[w], work.facts.changes, place[1]
    stage, entered = opening(facts, deal, Field.STAGE, t), facts.deals.created_at[deal]
    for row in range(changes.first[deal], changes.first[deal + 1]):
        if changes.field[row] != Field.STAGE or changes.known_at[row] > t or changes.value[row] == stage:
            continue
        left = changes.effective_at[row]
        if stage >= 0 and facts.stages.kind[version_of(facts.stages, stage, left)] == StageKind.OPEN:
            slot = first
            while slot < count and visits.stage[slot] != stage:
                slot += 1
            if slot == count:
                visits.win[slot], visits.stage[slot], visits.stay[slot] = w, stage, 0
                count += 1
            visits.stay[slot] = max(visits.stay[slot], (left - entered) // DAY)
            visits.buyers[slot] = buyers_before(work, left) if wins.longest_gap[w] >= 0 else -1
        stage, entered = changes.value[row], left
    return count


@kernel
def buyers_before(work: Work, left: int) -> int:
    """Distinct buyers with a touch in the 30 days before a moment."""
    layout, count = work.layout, 0
    layout.met[: layout.size[PEOPLE]] = 0
    for n in range(layout.size[TOUCHES]):
        person, at = layout.touched[n], layout.at[layout.touched_event[n]]
        if person >= 0 and left - BEFORE_EXIT < at <= left and layout.met[person] == 0:
            layout.met[person] = 1
            count += 1
    return count
