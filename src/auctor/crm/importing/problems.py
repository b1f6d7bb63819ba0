"""What is wrong with a file, said so that somebody can mend it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

# A list that somebody works through ends somewhere; beyond it problems are counted.
SHOWN_OF_A_KIND = 500
SHOWN_IN_ALL = 2000
SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell or line. `line` is 0 for the file as a whole; `value` is shortened and its marks made visible."""

    file: str
    line: int
    column: str
    value: str
    expected: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        cell = f" {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        return f"{place}{cell}:{value} – expected {self.expected}.{' ' + self.mend if self.mend else ''}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What was expected and what to do when it is not so."""

    expected: str
    mend: str = ""


@dataclass(slots=True)
class Problems:
    """Collects errors up to a bound and counts all of them; notices are counted only."""

    shown: list[Problem] = field(default_factory=list)
    errors: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    notices: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, file: str, column: str, rule: Rule, cells: Iterable[tuple[int, str]], *, count: int = 1) -> None:
        """Refuse cells given as (line, value). `count` is how many there are; only the first ones are asked for."""
        key = (file, column, rule.expected)
        room = min(SHOWN_OF_A_KIND - self.errors[key], SHOWN_IN_ALL - len(self.shown))
        self.errors[key] += count
        if room <= 0:
            return
        for number, (line, value) in enumerate(cells):
            if number >= room:
                break
            self.shown.append(Problem(file, line, column, visible(value), rule.expected, rule.mend))

    def room(self, file: str, column: str, rule: Rule) -> int:
        """How many more cells of this kind would be shown."""
        key = (file, column, rule.expected)
        return max(0, min(SHOWN_OF_A_KIND - self.errors[key], SHOWN_IN_ALL - len(self.shown)))

    def note(self, file: str, what: str, count: int) -> None:
        """Count what was kept as unknown or set right."""
        if count:
            self.notices[(file, what)] += count

    @property
    def count(self) -> int:
        """All errors, shown or not."""
        return sum(self.errors.values())


def visible(value: str) -> str:
    """Short, and with every character that could hide something written out."""
    short = value[:SHOWN_CHARACTERS]
    plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)
    return plain + (f"… ({len(value):,} characters)" if len(value) > SHOWN_CHARACTERS else "")
