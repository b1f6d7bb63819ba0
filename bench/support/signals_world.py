"""A made-up pipeline of any size as columns: three years, 12.5 activities a deal, one deal in ten open.

Every table is made when it is asked for, in its final order and from its own seed, so that the facts of twenty
million activities fit into little memory. Nothing in it is tuned to either side of the comparison: there are late
records, several answers to one meeting, unread mailboxes, steps back, pushed dates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auctor.signals.vocabulary import DAY, HOUR, NEVER, Answer, Direction, Field, Role, Source

NOW = 1_767_225_600_000_000 + 14 * HOUR  # Thursday 2026-01-01, 14:00 UTC
NOW_DAY = NOW // DAY
YEARS = 3 * 365
OWNERS, PIPELINES, BUYERS = 200, 3, 3
PER_DEAL = 12.5
MESSAGES, MEETINGS, TASKS = 0.8, 0.1, 0.1
OPEN_STAGES = 4
STAGES = OPEN_STAGES + 2
CHANGES = 4
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Pipeline(Mapping[str, Columns]):
    """The tables of about so many activities; a mapping that makes each of them anew."""

    activities: int
    seed: int = 1

    @cached_property
    def deals(self) -> int:
        """How many deals."""
        return round(self.activities / PER_DEAL)

    def __getitem__(self, name: str) -> Columns:
        maker = getattr(self, f"_{name}", None)
        if maker is None:
            raise KeyError(name)
        made: Columns = maker()
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(("deals", "people", "messages", "message_people", "meetings", "answers", "changes", "tasks",
                     "roles", "stages", "coverage"))  # fmt: skip

    def __len__(self) -> int:
        return len(list(iter(self)))

    @cached_property
    def open_deals(self) -> NDArray[np.int32]:
        """The deals that are open now."""
        return np.flatnonzero(self._fates()[0] == 0).astype(np.int32)

    def lives(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When each deal began, and when it ended; now, if it is open."""
        _, began, ended = self._fates()
        return began, ended

    def _rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, part))

    def _fates(self) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """For each deal: open 0, won 1, lost 2; when it began; and when it ended (now, if open)."""
        rng = self._rng(0)
        fate = rng.choice(np.array([0, 1, 2], np.int8), self.deals, p=[0.1, 0.4, 0.5])
        length = rng.gamma(3.0, 20.0, self.deals)
        back = np.where(fate == 0, rng.uniform(1, 150, self.deals), length + rng.uniform(0, YEARS, self.deals))
        began = NOW - (back * DAY).astype(np.int64)
        return fate, began, np.where(fate == 0, NOW, began + (length * DAY).astype(np.int64))

    def _moments(self, rng: np.random.Generator, mean: float) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Deal and moment of a Poisson number of things in each deal's life, in order."""
        _, began, ended = self._fates()
        deal = np.repeat(np.arange(self.deals, dtype=np.int32), rng.poisson(mean, self.deals))
        at = began[deal] + (rng.random(len(deal)) * (ended - began)[deal]).astype(np.int64)
        # Sorting inside deals: deals come in rising order already.
        for start in range(0, self.deals, 100_000):
            low, high = np.searchsorted(deal, (start, start + 100_000))
            order = np.lexsort((at[low:high], deal[low:high]))
            at[low:high] = at[low:high][order]
        return deal, at

    def _deals(self) -> Columns:
        rng, (_, began, _) = self._rng(1), self._fates()
        return {
            "created_at": began,
            "stage": rng.integers(0, PIPELINES, self.deals) * STAGES,
            "amount": (rng.lognormal(15, 1, self.deals)).astype(np.int64),
            "close_on": began // DAY + rng.integers(30, 120, self.deals),
            "owner": rng.integers(0, OWNERS, self.deals),
            "category": rng.integers(0, 4, self.deals),
            "next_step_on": began // DAY + rng.integers(1, 30, self.deals),
        }

    def _people(self) -> Columns:
        rng, count = self._rng(2), self.deals * BUYERS
        left = np.where(rng.random(count) < 0.02, NOW - rng.integers(0, YEARS, count) * DAY, NEVER)
        return {"seniority": rng.choice(np.array([-1, 0, 1, 2, 3, 4], np.int8), count), "left_at": left}

    def _messages(self) -> Columns:
        rng = self._rng(3)
        deal, at = self._moments(rng, PER_DEAL * MESSAGES)
        direction = rng.choice(np.array([Direction.IN, Direction.OUT], np.int8), len(deal), p=[0.45, 0.55])
        buyer = deal * BUYERS + rng.integers(0, BUYERS, len(deal), dtype=np.int32)
        return {
            "deal": deal,
            "at": at,
            "observed_at": _late(rng, at),
            "direction": direction,
            "to_us": (rng.random(len(deal), np.float32) < 0.8).astype(np.int8),
            "thread": deal * 4 + rng.integers(0, 4, len(deal), dtype=np.int32),
            "sender": np.where(direction == Direction.IN, buyer, np.int32(-1)),
        }

    def _message_people(self) -> Columns:
        rng = self._rng(3)
        deal, _ = self._moments(rng, PER_DEAL * MESSAGES)
        chosen = np.flatnonzero(self._rng(4).random(len(deal), np.float32) < 0.3).astype(np.int32)
        person = deal[chosen] * BUYERS + rng.integers(0, BUYERS, len(chosen), dtype=np.int32)
        return {"message": chosen, "person": person.astype(np.int32)}

    def _meetings(self) -> Columns:
        rng = self._rng(5)
        deal, at = self._moments(rng, PER_DEAL * MEETINGS)
        at = at + np.where(rng.random(len(deal)) < 0.1, 20 * DAY, 0)
        order = np.lexsort((at, deal))
        at = at[order]
        booked = at - (rng.random(len(deal)) * 10 * DAY).astype(np.int64)
        return {
            "deal": deal,
            "at": at,
            "observed_at": booked,
            "done_at": np.where(rng.random(len(deal)) < 0.7, at + HOUR, NEVER),
            "void_at": np.where(rng.random(len(deal)) < 0.1, booked + DAY, NEVER),
        }

    def _answers(self) -> Columns:
        meetings, rng = self._meetings(), self._rng(6)
        count = len(meetings["deal"])
        meeting = np.repeat(np.arange(count, dtype=np.int32), 3)
        # Two guests; the first answers a second time.
        guest = np.tile(np.array([0, 1, 0], np.int32), count)
        given = meetings["observed_at"][meeting] + np.tile(np.array([0, 1, 2]), count) * DAY
        answers = np.array([Answer.NONE, Answer.ACCEPTED, Answer.DECLINED, Answer.TENTATIVE], np.int8)
        return {
            "meeting": meeting,
            "person": meetings["deal"][meeting] * BUYERS + guest,
            "answer": rng.choice(answers, len(meeting), p=[0.3, 0.5, 0.1, 0.1]),
            "answered_at": given,
        }

    def _tasks(self) -> Columns:
        rng = self._rng(7)
        deal, at = self._moments(rng, PER_DEAL * TASKS)
        due = at + 7 * DAY
        closed = np.where(rng.random(len(deal)) < 0.7, due + DAY, NEVER)
        return {"deal": deal, "due_at": due, "observed_at": at, "closed_at": closed}

    def _changes(self) -> Columns:
        rng, (fate, _, ended) = self._rng(8), self._fates()
        deal, at = self._moments(rng, CHANGES)
        at = np.minimum(at, ended[deal] - 1)
        # Currency, the seventh field, never changes.
        name = rng.choice(np.arange(6, dtype=np.int8), len(deal), p=[0.4, 0.1, 0.2, 0.05, 0.1, 0.15])
        first = self._deals()
        value = np.zeros(len(deal), np.int64)
        # Stages differ from the one before by construction: even and odd changes of a deal take different halves.
        half = np.arange(len(deal)) % 2
        picks = {
            Field.STAGE: first["stage"][deal] + half * 2 + rng.integers(0, 2, len(deal)),
            Field.AMOUNT: (first["amount"][deal] * rng.uniform(0.4, 1.5, len(deal))).astype(np.int64),
            Field.CLOSE_ON: at // DAY + rng.integers(5, 90, len(deal)),
            Field.OWNER: rng.integers(0, OWNERS, len(deal)),
            Field.CATEGORY: rng.integers(0, 4, len(deal)),
            Field.NEXT_STEP_ON: at // DAY + rng.integers(1, 20, len(deal)),
        }
        for field, picked in picks.items():
            value[name == field] = picked[name == field]
        ending = np.flatnonzero(fate > 0).astype(np.int32)
        rows = {
            "deal": np.concatenate([deal, ending]),
            "field": np.concatenate([name, np.full(len(ending), Field.STAGE, np.int8)]),
            "effective_at": np.concatenate([at, ended[ending]]),
            "value": np.concatenate([value, first["stage"][ending] + OPEN_STAGES + fate[ending] - 1]),
            "actor": rng.integers(0, OWNERS, len(deal) + len(ending), dtype=np.int32),
        }
        rows["observed_at"] = _late(rng, rows["effective_at"])
        order = np.lexsort((rows["effective_at"], rows["deal"]))
        return {name: column[order] for name, column in rows.items()}

    def _roles(self) -> Columns:
        rng, (_, began, _) = self._rng(9), self._fates()
        deal = np.flatnonzero(rng.random(self.deals) < 0.3).astype(np.int32)
        person = deal * BUYERS + rng.integers(0, BUYERS, len(deal), dtype=np.int32)
        role = rng.choice(np.array([Role.CHAMPION, Role.DECISION_MAKER], np.int8), len(deal))
        return {"deal": deal, "person": person.astype(np.int32), "role": role, "since": began[deal] + DAY}

    def _stages(self) -> Columns:
        count = PIPELINES * STAGES
        place = np.arange(count) % STAGES
        return {
            "stage": np.arange(count),
            "pipeline": np.arange(count) // STAGES,
            "position": place,
            "kind": np.maximum(place - OPEN_STAGES + 1, 0),
            "probability": np.array([0.1, 0.3, 0.5, 0.8, 1.0, 0.0])[place],
        }

    def _coverage(self) -> Columns:
        owner = np.repeat(np.arange(OWNERS), 3)
        source = np.tile(np.array(list(Source)), OWNERS)
        stale = (owner % 20 == 0) & (source == Source.MAIL)
        return {
            "owner": owner,
            "source": source,
            "since": np.full(len(owner), NOW - 10 * 365 * DAY),
            "until": np.where(stale, NOW - 10 * DAY, NOW),
        }


