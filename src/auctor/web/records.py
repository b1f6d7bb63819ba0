"""What components are given. Frozen, and free of HTML: the templates decide how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Self


class Severity(StrEnum):
    """How bad, in a word; each has its own shape and colour."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    GOOD = "good"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the same page. `count` is shown behind the label when it is known."""

    label: str
    href: str
    count: int | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way to this page; the last has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Columns of numbers and actions stand at the `end`."""

    label: str
    key: str = ""
    align: str = "start"
    is_sortable: bool = False
    is_label_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """The order that a table is in: `?sort=name` upwards, `?sort=-name` downwards."""

    key: str
    is_descending: bool = False

    @classmethod
    def parse(cls, text: str, *, columns: Sequence[Column], default: str) -> Self:
        """Take the order from a query; anything that no sortable column answers to falls back to `default`."""
        known = {column.key for column in columns if column.is_sortable}
        chosen = text if text.removeprefix("-") in known else default
        return cls(chosen.removeprefix("-"), chosen.startswith("-"))

    def toggled(self, key: str) -> str:
        """The value of `sort` that a click on this column asks for."""
        return f"-{key}" if key == self.key and not self.is_descending else key


@dataclass(frozen=True, slots=True)
class Cursors:
    """Where a listing goes on. Cursors are opaque; empty means there is no more on that side."""

    previous: str = ""
    next: str = ""
    shown: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a key/value list."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score in points against the average deal; None when it could not be judged."""

    label: str
    points: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series with the words of its place, as its table says them."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One fact in time. Evidence is marked."""

    at: date | datetime
    text: str
    note: str = ""
    is_evidence: bool = False


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The numbers of a chart: the same that are drawn, for those who read."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table. `option` is an ECharts option; colours are token names (`"token:accent"`)."""

    title: str
    summary: str
    option: Mapping[str, object]
    table: ChartTable


@dataclass(frozen=True, slots=True)
class Notice:
    """A banner above the page. `kind`: pilot, read-only, demo, stale or info."""

    kind: str
    text: str
    action_label: str = ""
    action_href: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """A page without data: what it will show, and what to do next."""

    title: str
    promise: str
    shows: tuple[str, ...] = field(default=())
    needs: str = ""
    sketch: str = "rows"
    action_label: str = ""
    action_url: str = ""
