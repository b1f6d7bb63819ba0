"""Chains of merges end somewhere; circles are refused."""

from hypothesis import given
from hypothesis import strategies as st

from auctor.crm.rules import merged_roots


class TestMergedRoots:
    def test_follows_chains_to_their_end(self) -> None:
        assert merged_roots({"a": "b", "b": "c", "d": "b"}) == {"a": "c", "b": "c", "d": "c"}

    def test_finds_a_circle(self) -> None:
        assert merged_roots({"a": "b", "b": "c", "c": "a"}) is None

    def test_finds_a_record_merged_into_itself(self) -> None:
        assert merged_roots({"a": "a"}) is None

    @given(st.dictionaries(st.integers(0, 12), st.integers(0, 12)))
    def test_ends_every_chain_outside_of_the_losers(self, edges: dict[int, int]) -> None:
        roots = merged_roots(edges)
        assert roots is None or not set(roots.values()) & set(edges)
