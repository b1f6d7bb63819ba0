"""Learning on a real history and judging what began later; loaded once Django stands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from auctor.risk.learn import Ground, ground_of, study_all
from auctor.risk.learning import testing
from auctor.risk.learning.records import Target
from auctor.risk.learning.rows import Ends, Moves, Rows, ends_of
from auctor.risk.scoring import score_rows
from auctor.signals.calendar import moment_of
from auctor.signals.policy import DEFAULT
from auctor.signals.vocabulary import F64, Flags
from bench.crm import NOW, workspace

SPLIT = datetime(2011, 12, 1, tzinfo=UTC)
END = datetime(2012, 2, 1, tzinfo=UTC)
# Rolling origins: learnt until each, judged at the stage changes of the two weeks that follow.
ORIGINS = tuple(datetime(*day, tzinfo=UTC) for day in ((2011, 11, 15), (2011, 12, 1), (2011, 12, 15), (2012, 1, 1)))
JUDGED = timedelta(days=14)
SEEDS = (0, 1, 2)
TREES = 500


def read(data: Path, folder: Path) -> Ground:
    """Import the folder and read all facts."""
    from django.db import transaction

    from auctor.crm import frames
    from auctor.crm.import_folder import import_folder
    from auctor.tenancy import scope
    from auctor.tenancy.records import Actor
    from auctor.vault.startup import prepare

    prepare(data)
    actor = Actor.system(workspace(), "bench")
    with transaction.atomic(), scope.enter(actor):
        report = import_folder(actor, folder=folder, now=NOW)
        assert not report.is_refused, report.problems
    with transaction.atomic(), scope.enter(actor):
        return ground_of(frames.load(actor, deals=frames.ALL, with_counts=True), DEFAULT)


def compare(ground: Ground, *, sees_ends: bool) -> dict[str, Any]:
    """Ours and the forest's figures on the same moments."""
    facts, moves = ground.events.loaded.facts, ground.events.moves
    final, split = ends_of(facts, moves, until=moment_of(END)), moment_of(SPLIT)
    older = facts.deals.created_at < split
    known = final if sees_ends else ends_of(facts, moves, until=split)
    known = Ends(np.where(older, known.outcome, -1).astype(np.int8), known.closed_at)
    judged = (~older & (final.outcome >= 0))[moves.deal]
    rows = Rows(moves.deal[judged], moves.known_at[judged])
    label = (final.outcome[rows.deal] == 1).astype(np.float64)
    is_open = moves.known_at[judged] < final.closed_at[rows.deal]
    found = score_rows(ground, rows, learn_until=END if sees_ends else SPLIT, ends=known)
    forests = [forest(ground, known, rows, seed) for seed in SEEDS]
    return {
        "deals": len(np.unique(rows.deal)),
        "moments": len(rows.at),
        "ours": told(found.p_win, label, rows, is_open),
        "forest": [told(one, label, rows, is_open) for one in forests],
        "own_test": found.model.reason,
    }


def roll(ground: Ground, origin: datetime) -> dict[str, Any]:
    """Ours and the forest's figures on what follows an origin: also of deals that were open then."""
    facts, moves = ground.events.loaded.facts, ground.events.moves
    final, split = ends_of(facts, moves, until=moment_of(END)), moment_of(origin)
    judged = (
        (moves.known_at >= split) & (moves.known_at < moment_of(origin + JUDGED)) & (final.outcome >= 0)[moves.deal]
    )
    rows = Rows(moves.deal[judged], moves.known_at[judged])
    label, is_open = (final.outcome[rows.deal] == 1).astype(np.float64), rows.at < final.closed_at[rows.deal]
    is_older = facts.deals.created_at[rows.deal] < split
    found = score_rows(ground, rows, learn_until=origin)
    known = ends_of(facts, moves, until=split)
    forests = [forest(ground, known, rows, seed) for seed in SEEDS]
    old = is_open & is_older
    return {
        "ours": told(found.p_win, label, rows, is_open),
        "forest": [told(one, label, rows, is_open) for one in forests],
        "open_then_auc": round(testing.auc(found.p_win[old], label[old]), 4),
        "open_then_forest_auc": [round(testing.auc(one[old], label[old]), 4) for one in forests],
        "own_test": found.model.reason,
    }


def told(probability: F64, label: F64, rows: Rows, is_open: Flags) -> dict[str, Any]:
    """AUC, Brier and calibration over all stage changes, and over those before the last."""
    whole = testing.measure(probability, label, rows.deal)
    before = testing.measure(probability[is_open], label[is_open], rows.deal[is_open])
    return {
        "auc": round(whole.auc.value, 4),
        "brier": round(whole.brier.value, 4),
        "calibration_error": round(whole.calibration_error, 4),
        "open_auc": round(before.auc.value, 4),
        "open_auc_interval": [round(before.auc.low, 4), round(before.auc.high, 4)],
        "open_brier": round(before.brier.value, 4),
        "open_calibration_error": round(before.calibration_error, 4),
        "bins": [[round(one.predicted, 3), round(one.observed, 3), one.count] for one in before.bins],
    }


def forest(ground: Ground, known: Ends, rows: Rows, seed: int) -> F64:
    """An untuned forest on how often each kind of event had happened."""
    from sklearn.ensemble import RandomForestClassifier

    moves: Moves = ground.events.moves
    learnt = (known.outcome[moves.deal] >= 0) & (moves.known_at <= known.closed_at[moves.deal])
    lines = [line for code, line in ground.events.counted.items() if code.startswith(("stages.", "label."))]
    older = np.stack([line.count(moves.deal[learnt], moves.known_at[learnt]) for line in lines], axis=1)
    newer = np.stack([line.count(rows.deal, rows.at) for line in lines], axis=1)
    fitted = RandomForestClassifier(TREES, random_state=seed, n_jobs=1).fit(older, known.outcome[moves.deal[learnt]])
    found: F64 = fitted.predict_proba(newer)[:, 1]
    return found


def count_used_shuffled(ground: Ground, seed: int) -> int:
    """How many models are used when the ends of all closed deals change places."""
    facts = ground.events.loaded.facts
    ends = ends_of(facts, ground.events.moves, until=moment_of(SPLIT))
    closed = np.flatnonzero(ends.outcome >= 0)
    outcome = ends.outcome.copy()
    outcome[closed] = np.random.default_rng(seed).permutation(outcome[closed])
    targets = (Target.WIN, Target.WIN_IN_PERIOD)
    studies = study_all(ground, until=SPLIT, ends=Ends(outcome, ends.closed_at), targets=targets)
    return sum(one.model is not None for one in studies)
