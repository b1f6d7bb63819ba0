"""Bulk edits are one event, from the moment they are seen to be."""

from auctor.signals.bulk import MORE_THAN, WITHIN, find_bulk_edits
from auctor.signals.vocabulary import SECOND, Field


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
