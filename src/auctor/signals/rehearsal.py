"""A small made-up workspace on which every kernel runs once: so that all are compiled before they are needed."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auctor.signals import kernels
from auctor.signals.bulk import find_bulk_edits
from auctor.signals.frames import Settings, build
from auctor.signals.norms import learn
from auctor.signals.scan import Scan, scan
from auctor.signals.vocabulary import DAY, NEVER, Direction, Source

DEALS, OPEN = 40, 10
# Thursday 2026-01-01, 00:00 UTC.
NOW = 1_767_225_600_000_000
# By the number of the field: the second stage, an amount, a day, the owner, a forecast, a day, a currency.
VALUES = np.array([1, 5_000, 20_500, 0, 2, 20_500, 0])
MOMENT = pl.Datetime("us", "UTC")


def compile_all() -> Scan:
    """Learn and judge with every kernel compiled; what was compiled is kept on disk."""
    with kernels.always_compiled():
        return judge()


def judge() -> Scan:
    """Norms of the day first, then the open deals by them, as a live scan does."""
    given = tables()
    deals = pl.Series(np.arange(DEALS))
    find_bulk_edits(deals * 0, deals * 0, deals, deals * 0 + NOW)
    loaded = build(given, Settings(bulk_known_at=[NOW], inactive_at=[NEVER], snapshots=[NOW - DAY]))
    open_deals = np.arange(OPEN)
    at = np.full(OPEN, NOW)
    return scan(loaded, open_deals, at, norms=learn(loaded.facts, at[:1]))


def tables() -> dict[str, pl.DataFrame]:
    """All tables; the first deals are open, the others were won. Types are those that the database gives."""
    deal = np.repeat(np.arange(DEALS), 12)
    step = np.tile(np.arange(12), DEALS)
    begun = NOW - 70 * DAY - (np.arange(DEALS) % 7) * DAY
    at, row = begun[deal] + step * 4 * DAY, np.arange(len(deal))
    ours = np.where(step % 3 == 0, Direction.OUT, Direction.IN)
    won = np.arange(OPEN, DEALS)
    none = np.zeros(len(won) + len(deal), np.int64)
    return {
        "deals": _frame(created_at=_moments(begun), stage=np.zeros(DEALS, np.int64), amount=np.arange(DEALS) * 100,
                        close_on=begun // DAY + 90, owner=np.zeros(DEALS, np.int64), source=np.zeros(DEALS, np.int8)),
        "changes": _frame(deal=np.concatenate([won, deal]), field=np.concatenate([won * 0, step % 7]).astype(np.int8),
                          effective_at=_moments(np.concatenate([begun[won] + 60 * DAY, at])),
                          observed_at=_moments(np.concatenate([begun[won] + 61 * DAY, at + DAY])),
                          value=np.concatenate([won * 0 + 2, VALUES[step % 7]]),
                          actor=none, bulk=none),
        "messages": _frame(deal=deal, at=_moments(at), observed_at=_moments(at + (step == 5) * 90 * DAY // 3),
                           direction=ours.astype(np.int8), is_automatic=(step == 7).astype(np.int8),
                           thread=deal * 2 + step % 2, sender=np.where(ours == Direction.IN, deal, -1)),
        "message_people": _frame(message=row, person=deal),
        "meetings": _frame(deal=deal, at=_moments(at + 9 * DAY), observed_at=_moments(at), done_at=at + 9 * DAY),
        "answers": _frame(meeting=row, person=deal, answer=(step % 4).astype(np.int8), answered_at=at + DAY),
        "tasks": _frame(deal=deal, due_at=_moments(at + 7 * DAY), observed_at=_moments(at), closed_at=at + 8 * DAY),
        "roles": _frame(deal=won, person=won, role=(won % 4).astype(np.int16), since=_moments(begun[won])),
        "absences": _frame(deal=won[:1], since=_moments(begun[:1]), until=_moments(begun[:1] + DAY)),
        "pauses": _frame(deal=won[:1], since=_moments(begun[:1]), until=_moments(begun[:1] + DAY)),
        "people": _frame(seniority=(np.arange(DEALS) % 5).astype(np.int16), left_at=np.full(DEALS, NEVER)),
        "stages": _frame(stage=[0, 1, 2], position=[0, 1, 2], kind=[0, 0, 1], probability=[0.2, 0.6, 1.0]),
        "coverage": _frame(source=[int(source) for source in Source], until=[NEVER] * len(Source)),
        "rates": _frame(currency=[0], since=[-NEVER], rate=[1.0]),
    }  # fmt: skip


def _frame(**columns: object) -> pl.DataFrame:
    return pl.DataFrame(columns)


def _moments(values: NDArray[np.int64]) -> pl.Series:
    return pl.Series(values).cast(MOMENT)
