"""The few shapes that generated pages are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NOTICE = "<!-- Written by `./dev docs` from the code. Changes made here are overwritten. -->"


@dataclass(frozen=True)
class Chapter:
    """One page of docs/reference/: its file name, what the index says about it, its text."""

    name: str
    title: str
    about: str
    body: str

    @property
    def text(self) -> str:
        """The whole page."""
        return f"{NOTICE}\n\n# {self.title}\n\n{self.about}\n\n{self.body.strip()}\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold Markdown but no line break."""
    lines = [_row(headers), _row(["---"] * len(headers)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def code(text: object) -> str:
    """Inline code; empty text stays empty."""
    return f"`{text}`" if str(text) else ""


def first_sentence(docstring: str | None) -> str:
    """What a docstring says before its first full stop or empty line, on one line."""
    paragraph = " ".join((docstring or "").strip().split("\n\n")[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return f"{sentence}." if stop else paragraph


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
