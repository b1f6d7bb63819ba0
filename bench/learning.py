"""How well learnt probabilities do on a real history, beside a plain random forest on counts of kinds of events.

The folder is the loan applications beside the repository (or the one named on the command line). Everything is learnt
from what was on record before a day, and judged at each stage change of the deals that began from then on. The second
variant lets both learners see how the older deals ended, also where that was later. Deals that began in the last weeks
are judged only if they ended within the log, which makes quick ends look frequent: the same for both.
Then the same from rolling origins, judged in the two weeks that follow, also of deals that were open at the origin.
With shuffled ends no model may be used. Every figure is printed as soon as it is there, a line each.
"""

import json
import sys
from pathlib import Path
from typing import Any

from bench.crm import LOANS
from bench.support.cluster import product


def main() -> None:
    """Print the figures; exit code 1 when the forest is better or a shuffled workspace gets a model."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else LOANS
    with product() as data:
        from bench.support import learning_rounds as rounds

        ground = rounds.read(data, folder)
        shuffled = [rounds.count_used_shuffled(ground, seed) for seed in rounds.SEEDS]
        show("shuffled_models_used", shuffled)
        figures = [
            show(name, rounds.compare(ground, sees_ends=sees)) for name, sees in (("until", False), ("ends_seen", True))
        ]
        figures += [show(f"{origin:%Y-%m-%d}", rounds.roll(ground, origin)) for origin in rounds.ORIGINS]
    worse = any(one["ours"]["auc"] <= max(told["auc"] for told in one["forest"]) for one in figures)
    sys.exit(worse or any(shuffled))


def show(name: str, figures: Any) -> Any:
    """Print some figures at once, and pass them on."""
    print(json.dumps({name: figures}), flush=True)
    return figures


if __name__ == "__main__":
    main()
