"""Which deals at which moments an analyst asks for: a file with `deal_id` and `at`, and the file with the answers."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import numpy as np

from auctor.kit.errors import AuctorError
from auctor.risk.scoring import PastScores
from auctor.signals.catalog import KEYS

COLUMNS = ("deal_id", "at")
# Within what the signals' calendar knows.
EARLIEST, LATEST = datetime(1996, 1, 1, tzinfo=UTC), datetime(2044, 1, 1, tzinfo=UTC)


class AskedWrong(AuctorError):
    """A file of deals and moments that cannot be read; `where` names file, line and column."""

    code: ClassVar[str] = "risk.asked_wrong"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows of the file, in its order; texts as they stood there."""

    names: list[str]
    texts: list[str]
    deals: list[UUID]
    moments: list[datetime]


def read_asked(path: Path, known: Mapping[str, UUID]) -> Asked:
    """Deals by what their source calls them, or by their own ids. Raises `AskedWrong`."""
    found = Asked([], [], [], [])
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows = csv.DictReader(source)
            for column in COLUMNS:
                if column not in (rows.fieldnames or ()):
                    mend = "The first line names deal_id and at, separated by a comma."
                    raise AskedWrong(f"There is no column {column}.", where=f"{path.name}, line 1", mend=mend)
            for row in rows:
                _take(found, row, known, where=f"{path.name}, line {rows.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AskedWrong("The file cannot be read.", where=path.name, mend="Give a CSV file in UTF-8.") from error
    return found


def _take(found: Asked, row: Mapping[str, str | None], known: Mapping[str, UUID], *, where: str) -> None:
    name, text = row["deal_id"] or "", row["at"] or ""
    deal = known.get(name)
    if deal is None:
        mend = "Import the deal first, or take the id that its source gave it."
        raise AskedWrong(f"There is no deal {name[:64]!r}.", where=f"{where}, column deal_id", mend=mend)
    found.names.append(name)
    found.texts.append(text)
    found.deals.append(deal)
    found.moments.append(parse_moment(text, where=f"{where}, column at"))


def parse_moment(text: str, *, where: str) -> datetime:
    """An ISO 8601 moment with a zone; a plain date is its midnight in UTC. Raises `AskedWrong`."""
    mend = "Write it like 2026-03-31T09:00:00Z, with a zone."
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise AskedWrong(f"{text[:64]!r} is no moment.", where=where, mend=mend) from error
    if moment.tzinfo is None:
        if len(text.strip()) > len("2026-03-31"):
            raise AskedWrong(f"{text[:64]!r} has no zone.", where=where, mend=mend)
        moment = moment.replace(tzinfo=UTC)
    if not EARLIEST <= moment <= LATEST:
        raise AskedWrong(f"{text[:64]!r} is outside of {EARLIEST.year} to {LATEST.year}.", where=where, mend=mend)
    return moment


def write_scores(path: Path, asked: Asked, found: PastScores) -> None:
    """One line for each row asked, in the same order; unknown is empty. Raises `AskedWrong` where it cannot write."""
    numbers = np.column_stack([found.p_win, found.scores.score, found.scores.coverage, found.severity])
    try:
        with path.open("w", encoding="utf-8", newline="") as target:
            lines = csv.writer(target)
            lines.writerow([*COLUMNS, "p_win", "risk_score", "coverage", *KEYS])
            for name, text, row in zip(asked.names, asked.texts, numbers, strict=True):
                lines.writerow([name, text, *_texts(row)])
    except OSError as error:
        raise AskedWrong("The file cannot be written.", where=str(path.name), mend="Choose another place.") from error


def _texts(row: Sequence[float]) -> list[str]:
    return ["" if np.isnan(number) else f"{number:.6f}".rstrip("0").rstrip(".") for number in row]
