"""Local numbers of one deal's people and threads."""

from typing import Any

import numpy as np
import pytest

from auctor.signals.kernels import FEW_ROWS, fast
from auctor.signals.passes.layout import slot_of

LARGE = 2**31 - 7


class TestSlotOf:
    @pytest.mark.parametrize("key", [0, 1, 60_000, LARGE])
    @pytest.mark.parametrize("is_compiled", [False, True])
    def test_finds_keys_of_any_size(self, key: int, is_compiled: bool) -> None:
        find: Any = fast(slot_of, FEW_ROWS) if is_compiled else slot_of
        keys = np.full(8, -1, np.int32)
        place = find(keys, np.int32(key), 7)
        assert 0 <= place < 8
        keys[place] = key
        assert find(keys, np.int32(key), 7) == place
        assert find(keys, np.int32(key ^ 1), 7) != place