def store(world: Pipeline, folder: Path) -> None:
    """Write every table into a folder, one file a column."""
    for table in world:
        (folder / table).mkdir(parents=True)
        for name, column in world[table].items():
            np.save(folder / table / name, column)
    np.save(folder / "open_deals", world.open_deals)


@dataclass(frozen=True)
class Stored(Mapping[str, Columns]):
    """Stored tables, each read when it is asked for, as a loader would read them from a database."""

    folder: Path

    def __getitem__(self, name: str) -> Columns:
        if not (self.folder / name).is_dir():
            raise KeyError(name)
        return {path.stem: np.load(path) for path in sorted((self.folder / name).iterdir())}

    def __iter__(self) -> Iterator[str]:
        return (path.name for path in sorted(self.folder.iterdir()) if path.is_dir())

    def __len__(self) -> int:
        return len(list(iter(self)))


def settings() -> dict[str, Any]:
    """The workspace's own settings: every tenth owner is gone, quarters end, forecasts are taken on Mondays."""
    return {
        "inactive_at": np.where(np.arange(OWNERS) % 10 == 9, NOW - 30 * DAY, NEVER),
        "period_ends": np.arange(NOW_DAY - 1500, NOW_DAY + 500, 91),
        "snapshots": np.arange(NOW - 365 * DAY, NOW, 7 * DAY),
    }


def _late(rng: np.random.Generator, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """When things came on record: one in twenty up to two days late."""
    late = np.flatnonzero(rng.random(len(at), np.float32) < 0.05)
    seen = at.copy()
    seen[late] += rng.integers(0, 2 * DAY, len(late))
    return seen
