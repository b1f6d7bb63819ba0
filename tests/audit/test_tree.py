"""The tree against a naive reference: RFC 9162, 2.1.1, written down as it stands there."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctor.audit.tree import Range, inclusion_path
from auctor.audit.verify import Tree, hash_leaf, hash_node, includes, levels_between

LEAVES = st.lists(st.binary(max_size=4), max_size=70)


def naive_root(data: list[bytes]) -> bytes:
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    split = 1
    while split * 2 < len(data):
        split *= 2
    return sha256(b"\x01" + naive_root(data[:split]) + naive_root(data[split:])).digest()


def hashes(data: list[bytes]) -> list[bytes]:
    return [hash_leaf(one) for one in data]


def grown(data: list[bytes]) -> Tree:
    tree = Tree()
    tree.extend(hashes(data))
    return tree


class TestTree:
    @pytest.mark.parametrize(
        ("count", "root"),
        [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ],
    )
    def test_has_the_roots_that_other_implementations_publish(self, count: int, root: str) -> None:
        vectors = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
        vectors.append("606162636465666768696a6b6c6d6e6f")
        assert grown([bytes.fromhex(one) for one in vectors[:count]]).root().hex() == root

    @given(LEAVES)
    def test_has_the_root_of_the_definition(self, data: list[bytes]) -> None:
        assert grown(data).root() == naive_root(data)

    @given(LEAVES, st.integers(0, 70))
    def test_grows_on_from_its_frontier(self, data: list[bytes], cut: int) -> None:
        first = grown(data[:cut])
        tree = Tree(first.size, first.frontier)
        tree.extend(hashes(data[cut:]))
        assert (tree.size, tree.root()) == (len(data), naive_root(data))

    def test_refuses_a_frontier_of_another_size(self) -> None:
        with pytest.raises(ValueError, match="complete subtrees"):
            Tree(3, [b"x" * 32])

    def test_tells_leaves_from_nodes(self) -> None:
        assert hash_leaf(b"a" * 32 + b"b" * 32) != hash_node(b"a" * 32, b"b" * 32)


class TestRange:
    @given(LEAVES, st.integers(0, 70))
    def test_proves_that_a_tree_grew_out_of_an_earlier_one(self, data: list[bytes], cut: int) -> None:
        cut = min(cut, len(data))
        run = Range(cut)
        run.extend(hashes(data[cut:]))
        tree = grown(data[:cut])
        tree.graft(run.end, run.nodes)
        assert (tree.size, tree.root()) == (len(data), naive_root(data))
        assert tree.frontier == grown(data).frontier

    @given(st.integers(0, 3000), st.integers(0, 3000))
    def test_uses_the_levels_that_the_reader_expects(self, start: int, count: int) -> None:
        run = Range(start)
        run.extend([b"x" * 32] * count)
        levels = list(levels_between(start, start + count))
        assert len(levels) == len(run.nodes)
        assert sum(1 << level for level in levels) == count
        assert len(run.nodes) <= 2 * max(1, (start + count).bit_length())

    def test_graft_refuses_another_number_of_hashes(self) -> None:
        with pytest.raises(ValueError, match="subtrees lead from"):
            grown([b"a"]).graft(4, [b"x" * 32])

    def test_graft_never_shrinks(self) -> None:
        with pytest.raises(ValueError, match="subtrees lead from"):
            grown([b"a", b"b"]).graft(1, [])


class TestInclusionPath:
    @given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
    def test_leads_to_the_root(self, data: list[bytes], draw: st.DataObject) -> None:
        cut = draw.draw(st.integers(0, len(data) - 1))
        index = draw.draw(st.integers(cut, len(data) - 1))
        path = inclusion_path(grown(data[:cut]), hashes(data[cut:]), index)
        assert includes(naive_root(data), len(data), index, hash_leaf(data[index]), path)

    @given(st.lists(st.binary(max_size=4), min_size=2, max_size=40, unique=True), st.data())
    def test_leads_there_from_no_other_leaf_index_or_size(self, data: list[bytes], draw: st.DataObject) -> None:
        index = draw.draw(st.integers(0, len(data) - 1))
        other = draw.draw(st.integers(0, len(data) - 1).filter(lambda n: n != index))
        root, leaf = naive_root(data), hash_leaf(data[index])
        path = inclusion_path(Tree(), hashes(data), index)
        assert not includes(root, len(data), other, leaf, path)
        assert not includes(root, len(data), index, hash_leaf(data[other]), path)
        assert not includes(root, len(data), index, leaf, [*path, leaf])
        assert not includes(root, len(data), index, leaf, path[:-1])

    @pytest.mark.parametrize("index", [-1, 2, 5])
    def test_exists_for_the_leaves_at_hand_only(self, index: int) -> None:
        with pytest.raises(IndexError):
            inclusion_path(grown([b"a", b"b", b"c"]), hashes([b"d", b"e"]), index)

    @pytest.mark.parametrize("index", [-1, 1])
    def test_an_index_outside_the_tree_is_not_in_it(self, index: int) -> None:
        assert not includes(hash_leaf(b"a"), 1, index, hash_leaf(b"a"), [])
