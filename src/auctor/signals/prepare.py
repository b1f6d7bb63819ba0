"""Compile all kernels ahead: `python -m auctor.signals.prepare` takes about half a minute, once for each version.

Compiled code is kept beside the package, or in the folder that NUMBA_CACHE_DIR names where that cannot be written.
Without it the first large scan pays that half minute; small ones never compile.
"""

from typing import Any

import numpy as np

from auctor.signals import kernels
from auctor.signals.frames import Loaded, build
from auctor.signals.scan import scan
from auctor.signals.vocabulary import DAY, Direction, Field

BEGAN = 1_704_067_200_000_000


def prepare() -> int:
    """Judge a tiny pipeline with every kernel compiled; return how many kernels there are."""
    with kernels.always_compiled():
        loaded = tiny()
        scan(loaded, [0, 1], [BEGAN + 40 * DAY, BEGAN + 40 * DAY])
        scan(loaded, [0, 1], [BEGAN + 40 * DAY, BEGAN + 50 * DAY])
    return kernels.count()


def tiny() -> Loaded:
    """Two deals, one of them won, with a message each."""
    tables: dict[str, dict[str, Any]] = {
        "deals": {"created_at": [BEGAN, BEGAN], "stage": [0, 0], "amount": [1, 2], "close_on": [20_000, 20_000]},
        "people": {"seniority": [1, 2]},
        "messages": {
            "deal": np.array([0, 1], np.int32),
            "at": np.array([BEGAN + DAY, BEGAN + DAY]),
            "observed_at": np.array([BEGAN + 2 * DAY, BEGAN + DAY]),
            "direction": [Direction.IN, Direction.IN],
            "thread": [0, 1],
            "sender": [0, 1],
        },
        "changes": {"deal": [1], "field": [Field.STAGE], "effective_at": [BEGAN + 30 * DAY], "value": [1]},
        "stages": {"stage": [0, 1], "position": [0, 1], "kind": [0, 1], "probability": [0.1, 1.0]},
        "coverage": {"source": [0, 1, 2]},
    }
    return build(tables)


if __name__ == "__main__":
    prepare()
