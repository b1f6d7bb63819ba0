"""The inputs of a model: one column for each code, one row for each pair of deal and moment. Pure.

A vocabulary is chosen once, from what was learnt from; the same codes are then read of any deals at any moments.
NaN stands for unknown. Nothing that was on record later than a row's moment is read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from auctor.risk.learning.events import Events
from auctor.risk.learning.rows import Rows, period_end
from auctor.risk.learning.timeline import Timeline
from auctor.signals.catalog import KEYS
from auctor.signals.frame import DealFrame
from auctor.signals.vocabulary import F64, I64

RECENT: Final = 14 * 86_400_000_000
HOUR: Final = 3_600_000_000
# A thing that fewer deals know is left to chance.
ENOUGH_DEALS: Final = 20
MOST_LABELS: Final = 60
MOST_CODES: Final = 10
MOST_FIELDS: Final = 20
SEVERITY: Final = "severity."
STAGES: Final = "stages."
PLAIN: Final = (
    "age_hours",
    "stage_hours",
    "amount",
    "days_to_close",
    "changes",
    "recent.changes",
    "activities",
    "recent.activities",
    "activity_hours",
    "buyers",
    "touches",
    "pushes",
)
# Only the period's end asks for it: to everything else the calendar would be a hint of what year it is.
PERIOD: Final = "days_to_period_end"
STATES: Final = ("fired", "ok", "unknown")


class Seen(NamedTuple):
    """What the signals say of some rows, and what they read: `open` is 1 where the deal was, `close_on` and `today` are
    days since 1970, `amount` is in the workspace's currency."""

    rows: Rows
    severity: F64
    open: I64
    today: I64
    close_on: I64
    amount: F64
    buyers: F64
    touches: F64
    pushes: F64

    def some(self, chosen: Any) -> "Seen":
        """Some of the rows."""
        rows = Rows(self.rows.deal[chosen], self.rows.at[chosen])
        return Seen(rows, *(column[chosen] for column in self[1:]))


def seen_of(rows: Rows, severity: F64, frame: DealFrame) -> Seen:
    """The parts of a frame that a model reads."""
    state = frame.state
    return Seen(
        rows=rows,
        severity=severity,
        open=state.live.astype(np.int64),
        today=state.today.astype(np.int64),
        close_on=state.close_on.astype(np.int64),
        amount=np.where(state.amount_base > 0, state.amount_base, np.nan),
        buyers=frame.touches.buyers_30.astype(np.float64),
        touches=frame.touches.touches_14.astype(np.float64),
        pushes=frame.past.pushes.astype(np.float64),
    )


def joined(parts: Sequence[tuple[I64, Seen]]) -> Seen:
    """Rows that were read in parts, each with its places in the whole."""
    order = np.argsort(np.concatenate([places for places, _ in parts]), kind="stable")
    deal = np.concatenate([part.rows.deal for _, part in parts])[order]
    at = np.concatenate([part.rows.at for _, part in parts])[order]
    columns = (np.concatenate(column)[order] for column in zip(*(part[1:] for _, part in parts), strict=True))
    return Seen(Rows(deal, at), *columns)


def ratio_codes() -> list[str]:
    """What likelihood ratios are learnt of: each answer of each signal."""
    return [f"{state}.{key}" for key in KEYS for state in STATES]


def full_codes(events: Events, seen: Rows, *, until: int) -> list[str]:
    """All inputs that enough of the deals in `seen` knew before `until`.

    Their order is that of how often and when things were met: ids and blind codes are drawn for each workspace,
    and the same history has to teach the same in all of them.
    """
    met = Met(np.unique(seen.deal), until)
    counted = _ordered({code: met.of(line) for code, line in events.counted.items()})
    stages = [
        f"{kind}.{code[len(STAGES) :]}" for code in counted if code.startswith(STAGES) for kind in ("stage", "before")
    ]
    counted = counted[:MOST_LABELS]
    return [
        *(f"{SEVERITY}{key}" for key in KEYS),
        *(f"unknown.{key}" for key in KEYS),
        *PLAIN,
        PERIOD,
        *stages,
        *counted,
        *(f"recent.{code}" for code in counted),
        *_custom(events, met),
    ]


class Met(NamedTuple):
    """Some deals, and the moment before which they are looked at."""

    deals: I64
    until: int

    def of(self, line: Timeline) -> tuple[int, ...]:
        """How many of the deals had met a thing, how often in all, when the first of them did, and when the last."""
        first, after = line.ends(self.deals, np.full(len(self.deals), self.until - 1))
        has = after > first
        if not has.any():
            return (0,)
        earliest, latest = line.at[first[has]].min(), line.at[after[has] - 1].max()
        return int(has.sum()), int((after - first).sum()), int(earliest), int(latest)


