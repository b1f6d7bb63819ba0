"""Bulk edits are one event, from the moment they are seen to be."""

import numpy as np
import pytest

from auctor.signals.bulk import MORE_THAN, WITHIN, Rows, crowds, find_bulk_edits, mark_bursts
from auctor.signals.vocabulary import NEVER, SECOND, Field


def edits(count: int, *, apart: int = SECOND, actor: int = 1, deals: int | None = None) -> tuple[list[int], ...]:
    return (
        [Field.CLOSE_ON] * count,
        [actor] * count,
        [number % (deals or count) for number in range(count)],
        [number * apart for number in range(count)],
    )


class TestFindBulkEdits:
    def test_finds_more_than_25_deals_within_ten_minutes(self) -> None:
        bulk, known_at = find_bulk_edits(*edits(MORE_THAN + 1))
        assert set(bulk.tolist()) == {1}
        assert known_at.tolist() == [MORE_THAN * SECOND]

    def test_leaves_25_deals_alone(self) -> None:
        bulk, known_at = find_bulk_edits(*edits(MORE_THAN))
        assert (set(bulk.tolist()), len(known_at)) == ({0}, 0)

    def test_leaves_slow_work_alone(self) -> None:
        bulk, _ = find_bulk_edits(*edits(60, apart=WITHIN // MORE_THAN + 1))
        assert set(bulk.tolist()) == {0}

    def test_counts_deals_not_edits(self) -> None:
        bulk, _ = find_bulk_edits(*edits(100, deals=5))
        assert set(bulk.tolist()) == {0}

    def test_needs_a_known_actor(self) -> None:
        bulk, _ = find_bulk_edits(*edits(40, actor=-1))
        assert set(bulk.tolist()) == {0}

    def test_joins_later_edits_of_the_same_burst_at_their_own_moment(self) -> None:
        bulk, known_at = find_bulk_edits(*edits(30))
        seen = [known_at[number - 1] for number in bulk]
        assert seen == [max(MORE_THAN, number) * SECOND for number in range(30)]

    def test_takes_no_changes_at_all(self) -> None:
        bulk, known_at = find_bulk_edits([], [], [], [])
        assert (len(bulk), len(known_at)) == (0, 0)


class TestCrowds:
    @pytest.mark.parametrize("seed", range(40))
    def test_leaves_out_nothing_that_would_be_marked(self, seed: int) -> None:
        chance = np.random.default_rng(seed)
        count = int(chance.integers(1, 400))
        pauses = chance.choice([0, SECOND, 20 * SECOND, WITHIN, WITHIN + 1], count, p=[0.3, 0.3, 0.36, 0.02, 0.02])
        field, actor = np.sort(chance.integers(0, 2, count)).astype(np.int8), chance.integers(-1, 1, count, np.int32)
        order = np.lexsort((np.cumsum(pauses), actor, field))
        deals = chance.integers(0, int(chance.integers(5, 200)), count, np.int32)
        rows = Rows(field[order], actor[order], deals[order], np.cumsum(pauses)[order])
        marked = [np.full(count, NEVER), np.full(count, NEVER)]
        near = crowds(rows)
        some = marked[1][near]
        mark_bursts(rows, np.zeros(200, np.int32), marked[0])
        mark_bursts(
            Rows(rows.field[near], rows.actor[near], rows.deal[near], rows.at[near]), np.zeros(200, np.int32), some
        )
        marked[1][near] = some
        assert marked[0].tolist() == marked[1].tolist()

    def test_finds_most_days_quiet(self) -> None:
        field, actor, deal, at = (np.array(column) for column in edits(1_000, apart=WITHIN // MORE_THAN + 1))
        assert not crowds(Rows(field.astype(np.int8), actor.astype(np.int32), deal.astype(np.int32), at)).any()
