"""The records of one organisation. Values are kept as they are answered: moments and days as texts that sort."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Values = dict[str, Any]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Row:
    """One record. Until `shows_at` readers see what was `before` (None: nothing yet): a commit that comes late."""

    kind: str
    id: str
    values: Values
    before: Values | None = None
    shows_at: datetime | None = None

    def seen(self, now: datetime) -> Values | None:
        """What a reader sees now."""
        return self.before if self.shows_at and now < self.shows_at else self.values

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(slots=True)
class Store:
    """Rows by kind and id, in the order in which they were made."""

    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    _number: int = 0

    def new_id(self, prefix: str) -> str:
        """The next id of eighteen characters; the last three repeat which letters of the others are capitals."""
        self._number += 1
        rest, number = "", self._number
        while number:
            number, digit = divmod(number, 62)
            rest = DIGITS[digit] + rest
        return to_18(f"{prefix}7Q000{rest.rjust(7, '0')}")

    def add(self, kind: str, prefix: str, values: Mapping[str, Any]) -> Row:
        """A new row with everything that it holds."""
        row_id = self.new_id(prefix)
        row = Row(kind, row_id, {"Id": row_id, **values})
        self.rows.setdefault(kind, {})[row_id] = row
        return row

    def all(self, kind: str) -> Iterator[Row]:
        """Every row of a kind, deleted ones too."""
        yield from self.rows.get(kind, {}).values()

    def find(self, kind: str, row_id: str) -> Row | None:
        """A row by its id of fifteen or eighteen characters."""
        return self.rows.get(kind, {}).get(to_18(row_id) if len(row_id) == 15 else row_id)

    def remove(self, row: Row) -> None:
        """Gone without a trace."""
        del self.rows[row.kind][row.id]

    def by(self, kind: str, name: str, value: Any) -> list[Row]:
        """Rows whose field has this value."""
        return [row for row in self.all(kind) if row[name] == value]


def to_18(short: str) -> str:
    """The id with its three letters of check."""
    letters = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(short[start : start + 5]) if letter.isupper())
        letters += ALPHABET[bits]
    return short + letters


def stamp(moment: datetime) -> str:
    """A moment as the vendor writes it: whole seconds, and no colon in the offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