def _ordered(met: Mapping[str, tuple[int, ...]]) -> list[str]:
    """What enough deals have met, the most frequent first; the code itself decides only between what looks alike."""
    known = [code for code, told in met.items() if told[0] >= ENOUGH_DEALS]
    return sorted(known, key=lambda code: (*(-number for number in met[code]), code))


def _custom(events: Events, met: Met) -> list[str]:
    """The fields that most deals have, each as a number and by the values that are frequent."""
    codes = []
    for key in _ordered({key: met.of(values.line) for key, values in events.custom.items()})[:MOST_FIELDS]:
        values = events.custom[key]
        coded = values.code[values.line.order]
        lines = {f"custom.{key}.{code}": values.line.kept(coded == code) for code in np.unique(coded[coded != 0])}
        codes += _ordered({code: met.of(line) for code, line in lines.items()})[:MOST_CODES]
        numbers = values.line.kept(~np.isnan(values.number[values.line.order]))
        codes += [f"number.{key}"] if met.of(numbers)[0] >= ENOUGH_DEALS else []
    return codes


class Reader:
    """Reads the columns of codes for some rows."""

    def __init__(self, events: Events, seen: Seen) -> None:
        self._events, self._seen = events, seen
        self._deal, self._at = seen.rows
        moved = events.moves.stage
        self._stage = events.stages.last(self._deal, self._at, moved)
        self._before = events.stages.last(self._deal, self._at, moved, back=1)
        self._numbers = {key: number for number, key in enumerate(events.stage_ids)}

    def read(self, codes: list[str]) -> F64:
        """A column for each code; a thing that these deals have never met counts zero."""
        found = np.zeros((len(self._deal), len(codes)))
        for place, code in enumerate(codes):
            found[:, place] = self._column(code)
        return found

    def _column(self, code: str) -> F64:
        head, _, rest = code.partition(".")
        if head == "recent":
            return self._column(rest) - self._earlier(rest)
        if head in ("severity", *STATES):
            return self._answer(head, KEYS.index(rest))
        if head in ("stage", "before"):
            now = self._stage if head == "stage" else self._before
            return np.where(now == self._numbers.get(rest, -2), 1.0, 0.0)
        if head == "custom":
            return self._custom(*rest.split("."))
        if head == "number":
            return self._number(rest)
        return self._counted(code, self._at) if not self._is_plain(code) else self._plain(code)

    def _is_plain(self, code: str) -> bool:
        return code in (*PLAIN, PERIOD) and code not in ("changes", "activities")

    def _earlier(self, code: str) -> F64:
        return self._counted(code, self._at - RECENT)

    def _counted(self, code: str, at: I64) -> F64:
        if code in ("changes", "activities"):
            line = self._events.changes if code == "changes" else self._events.activities
            return line.count(self._deal, at)
        found = self._events.counted.get(code)
        return found.count(self._deal, at) if found else np.zeros(len(at))

    def _answer(self, head: str, place: int) -> F64:
        severity: F64 = self._seen.severity[:, place]
        if head == "severity":
            return severity
        known = ~np.isnan(severity)
        fired = known & (severity > 0)
        return {"fired": fired, "ok": known & ~fired, "unknown": ~known}[head].astype(np.float64)

    def _custom(self, key: str, code: str) -> F64:
        values = self._events.custom.get(key)
        if values is None:
            return np.zeros(len(self._deal))
        return np.where(values.line.last(self._deal, self._at, values.code, nothing=0) == int(code), 1.0, 0.0)

    def _number(self, key: str) -> F64:
        values = self._events.custom.get(key)
        if values is None:
            return np.full(len(self._deal), np.nan)
        return values.line.last_number(self._deal, self._at, values.number)

    def _plain(self, code: str) -> F64:
        seen, events = self._seen, self._events
        if code == "age_hours":
            created: F64 = (self._at - events.loaded.facts.deals.created_at[self._deal]) / HOUR
            return created
        if code == "stage_hours":
            return events.stages.hours_since(self._deal, self._at)
        if code == "activity_hours":
            return events.activities.hours_since(self._deal, self._at)
        if code == "days_to_close":
            return np.where(seen.close_on >= 0, seen.close_on - seen.today, np.nan).astype(np.float64)
        if code == PERIOD:
            last = period_end(events.loaded.facts, seen.today)
            return np.where(last >= 0, last - seen.today, np.nan).astype(np.float64)
        column: F64 = getattr(seen, code)
        return column
